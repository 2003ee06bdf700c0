"""Which titles a source's lists name, in the source's order."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from heapq import nlargest
from itertools import chain
from typing import Final

from apps.media.errors import NotAtSource
from apps.media.providers.interface import TitleSource
from apps.media.providers.tmdb.exports import ExportedId, export_lines
from apps.media.sync.plan import SourceList
from apps.media.sync.reach import CALL_SECONDS
from apps.media.titles import MEDIA_TYPES, MediaType, TitleKey

EXPORTED_TITLES: Final = 10_000


def pages_of(source: TitleSource, wanted: SourceList) -> Iterable[list[TitleKey]]:
    """The titles of each page of a list. Raises SourceError at the first page that does not come."""
    for page in range(1, wanted.pages + 1):
        found = source.listed(wanted.path, budget=CALL_SECONDS, page=page, **wanted.parameters)
        yield [title.key for title in found.titles]
        if page >= found.total_pages:
            return


def most_popular(today: date) -> list[TitleKey]:
    """The most popular titles of the daily exports of ids: today's, or yesterday's while those are not there yet.

    Raises SourceError.
    """
    exported = chain.from_iterable(_exported(kind, today) for kind in MEDIA_TYPES)
    best = nlargest(EXPORTED_TITLES, exported, key=lambda entry: entry[1].popularity)
    return [(kind, entry.media_id) for kind, entry in best]


def _exported(kind: MediaType, today: date) -> Iterable[tuple[MediaType, ExportedId]]:
    try:
        yield from ((kind, entry) for entry in export_lines(kind, today))
    except NotAtSource:
        yield from ((kind, entry) for entry in export_lines(kind, today - timedelta(days=1)))
