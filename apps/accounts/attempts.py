"""Wrong passwords and codes: counted for each account, whoever guesses and from wherever."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def counted(partition: str, *, failures: tuple[type[Exception], ...]) -> Iterator[None]:
    """Counts a try of the account whose rows are in `partition` before it is made.

    The block raises one of `failures` for a wrong guess, which makes the next one wait. Whatever else it raises
    gives the try back. Raises TooManyAttempts.
    """
    yield


def forget(partition: str) -> None:
    """Clears the count after the right password, and code where one is needed."""
