"""One title with everything that is kept of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from time import time
from typing import Final

from apps.media.errors import UnknownTitle
from apps.media.keeping import kept_until
from apps.media.lookups.questions import Known, Question, answer_to
from apps.media.lookups.rows import is_missing, live_row, missing_row, put_where_nothing_is
from apps.media.marks import curation
from apps.media.providers.interface import TitleSource
from apps.media.storing import store_title
from apps.media.titles import (
    LARGEST_ID,
    MEDIA_TYPES,
    CatalogueTitle,
    FullTitle,
    MediaType,
    full_from_row,
    is_title,
    to_row,
)
from movierec.timestamps import epoch_seconds, now_text

# After so long the source is asked again: offers change by the month, the rest hardly ever.
FRESH_SECONDS: Final = 30 * 24 * 3600
_SPOKEN: Final = {"movie": "film", "tv": "series"}


class _TitleQuestion(Question[FullTitle]):
    def __init__(self, media_type: MediaType, media_id: int) -> None:
        self.name = f"title:{media_type}:{media_id}"
        self._media_type: MediaType = media_type
        self._media_id = media_id
        self._earlier: CatalogueTitle | None = None

    def stored(self, *, consistent: bool = False) -> FullTitle | None:
        row = live_row(str(self._media_id), self._media_type, consistent=consistent)
        if row is None:
            return None
        if is_missing(row):
            raise self.unknown()
        if not is_title(row):
            return None
        found = full_from_row(row)
        self._earlier = found.facts
        return found

    def is_old(self, value: FullTitle) -> bool:
        return is_old(value.facts.refreshed_at)

    def is_incomplete(self, value: FullTitle) -> bool:
        return value.details is None

    def ask(self, source: TitleSource, budget: float) -> FullTitle:
        return source.title(self._media_type, self._media_id, budget=budget)

    def keep(self, value: FullTitle) -> None:
        store_title(value, self._earlier)

    def deny(self) -> None:
        put_where_nothing_is(missing_row(str(self._media_id), self._media_type))

    def unknown(self) -> UnknownTitle:
        return unknown_title()

    def silent(self) -> str:
        kind = _SPOKEN[self._media_type]
        return f"This {kind} is not in the catalogue yet, and its source does not answer; try again shortly."


def unknown_title() -> UnknownTitle:
    """The error of a title that does not exist."""
    return UnknownTitle("There is no such title; search for it, or look at /media for what there is.")


def is_old(refreshed_at: str | None) -> bool:
    """Whether what the source told at this time should be asked for again; never what it did not tell."""
    return refreshed_at is not None and time() - epoch_seconds(refreshed_at) > FRESH_SECONDS


def known_title(media_type: str, media_id: int) -> Known[FullTitle]:
    """A title with its details: one GetItem where it is stored, complete, and younger than thirty days.

    With its corrections. Raises UnknownTitle, also for one that is hidden; SourceSilent where it is not stored, and the
    source does not tell of it.
    """
    if media_type not in MEDIA_TYPES or not 0 < media_id <= LARGEST_ID:
        raise unknown_title()
    decided = curation()
    if (media_type, media_id) in decided.hidden:
        raise unknown_title()
    found = answer_to(_TitleQuestion(media_type, media_id))
    return replace(found, value=decided.full(found.value))


def keep_listed(titles: Iterable[CatalogueTitle], *, patient: bool = False) -> None:
    """Stores titles of which a list of the source told; one conditional PutItem each, `patient` in jobs.

    What is stored of a title already, perhaps with its details, stays. Hidden ones are not brought back.
    """
    now = now_text()
    expires_at = kept_until(now)
    hidden = curation().hidden
    for title in (title for title in titles if title.key not in hidden):
        row = {**to_row(replace(title, refreshed_at=now), now), "expiresAt": expires_at}
        put_where_nothing_is(row, patient=patient)
