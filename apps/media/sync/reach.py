"""Tells a source that is down from one that cannot answer for a title."""

from __future__ import annotations

from collections import deque
from threading import Lock
from typing import Final

from apps.media.errors import SourceError, SourceGarbled, SourceKeyRefused, SourceUnavailable
from apps.media.providers.interface import TitleSource
from movierec.clock import Clock, Deadline

# For one answer, with all that the source's client tries to get it. No call begins when less is left of the budget.
CALL_SECONDS: Final = 10.0
# So many failures in a row, and nothing more is asked for until the source has shown that it is there.
SILENT_AFTER: Final = 10
# Lists that no schedule asks for, so that one list which cannot be had is not taken for a source that is away.
PROBES: Final = ("trending/person/day", "person/popular")


class Reach:
    """What the calls of a run tell of its source; for all threads of the run.

    `patience` is how many seconds the run may wait in all for a source that is away.
    """

    def __init__(self, source: TitleSource, deadline: Deadline, clock: Clock, *, patience: float) -> None:
        self._source = source
        self._deadline = deadline
        self._clock = clock
        self._patience = patience
        self._lock = Lock()
        self._probes = deque(PROBES)
        self._failures = 0

    def has_time(self) -> bool:
        """Whether the budget allows one more call."""
        return self._deadline.left() >= CALL_SECONDS

    def may_be_asked(self) -> bool:
        """Whether there is time for a call, and not nothing but failures came of late."""
        return self._failures < SILENT_AFTER and self.has_time()

    def note(self, error: SourceError | None) -> None:
        """Notes what a call brought: an answer, be it a refusal or one that cannot be understood, or none."""
        with self._lock:
            self._failures = self._failures + 1 if _is_away(error) else 0

    def find_out(self) -> bool:
        """Asks the source for something else, until it answers; waits as it asks for. False when the time is over.

        Raises SourceKeyRefused, and SourceUnavailable when it stays away for longer than patience or budget allow.
        """
        while self.has_time():
            error = self._probed()
            if error is None:
                self.note(None)
                return True
            self._wait(error)
        return False

    def _probed(self) -> SourceUnavailable | None:
        """Why the source gives none of the probes; None where it is there."""
        problem: SourceUnavailable | None = None
        for path in self._probes:
            if problem is not None and not self.has_time():
                break
            try:
                self._source.listed(path, budget=CALL_SECONDS)
            except SourceKeyRefused:
                raise
            except SourceUnavailable as error:
                if not _is_away(error):
                    return None
                problem = error
            except SourceError:
                return None
            else:
                return None
        # The client leaves a source alone that failed again and again; the other probe has the first try after that.
        self._probes.rotate()
        return problem

    def _wait(self, error: SourceUnavailable) -> None:
        if error.retry_after > self._patience or self._deadline.left() < error.retry_after + CALL_SECONDS:
            raise error
        self._patience -= error.retry_after
        self._clock.wait(error.retry_after)


def _is_away(error: SourceError | None) -> bool:
    return isinstance(error, SourceUnavailable) and not isinstance(error, SourceGarbled)
