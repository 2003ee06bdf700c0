"""Answers that take as long for every account.

What a database finds takes it longer to tell than that there is nothing, by some tenths of a millisecond: enough to
tell addresses apart by a few hundred requests.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event
from time import monotonic

from django.conf import settings


@contextmanager
def even_pace(*, failures_only: bool = False) -> Iterator[None]:
    """Has a block last settings.LEAST_SECONDS at least, whichever way it ends.

    That is well above what the work takes; where it takes longer still, nothing is added, since waiting for the next
    of several moments would enlarge a difference that falls across one. With `failures_only` a block that ends well
    is not held up.
    """
    began_at = monotonic()
    held_up = True
    try:
        yield
        held_up = not failures_only
    finally:
        left = settings.LEAST_SECONDS - (monotonic() - began_at)
        if held_up and left > 0:
            Event().wait(left)
