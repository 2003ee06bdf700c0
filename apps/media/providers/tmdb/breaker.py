"""Leaves TMDB alone while it is down, so that nobody waits for what will fail.

Source: the circuit breaker of M. Nygard, "Release It!", 2007.
"""

from __future__ import annotations

from collections import deque
from threading import Lock
from typing import Final

from apps.media.providers.tmdb.retries import unavailable
from movierec.clock import Clock

FAILURES: Final = 8
WINDOW_SECONDS: Final = 30.0
OPEN_SECONDS: Final = 15.0


class Breaker:
    """Opens after 8 failures in a row within 30 seconds; then one request in 15 seconds finds out whether TMDB is back.

    For all threads of a process.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = Lock()
        self._failed: deque[float] = deque(maxlen=FAILURES)
        self._open_until: float | None = None

    def admit(self) -> None:
        """Lets a request through. Raises SourceUnavailable while the breaker is open."""
        with self._lock:
            if self._open_until is None:
                return
            left = self._open_until - self._clock.now()
            if left > 0:
                raise unavailable("TMDB failed again and again, and is left alone for a moment.", left)
            # This one finds out. Should its thread end without a word, another does after as long.
            self._open_until = self._clock.now() + OPEN_SECONDS

    def succeeded(self) -> None:
        """TMDB answered, be it that there is no such title."""
        with self._lock:
            self._failed.clear()
            self._open_until = None

    def failed(self) -> None:
        """TMDB did not answer, or not as TMDB does."""
        with self._lock:
            now = self._clock.now()
            self._failed.append(now)
            if self._open_until is not None or self._is_too_much(now):
                self._open_until = now + OPEN_SECONDS

    def _is_too_much(self, now: float) -> bool:
        return len(self._failed) == FAILURES and now - self._failed[0] <= WINDOW_SECONDS
