"""Time and its passing, for what waits or has a budget of seconds; tests bring a clock of their own."""

from __future__ import annotations

import time
from threading import Event


class Clock:
    """The real time."""

    def now(self) -> float:
        """Seconds since some moment; never goes back."""
        return time.monotonic()

    def since_1970(self) -> float:
        """Seconds since 1970. Unlike `now`, it goes on while Lambda keeps the process frozen."""
        return time.time()

    def wait(self, seconds: float) -> None:
        """Lets this much time pass."""
        Event().wait(seconds)


class Deadline:
    """The end of the `budget` seconds that begin now."""

    def __init__(self, clock: Clock, budget: float) -> None:
        self._clock = clock
        self._end = clock.now() + budget

    def left(self) -> float:
        """Seconds until then, 0.0 when it is over."""
        return max(0.0, self._end - self._clock.now())

    def at_most(self, seconds: float) -> float:
        """A time-out for one step: `seconds`, or less where less is left. Raises TimeoutError when nothing is."""
        left = self.left()
        if left == 0.0:
            raise TimeoutError("the time for the request is over")
        return min(seconds, left)
