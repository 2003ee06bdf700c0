"""Titles and people by name: those of the catalogue's index, and what the source finds where these are not sure."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace
from time import time
from typing import Final, Literal

from apps.media.errors import NotAtSource, SourceSilent, SourceUnavailable
from apps.media.index.catalogue import CatalogueIndex
from apps.media.index.search import Hit, Kind
from apps.media.index_keeper import index
from apps.media.lookups.people import person_from
from apps.media.lookups.questions import Question, fetched, visitors_source
from apps.media.lookups.rows import live_row
from apps.media.lookups.titles import keep_listed
from apps.media.marks import curation
from apps.media.models import CachedMedia
from apps.media.packing import DetailsDamaged, each, packed, read_packed, unpacked
from apps.media.people import Person
from apps.media.providers.interface import SearchKind, TitleSource
from apps.media.titles import CatalogueTitle
from movierec.api.errors import NotFound
from movierec.telemetry.tally import count
from movierec.timestamps import now_text

SEARCH_MEDIA_TYPE: Final = "search"
SEARCH_BUDGET: Final = 2.0
# How long it is believed what the source finds, and that it finds nothing.
_FOUND_SECONDS: Final = 24 * 3600
_NOTHING_SECONDS: Final = 3600
# A page of the source's; what is further down was hardly meant.
_MOST: Final = 20
# A shorter text is the beginning of a word, and all that begins so is no answer worth a request.
_SHORTEST: Final = 3
LONGEST_QUERY: Final = 200
_KINDS: Final[dict[SearchKind, frozenset[Kind]]] = {
    "movie": frozenset({"movie"}),
    "tv": frozenset({"tv"}),
    "person": frozenset({"person"}),
    "multi": frozenset({"movie", "tv", "person"}),
}


@dataclass(frozen=True, slots=True)
class Finds:
    """What the source found, in its order."""

    titles: tuple[CatalogueTitle, ...] = ()
    people: tuple[Person, ...] = ()


@dataclass(frozen=True, slots=True)
class Search:
    """What a text finds: `hits` of the index, and the `finds` of the source where it was asked.

    `silent` says that it was to be asked, and did not answer.
    """

    index: CatalogueIndex
    hits: list[Hit]
    finds: Finds = Finds()
    silent: bool = False

    @property
    def source(self) -> Literal["catalogue", "tmdb"]:
        """Who knows what was found."""
        return "tmdb" if self.finds != Finds() else "catalogue"


class _SearchQuestion(Question[Finds]):
    budget = SEARCH_BUDGET

    def __init__(self, text: str, kind: SearchKind) -> None:
        self.name = f"search:{kind}:{text}"
        self._text = text
        self._kind: SearchKind = kind

    def stored(self, *, consistent: bool = False) -> Finds | None:
        row = live_row(self.name, SEARCH_MEDIA_TYPE, consistent=consistent)
        return read_packed(_unpacked_finds, row, "found") if row else None

    def ask(self, source: TitleSource, budget: float) -> Finds:
        try:
            listed = source.search(self._text, self._kind, budget=budget)
        except NotAtSource as error:
            raise SourceUnavailable("It has no search at its address.") from error
        return Finds(listed.titles[:_MOST], listed.people[:_MOST])

    def keep(self, value: Finds) -> None:
        keep_listed(value.titles)
        seconds = _NOTHING_SECONDS if value == Finds() else _FOUND_SECONDS
        CachedMedia.put_row(
            {
                "mediaId": self.name,
                "mediaType": SEARCH_MEDIA_TYPE,
                "found": packed(value),
                "refreshedAt": now_text(),
                "expiresAt": int(time()) + seconds,
            }
        )

    def unknown(self) -> NotFound:
        return NotFound("The source has no such search.")

    def silent(self) -> str:
        return "The source of titles does not answer; try again shortly."


def _unpacked_finds(content: bytes) -> Finds:
    stored = unpacked(content)
    try:
        return Finds(each(CatalogueTitle, stored["titles"]), tuple(map(person_from, stored["people"])))
    except (KeyError, TypeError, AttributeError) as error:
        raise DetailsDamaged(f"The stored finds have another shape ({error!r}).") from error


def search(text: str, kind: SearchKind, *, limit: int, typing: bool) -> Search:
    """What `text` finds, at most `limit` of the index; no call to DynamoDB where the index is sure.

    The source is asked for what the index is not sure of, unless somebody is `typing` yet. Raises IndexMissing.
    """
    current = index()
    found = current.search.find(text, kinds=_KINDS[kind], limit=limit)
    hidden = {place for key in curation().hidden if (place := current.place(key)) is not None}
    hits = [hit for hit in found if current.is_kept(hit.place) and hit.place not in hidden]
    if typing or any(hit.sure for hit in hits) or not _is_worth_asking(text):
        return Search(current, hits)
    source = visitors_source()
    if source is None:
        return Search(current, hits)
    try:
        return Search(current, hits, _shown(_found(_SearchQuestion(_normal(text), kind), source)))
    except SourceSilent:
        return Search(current, hits, silent=True)


def _found(question: _SearchQuestion, source: TitleSource) -> Finds:
    stored = question.stored()
    if stored is None:
        return fetched(question, source)
    count("CacheHits")
    return stored


def _shown(finds: Finds) -> Finds:
    """What was found without the titles that are hidden."""
    hidden = curation().hidden
    return replace(finds, titles=tuple(title for title in finds.titles if title.key not in hidden))


def _is_worth_asking(text: str) -> bool:
    return len(text) >= _SHORTEST and any(map(str.isalnum, text))


def _normal(text: str) -> str:
    """The same text for queries that differ in case and spelling of the same letters alone; it is short as a key is."""
    return unicodedata.normalize("NFKC", text).casefold()[:LONGEST_QUERY]
