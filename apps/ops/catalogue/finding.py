"""Finds titles for staff: the order and the count come from the catalogue's index in memory, the rows by their keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from time import time
from typing import Final, cast

from apps.media.corrections import FIELDS
from apps.media.errors import IndexMissing
from apps.media.genres import GENRES
from apps.media.index.catalogue import CatalogueIndex
from apps.media.index.discover import Terms, Wanted, WantedType
from apps.media.index_keeper import index
from apps.media.marks import Mark, all_marks, key_of, rows_and_marks, title_id
from apps.media.titles import MEDIA_TYPES, TitleKey
from apps.ops.console.lists import PAGE_ROWS, Asked, Choice, Filter, Listed, asked, listed
from apps.ops.console.staff import StaffRequest
from movierec.api.errors import BadRequest
from movierec.dynamo.table import Count, Row
from movierec.timestamps import epoch_seconds

# Of what a text finds; further down nothing was meant.
MOST_FOUND: Final = 200
SPOKEN: Final = {"movie": "film", "tv": "series"}
_DAY: Final = 24 * 3600
_ATTRIBUTES: Final = ("mediaId", "mediaType", "title", "releaseDate", "source", "refreshedAt", "updatedAt", "expiresAt")
_LANGUAGES: Final = {
    "ar": "Arabic", "cs": "Czech", "da": "Danish", "de": "German", "en": "English", "es": "Spanish", "fa": "Persian",
    "fi": "Finnish", "fr": "French", "hi": "Hindi", "it": "Italian", "ja": "Japanese", "ko": "Korean", "nl": "Dutch",
    "no": "Norwegian", "pl": "Polish", "pt": "Portuguese", "ru": "Russian", "sv": "Swedish", "tr": "Turkish",
    "zh": "Chinese",
}  # fmt: skip
_GENRES: Final = sorted(
    {(name, number) for names in GENRES.values() for number, name in names.items()}, key=lambda each: each[0]
)

FILTERS: Final = (
    Filter("type", "Type", (Choice("movie", "Films"), Choice("tv", "Series"))),
    Filter("genre", "Genre", tuple(Choice(str(number), name) for name, number in _GENRES)),
    Filter("source", "Source", (Choice("tmdb", "TMDB"), Choice("movielens", "MovieLens"), Choice("demo", "Demo"))),
    Filter("language", "Language", tuple(Choice(code, name) for code, name in sorted(_LANGUAGES.items()))),
    Filter("age", "Age", tuple(Choice(str(days), f"Fetched over {days} days ago") for days in (30, 90, 150))),
    Filter("state", "Hidden or corrected", (Choice("hidden", "Hidden"), Choice("corrected", "Corrected"))),
)
# What rows of decisions can be narrowed by.
_OF_DECISIONS: Final = frozenset({"type", "state"})


@dataclass(frozen=True, slots=True)
class TitleLine:
    """A title in a list; `source` and `age` are empty where the catalogue has no row of it."""

    id: str
    name: str
    year: str
    kind: str
    source: str
    age: str
    hidden: bool
    corrected: str


@dataclass(frozen=True, slots=True)
class FoundTitles:
    """A page of titles, what was asked, and whether the index is missing, without which only numbers are found."""

    listed: Listed
    asked: Asked
    no_index: bool


@dataclass(frozen=True, slots=True)
class _Place:
    """The keys of a page, how many titles there are in all where that is known, and where the next page begins."""

    keys: Sequence[TitleKey]
    count: Count | None
    next_start: int | None


def found_titles(request: StaffRequest) -> FoundTitles:
    """The page that a request asks for. One BatchGetItem, and a Query before it for what was decided on.

    Raises BadRequest.
    """
    question = asked(request, FILTERS)
    start = _start(question)
    current = current_index()
    if question.chosen["state"]:
        place = _decided(question, start)
    elif current is None:
        place = _Place(_named(question), None, None)
    else:
        place = _indexed(question, current, start)
    lines = _lines(place.keys, current)
    after = None if place.next_start is None else [str(place.next_start)]
    return FoundTitles(listed(request, lines, after=after, count=place.count), question, no_index=current is None)


def _start(question: Asked) -> int:
    text = question.after[0] if question.after else "0"
    if not (text.isascii() and text.isdecimal()) or len(text) > 8:
        raise BadRequest("cursor: this is not a page of this list; begin at its first page.")
    return int(text)


def current_index() -> CatalogueIndex | None:
    """The index of the catalogue, None where there is none."""
    try:
        return index()
    except IndexMissing:
        return None


def _decided(question: Asked, start: int) -> _Place:
    """The titles that are hidden or corrected, which the index need not have."""
    other = [name for name, value in question.chosen.items() if value and name not in _OF_DECISIONS]
    if other:
        raise BadRequest(
            f"{other[0]}: what was decided on can be narrowed by type and text alone; leave out the others."
        )
    found = [mark.key for mark in all_marks() if _is_wanted(mark, question)]
    return _cut(found, start, Count(len(found), more=False))


def _is_wanted(mark: Mark, question: Asked) -> bool:
    decided = mark.hidden_at if question.chosen["state"] == "hidden" else mark.corrections
    text = question.text.casefold()
    named = text in mark.title.casefold() or text in title_id(mark.key)
    return bool(decided) and question.chosen["type"] in ("", mark.key[0]) and named


def _indexed(question: Asked, current: CatalogueIndex, start: int) -> _Place:
    wanted = _wanted(question)
    if not question.text:
        found = current.discover(wanted, start=start, stop=start + PAGE_ROWS)
        end = start + PAGE_ROWS
        return _Place(
            [current.key(place) for place in found.places],
            Count(found.total, more=False),
            end if end < found.total else None,
        )
    hits = current.search.find(question.text, kinds=frozenset(MEDIA_TYPES), limit=MOST_FOUND)
    keys = [current.key(place) for place in current.among((hit.place for hit in hits), wanted)]
    named = _named(question)
    # Whether there is a title of a number is known once its row was asked for.
    count = None if named else Count(len(keys), more=len(hits) == MOST_FOUND)
    return _cut(list(dict.fromkeys([*named, *keys])), start, count)


def _cut(keys: Sequence[TitleKey], start: int, count: Count | None) -> _Place:
    end = start + PAGE_ROWS
    return _Place(keys[start:end], count, end if end < len(keys) else None)


def _wanted(question: Asked) -> Wanted:
    chosen = question.chosen
    return Wanted(
        media_type=cast(WantedType, chosen["type"] or "both"),
        genres=Terms(tuple(filter(None, [chosen["genre"]]))),
        sources=tuple(filter(None, [chosen["source"]])),
        languages=tuple(filter(None, [chosen["language"]])),
        told_before=time() - int(chosen["age"]) * _DAY if chosen["age"] else None,
    )


def _named(question: Asked) -> list[TitleKey]:
    """The titles that a number or an id such as "movie/603" may mean, whatever else narrows the list."""
    texts = [question.text] if "/" in question.text else [f"{kind}/{question.text}" for kind in MEDIA_TYPES]
    return [key for key in map(key_of, texts) if key and question.chosen["type"] in ("", key[0])]


def _lines(keys: Sequence[TitleKey], current: CatalogueIndex | None) -> list[TitleLine]:
    """The titles in a list; those of which nothing is known are left out."""
    rows, marks = rows_and_marks(keys, _ATTRIBUTES)
    lines = []
    for key in keys:
        place = current.place(key) if current else None
        shown = current.item(place, "") if current and place is not None else {}
        row, mark = rows.get(key, {}), marks.get(key)
        if row or shown or mark:
            lines.append(_line(key, row, shown, mark or Mark(key)))
    return lines


def _line(key: TitleKey, row: Row, shown: Mapping[str, object], mark: Mark) -> TitleLine:
    values = mark.values
    name = values.get("title") or row.get("title") or shown.get("title") or mark.title
    released = values.get("release_date") or row.get("releaseDate") or shown.get("release_date") or ""
    return TitleLine(
        id=title_id(key),
        name=str(name or "Without a name"),
        year=str(released)[:4],
        kind=SPOKEN[key[0]],
        source=str(row.get("source", "unknown")) if row else "",
        age=age_of(row),
        hidden=bool(mark.hidden_at),
        corrected=", ".join(FIELDS[each].label for each in values if each in FIELDS),
    )


def age_of(row: Row) -> str:
    """How long ago a source outside told of a title, or else when it was stored; empty where that is not known."""
    told, stored = age_words(row.get("refreshedAt")), age_words(row.get("updatedAt"))
    if told or not stored:
        return told
    return "stored today" if stored == "today" else f"stored {stored} ago"


def age_words(at: object) -> str:
    """How long ago a timestamp was in days; an empty text where there is none."""
    seconds = epoch_seconds(at)
    days = int((time() - seconds) // _DAY)
    return "" if not seconds else "today" if days <= 0 else f"{days} day{'s' * (days > 1)}"
