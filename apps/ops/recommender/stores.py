"""What is wrong with a store of models, as an answer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from movierec.api.errors import Unavailable
from movierec.objects import StoreUnreachable


@contextmanager
def reached() -> Iterator[None]:
    """Has what it decorates answer 503 in words while the store of the models cannot be reached."""
    try:
        yield
    except StoreUnreachable as error:
        raise Unavailable(f"{error} What serves at the moment serves on.") from error
