"""The steps of a release, each told with the seconds that it took."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

from infra.deployment.telling import say


@contextmanager
def step(what: str) -> Iterator[None]:
    """Tells what is being done, and when it is done; what goes wrong in it is for the caller."""
    say(f"{what} …")
    started = monotonic()
    yield
    say(f"  done in {monotonic() - started:.1f} s")
