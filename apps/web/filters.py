"""The filters of /discover: those with a field in its form, and those that came with the address."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.http import QueryDict

from apps.media.genres import GENRES
from apps.media.serializers.discover import SORT_SPELLINGS
from apps.media.text import clean
from apps.media.titles import MEDIA_TYPES, MediaType
from apps.recommendations.engine.phrases import LANGUAGE_NAMES, SERVICE_NAMES
from apps.web.templatetags.catalogue import chosen, first_of

_WANTED: Final = {"both": "Films and series", "movie": "Films", "tv": "Series"}
_SORTS: Final = {
    "popularity": "Most popular",
    "rating": "Best rated",
    "votes": "Most voted on",
    "newest": "Newest",
    "oldest": "Oldest",
    "title": "By title",
    "runtime": "Shortest",
}
# The filters without a field, in words before their values.
_CARRIED: Final = {
    "keywords": "keyword",
    "withoutKeywords": "without the keyword",
    "withoutGenres": "without the genre",
    "people": "person number",
    "certification": "certification",
    "country": "country",
    "ratingMax": "rating at most",
    "votesMin": "votes at least",
    "runtimeMin": "minutes at least",
    "excludeIds": "without the titles",
}
# What is no filter, and is kept all the same.
_SETTINGS: Final = ("language", "limit")
# A filter in words gets no longer than this.
_LONGEST: Final = 80


@dataclass(frozen=True, slots=True)
class Choice:
    """A value of a filter."""

    code: str
    words: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Carried:
    """A parameter that the form sends on as it came; in words, and with the address without it, if it is a filter."""

    name: str
    value: str
    words: str = ""
    address: str = ""


def filters_of(query: QueryDict) -> dict[str, Any]:
    """The choices of /discover, with those chosen that the address asks for, and what else it asks for.

    Genres are ticked to have all of them: where one of several is wanted, they are carried, and `genres` is empty.
    """
    wanted = first_of(query, "type", "mediaType") or "both"
    kinds: Sequence[MediaType] = [wanted] if wanted in MEDIA_TYPES else MEDIA_TYPES
    genres = {str(genre): name for kind in kinds for genre, name in GENRES[kind].items()}
    either_genre = "|" in _given(query, "genres")
    ticks = {} if either_genre else dict(sorted(genres.items(), key=lambda genre: genre[1]))
    sort = query.get("sort") or "popularity"
    carried = list(_carried(query, genres, either_genre=either_genre))
    return {
        "kinds": _choices(_WANTED, {wanted}),
        "genres": _choices(ticks, chosen(query, "genres")),
        "languages": _languages(query),
        "providers": _choices(SERVICE_NAMES, chosen(query, "providers")),
        "sorts": _choices(_SORTS, {SORT_SPELLINGS.get(sort, sort)}),
        "carried": carried,
        "filtered": [each for each in carried if each.words],
    }


def _choices(words: Mapping[str, str], marked: set[str]) -> list[Choice]:
    return [Choice(code, said, code in marked) for code, said in words.items()]


def _languages(query: QueryDict) -> list[Choice]:
    """The languages to choose one from; several that were asked for, or an unusual one, are a choice of their own."""
    given = clean(_given(query, "originalLanguage"))
    known = _choices(LANGUAGE_NAMES, {given})
    if not given or given in LANGUAGE_NAMES:
        return known
    return [Choice(given, _worded(given, LANGUAGE_NAMES), chosen=True), *known]


def _carried(query: QueryDict, genres: Mapping[str, str], *, either_genre: bool) -> Iterable[Carried]:
    if either_genre:
        yield _filter(query, "genres", "genre", genres)
    for name, words in _CARRIED.items():
        if _given(query, name):
            yield _filter(query, name, words, genres if name == "withoutGenres" else {})
    for provider in sorted(chosen(query, "providers") - SERVICE_NAMES.keys() - {""}):
        yield _provider(query, provider)
    for name in _SETTINGS:
        if given := query.get(name):
            yield Carried(name, clean(given))


def _filter(query: QueryDict, name: str, words: str, named: Mapping[str, str]) -> Carried:
    given = clean(_given(query, name))
    return Carried(name, given, f"{words} {_worded(given, named)}", _without(query, name))


def _provider(query: QueryDict, provider: str) -> Carried:
    """A service by TMDB's number, which has no box to tick; without it the others stay."""
    others = sorted(chosen(query, "providers") - {provider, ""})
    return Carried(
        "providers", clean(provider), f"service number {clean(provider)}", _without(query, "providers", *others)
    )


def _without(query: QueryDict, name: str, *kept: str) -> str:
    """The address of the first page without a filter, or with some of its values."""
    rest = query.copy()
    rest.setlist(name, list(kept))
    rest.pop("page", None)
    return f"/discover?{rest.urlencode()}" if rest.urlencode() else "/discover"


def _given(query: QueryDict, name: str) -> str:
    """The values of a parameter as one text, as the endpoint takes them."""
    return ",".join(value for value in query.getlist(name) if value)


def _worded(given: str, named: Mapping[str, str]) -> str:
    """28|12 is "Action or Adventure", 28,12 "Action and Adventure"; what has no name stays as it is."""
    between, word = ("|", " or ") if "|" in given else (",", " and ")
    parts = [part.strip() for part in given.split(between) if part.strip()]
    said = word.join(named.get(part, part) for part in parts)
    return said if len(said) <= _LONGEST else f"{said[:_LONGEST]}…"
