"""Tells a source that is down from one that cannot answer for a title."""

from __future__ import annotations

from threading import Lock
from typing import Final

from apps.media.errors import NotAtSource, SourceUnavailable
from apps.media.providers.interface import TitleSource
from apps.media.providers.tmdb.clock import Clock, Deadline

# For one answer, with all that the source's client tries to get it. No call begins when less is left of the budget.
CALL_SECONDS: Final = 10.0
# So many failures in a row, and nothing more is asked for until the source has shown that it is there.
SILENT_AFTER: Final = 10
# A list that no schedule asks for, so that one list which cannot be read is not taken for a source that is away.
PROBE: Final = "trending/person/day"


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
        self._failures = 0

    def has_time(self) -> bool:
        """Whether the budget allows one more call."""
        return self._deadline.left() >= CALL_SECONDS

    def is_silent(self) -> bool:
        """Whether nothing but failures came of late."""
        return self._failures >= SILENT_AFTER

    def answered(self) -> None:
        """Notes that the source answered, be it that there is no such title."""
        with self._lock:
            self._failures = 0

    def failed(self) -> None:
        """Notes a call without an answer."""
        with self._lock:
            self._failures += 1

    def find_out(self) -> None:
        """Asks the source for something else, until it answers; waits as it asks for.

        Raises SourceRefused, and SourceUnavailable when it stays away for longer than patience or budget allow.
        """
        while (error := self._probed()) is not None:
            self._wait(error)
        self.answered()

    def _probed(self) -> SourceUnavailable | None:
        try:
            self._source.listed(PROBE, budget=CALL_SECONDS)
        except NotAtSource:
            return None
        except SourceUnavailable as error:
            return error
        return None

    def _wait(self, error: SourceUnavailable) -> None:
        if error.retry_after > self._patience or self._deadline.left() < error.retry_after + CALL_SECONDS:
            raise error
        self._patience -= error.retry_after
        self._clock.wait(error.retry_after)
