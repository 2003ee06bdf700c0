"""Waits for what AWS is doing, with pauses that grow."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Event
from typing import Final, TypeVar

Found = TypeVar("Found")
FIRST_PAUSE_SECONDS: Final = 0.2
LONGEST_PAUSE_SECONDS: Final = 10.0
_GROWTH: Final = 1.5


@dataclass(frozen=True, slots=True)
class Clock:
    """The time that passes, in seconds, and how to let some pass."""

    now: Callable[[], float] = time.monotonic
    wait: Callable[[float], object] = Event().wait


def until(look: Callable[[], Found | None], clock: Clock, limit_seconds: float) -> Found | None:
    """What `look` finds as soon as it finds something; None when the time is over."""
    end = clock.now() + limit_seconds
    pause = FIRST_PAUSE_SECONDS
    while (found := look()) is None:
        left = end - clock.now()
        if left <= 0:
            return None
        clock.wait(min(pause, left))
        pause = min(pause * _GROWTH, LONGEST_PAUSE_SECONDS)
    return found
