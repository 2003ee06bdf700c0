"""A clock that stands still but for the waits it is asked for."""

from __future__ import annotations

from threading import Lock

from movierec.clock import Clock


class StillClock(Clock):
    """`waits` are the waits asked for; none takes real time, and each ends `late` seconds late.

    `goes_on` lets time pass.
    """

    def __init__(self, since_1970: float = 1_700_000_000.0) -> None:
        self.waits: list[float] = []
        self.late = 0.0
        self._began = since_1970
        self._passed = 0.0
        self._lock = Lock()

    def now(self) -> float:
        return self._passed

    def since_1970(self) -> float:
        return self._began + self._passed

    def wait(self, seconds: float) -> None:
        if seconds > 0:
            self.waits.append(seconds)
            self.goes_on(seconds + self.late)

    def goes_on(self, seconds: float) -> None:
        with self._lock:
            self._passed += seconds

    def is_set_back(self, seconds: float) -> None:
        """Somebody corrects the time of day; the time that passes is another matter."""
        with self._lock:
            self._began -= seconds
