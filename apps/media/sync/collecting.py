"""What a source's lists tell, in the source's order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from heapq import nlargest
from itertools import chain
from typing import Final

from apps.media.errors import NotAtSource, SourceError
from apps.media.lookups.titles import keep_listed
from apps.media.providers.interface import TitleSource
from apps.media.providers.tmdb.exports import ExportedId, export_lines
from apps.media.sync.plan import SourceList
from apps.media.sync.reach import CALL_SECONDS, Reach
from apps.media.titles import MEDIA_TYPES, MediaType, TitleKey
from movierec.clock import Clock, Deadline

EXPORTED_TITLES: Final = 10_000
# For one export, as far as the run's budget has that much.
EXPORT_SECONDS: Final = 60.0


@dataclass(frozen=True, slots=True)
class Collected:
    """The titles that a list names, and the `error` of the page that did not come, if so."""

    keys: list[TitleKey]
    error: SourceError | None = None


def collect(source: TitleSource, reach: Reach, wanted: SourceList) -> Collected | None:
    """Asks for a list, page by page, and stores each title as the list tells of it.

    None when there is no time for all pages, or the source is silent.
    """
    found: dict[TitleKey, None] = {}
    for page in range(1, wanted.pages + 1):
        if not reach.may_be_asked():
            return None
        try:
            listed = source.listed(wanted.path, budget=CALL_SECONDS, page=page, **wanted.parameters)
        except SourceError as error:
            reach.note(error)
            return Collected(list(found), error)
        reach.note(None)
        # Their details complete them later; what is stored of a title already stays.
        keep_listed(listed.titles, patient=True)
        found.update(dict.fromkeys(title.key for title in listed.titles))
        if page >= listed.total_pages:
            break
    return Collected(list(found))


def most_popular(today: date, *, deadline: Deadline, clock: Clock) -> list[TitleKey]:
    """The most popular titles of the daily exports of ids: today's, or yesterday's while those are not there yet.

    Raises SourceError.
    """
    exported = chain.from_iterable(_exported(kind, today, deadline, clock) for kind in MEDIA_TYPES)
    best = nlargest(EXPORTED_TITLES, exported, key=lambda entry: entry[1].popularity)
    return [(kind, entry.media_id) for kind, entry in best]


def _exported(kind: MediaType, today: date, deadline: Deadline, clock: Clock) -> Iterable[tuple[MediaType, ExportedId]]:
    def lines(day: date) -> Iterable[ExportedId]:
        return export_lines(kind, day, budget=min(EXPORT_SECONDS, deadline.left()), clock=clock)

    try:
        yield from ((kind, entry) for entry in lines(today))
    except NotAtSource:
        yield from ((kind, entry) for entry in lines(today - timedelta(days=1)))
