"""How something is looked up that a source outside may have to be asked for.

A lease lets one process at a time ask for one thing. A holder that succeeds gives the lease up, and those who waited
find what it stored. One that fails leaves the lease to rest with a note, so that for some seconds everybody else learns
from the note at once what happened, and an outage costs one request for each thing.
"""

from __future__ import annotations

import logging
import random
from abc import ABC, abstractmethod
from dataclasses import dataclass
from math import ceil
from threading import Event
from typing import ClassVar, Final, Generic, TypeVar

from apps.media.errors import NotAtSource, SourceError, SourceSilent, SourceUnavailable
from apps.media.lookups.rows import MISSING_SECONDS
from apps.media.providers.interface import TitleSource
from apps.media.providers.tmdb.configured import configured_source
from movierec.api.errors import NotFound
from movierec.dynamo.leases import Lease, Taken, take
from movierec.switches import Flag, is_on
from movierec.telemetry.tally import count

T = TypeVar("T")

logger = logging.getLogger(__name__)

# Seconds that the source gets for what is not stored, and for what could be served as it is.
FETCH_BUDGET: Final = 6.0
RENEWAL_BUDGET: Final = 1.5
# The time after an answer in which it is stored. A holder that dies keeps others from asking for so long, too.
_STORING_SECONDS: Final = 4.0
# Between the looks of those who wait for another process, about two seconds in all.
PAUSES: Final = (0.05, 0.1, 0.2, 0.35, 0.55, 0.75)
_LONGEST_REST: Final = 60
_REFUSED_REST: Final = 60

_FAILED: Final = "failed"
_ABSENT: Final = "absent"


@dataclass(frozen=True, slots=True)
class Known(Generic[T]):
    """What is known of something; `stale` where it is old, or the source could tell more and did not."""

    value: T
    stale: bool


class Question(ABC, Generic[T]):
    """Something that may be stored, and that a source may tell. `name` names its lease."""

    name: str
    budget: ClassVar[float] = FETCH_BUDGET

    @abstractmethod
    def stored(self, *, consistent: bool = False) -> T | None:
        """What is stored; raises `unknown()` where it is known that there is no such thing."""

    def is_old(self, value: T) -> bool:
        """Whether the source told this so long ago that it should be asked again."""
        return False

    def is_incomplete(self, value: T) -> bool:
        """Whether the source can tell more than this."""
        return False

    @abstractmethod
    def ask(self, source: TitleSource, budget: float) -> T:
        """What the source tells within `budget` seconds. Raises SourceError."""

    @abstractmethod
    def keep(self, value: T) -> None:
        """Stores what the source told."""

    def deny(self) -> None:
        """Stores for a while that the source has no such thing, where nothing is stored.

        The lease says it as well, so that this only makes it cheaper to know.
        """

    @abstractmethod
    def unknown(self) -> NotFound:
        """The error of something that does not exist."""

    @abstractmethod
    def silent(self) -> str:
        """The sentence for something that the source could not be asked for."""


def visitors_source() -> TitleSource | None:
    """The source that visitors' questions go to; None where none is set up, or they are switched off."""
    return configured_source() if is_on(Flag.TMDB_LOOKUPS) else None


def answer_to(question: Question[T]) -> Known[T]:
    """What is known now, after the source was asked where that is needed.

    Raises the question's `unknown()`, and SourceSilent for what is not stored and the source does not tell.
    """
    stored = question.stored()
    source = visitors_source()
    if stored is None:
        if source is None:
            raise question.unknown()
        return Known(fetched(question, source), stale=False)
    if source is not None and (question.is_old(stored) or question.is_incomplete(stored)):
        count("CacheMisses")
        return _renewed(question, source, stored)
    count("CacheHits")
    return Known(stored, question.is_old(stored))


def fetched(question: Question[T], source: TitleSource) -> T:
    """What is not stored: told by the source, or found by another process that asks it already."""
    count("CacheMisses")
    pauses = iter(PAUSES)
    while True:
        held = take(question.name, question.budget + _STORING_SECONDS)
        if isinstance(held, Lease):
            return _fetched_by_us(question, source, held)
        if held.note == _ABSENT:
            raise question.unknown()
        pause = next(pauses, None)
        if held.note or pause is None:
            raise SourceSilent(question.silent(), retry_after=max(1, ceil(held.seconds)))
        Event().wait(pause * random.uniform(0.8, 1.2))  # noqa: S311  (jitter is no secret)
        found = question.stored(consistent=True)
        if found is not None:
            return found


def _fetched_by_us(question: Question[T], source: TitleSource, held: Lease) -> T:
    try:
        return _asked(question, source, held, question.budget)
    except NotAtSource:
        raise question.unknown() from None
    except SourceError as error:
        raise SourceSilent(question.silent(), retry_after=_rest_after(error)) from error


def _renewed(question: Question[T], source: TitleSource, stored: T) -> Known[T]:
    held = take(question.name, RENEWAL_BUDGET + _STORING_SECONDS)
    if isinstance(held, Taken):
        return Known(stored, stale=held.note != _ABSENT or question.is_old(stored))
    try:
        return Known(_asked(question, source, held, RENEWAL_BUDGET), stale=False)
    except NotAtSource:
        return Known(stored, question.is_old(stored))
    except SourceError:
        return Known(stored, stale=True)


def _asked(question: Question[T], source: TitleSource, held: Lease, budget: float) -> T:
    """What the source tells, stored; gives the lease up, whatever happens.

    Between the first look and the lease, another process may have asked and stored, so that is looked up once more.
    """
    rest, note = 0.0, ""
    try:
        found = question.stored(consistent=True)
        if found is None or question.is_old(found) or question.is_incomplete(found):
            found = question.ask(source, budget)
            question.keep(found)
    except NotAtSource:
        rest, note = MISSING_SECONDS, _ABSENT
        question.deny()
        raise
    except SourceError as error:
        rest, note = _rest_after(error), _FAILED
        # What somebody searched for is in the name, and no matter of the log's.
        logger.warning("The source did not answer a question for a %s: %s", question.name.partition(":")[0], error)
        raise
    finally:
        held.give_up(after=rest, note=note)
    return found


def _rest_after(error: SourceError) -> int:
    """For how many seconds nobody asks again."""
    if isinstance(error, SourceUnavailable):
        return max(1, min(error.retry_after, _LONGEST_REST))
    return _REFUSED_REST
