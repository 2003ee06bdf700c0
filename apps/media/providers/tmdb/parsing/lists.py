"""Pages of TMDB's lists and searches."""

from __future__ import annotations

from typing import Any, Final, Literal

from apps.media.errors import SourceUnavailable
from apps.media.people import Person
from apps.media.providers.interface import Listed
from apps.media.providers.tmdb.parsing.facts import facts_of, withheld
from apps.media.providers.tmdb.parsing.people import person_of
from apps.media.providers.tmdb.parsing.readers import Body, whole
from apps.media.titles import MEDIA_TYPES, CatalogueTitle

Kind = Literal["movie", "tv", "person"]

_KINDS: Final[tuple[Kind, ...]] = (*MEDIA_TYPES, "person")
# Fields by which the kind is known where neither the entry nor the caller tells it.
_MARKS: Final[tuple[tuple[Kind, frozenset[str]], ...]] = (
    ("movie", frozenset({"title"})),
    ("person", frozenset({"known_for", "known_for_department"})),
    ("tv", frozenset({"first_air_date", "genre_ids"})),
)


def listed(body: Any, *, media_type: Kind | None = None, refreshed_at: str | None = None) -> Listed:
    """The titles and people of a page, each once; `skipped` counts what is left out: bad, alike, or for adults only.

    `media_type` is what the list holds where its entries do not say it themselves; without both the fields of each
    entry decide. `refreshed_at`, when TMDB was asked, goes into the titles. Raises SourceUnavailable for a body
    that is no page.
    """
    results = body.get("results") if isinstance(body, dict) else None
    if not isinstance(results, list):
        raise SourceUnavailable("TMDB answered a list without its page of results.")
    found = [_found(entry, media_type, refreshed_at) for entry in results]
    titles = {each.key: each for each in found if isinstance(each, CatalogueTitle)}
    people = {each.person_id: each for each in found if isinstance(each, Person)}
    return Listed(
        titles=tuple(titles.values()),
        people=tuple(people.values()),
        page=whole(body.get("page")) or 1,
        total_pages=whole(body.get("total_pages")) or 1,
        total_results=whole(body.get("total_results")) or 0,
        skipped=len(results) - len(titles) - len(people),
    )


def _found(entry: Any, media_type: Kind | None, refreshed_at: str | None) -> CatalogueTitle | Person | None:
    if not isinstance(entry, dict) or withheld(entry):
        return None
    kind = _kind(entry, media_type)
    if kind is None:
        return None
    return person_of(entry, refreshed_at) if kind == "person" else facts_of(kind, entry, refreshed_at)


def _kind(entry: Body, expected: Kind | None) -> Kind | None:
    """What an entry is. Mixed lists say it; they also hold kinds that are not kept, such as collections."""
    said = entry.get("media_type")
    if isinstance(said, str):
        return next((kind for kind in _KINDS if kind == said), None)
    return expected or next((kind for kind, marks in _MARKS if not marks.isdisjoint(entry)), None)
