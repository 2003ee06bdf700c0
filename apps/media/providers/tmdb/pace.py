"""How fast TMDB is asked: at most 40 requests in any second, and 20 at once."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore, Lock
from typing import Final

from apps.media.errors import SourceUnavailable
from apps.media.providers.tmdb.retries import unavailable
from movierec.clock import Clock, Deadline

REQUESTS_A_SECOND: Final = 40
REQUESTS_AT_ONCE: Final = 20
# A tenth more than a second: a thread may be held up between its turn and the moment its request leaves.
WINDOW_SECONDS: Final = 1.1


class Pace:
    """Gives threads their turns; all that ask with one key share one.

    It remembers when the last 40 requests began, so no second, wherever one starts to count, has more. A bucket of
    tokens would let twice as many through where an empty second meets a busy one. A beginning is noted when it comes
    and not reserved before: threads wake late, and all at once.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._places = BoundedSemaphore(REQUESTS_AT_ONCE)
        self._lock = Lock()
        self._begun: deque[float] = deque(maxlen=REQUESTS_A_SECOND)
        self._held_until = clock.now()

    @contextmanager
    def turn(self, deadline: Deadline) -> Iterator[None]:
        """Waits until a request may begin, and counts it as under way for the length of the block.

        Raises SourceUnavailable, without a further wait, where that would be after the deadline.
        """
        if not self._places.acquire(timeout=deadline.left()):
            raise SourceUnavailable(f"{REQUESTS_AT_ONCE} requests to TMDB are under way already.", retry_after=1)
        try:
            while (wait := self._begun_or_wait(deadline)) > 0:
                self._clock.wait(wait)
            yield
        finally:
            self._places.release()

    def hold(self, seconds: float) -> None:
        """Lets no request begin for this long: TMDB asked for it."""
        with self._lock:
            self._held_until = max(self._held_until, self._clock.now() + seconds)

    def _begun_or_wait(self, deadline: Deadline) -> float:
        """0.0 where the caller's request begins now, which is noted, or else seconds until it is worth asking again."""
        with self._lock:
            now = self._clock.now()
            full = len(self._begun) == REQUESTS_A_SECOND
            begin = max(now, self._held_until, self._begun[0] + WINDOW_SECONDS if full else now)
            if begin - now > deadline.left():
                raise unavailable("TMDB was asked too often and wants a pause.", begin - now)
            if begin == now:
                self._begun.append(now)
            return begin - now
