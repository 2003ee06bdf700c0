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
    """Has a block end a whole number of paces (settings.PACE_SECONDS) after it began, whichever way it ends.

    With `failures_only` a block that ends well is not held up.
    """
    began_at = monotonic()
    held_up = True
    try:
        yield
        held_up = not failures_only
    finally:
        if held_up and settings.PACE_SECONDS:
            Event().wait(-(monotonic() - began_at) % settings.PACE_SECONDS)
