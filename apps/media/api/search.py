"""GET /search."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain, islice
from typing import Any, Final

from django.http import HttpResponseBase
from drf_spectacular.utils import OpenApiResponse
from rest_framework.request import Request

from apps.media.api.facts import STALE_MAX_AGE, shown
from apps.media.api.items import listed_title
from apps.media.attribution import attribution
from apps.media.index.catalogue import CatalogueIndex
from apps.media.languages import is_fallback, served_language, spoken
from apps.media.lookups.searches import Search, search
from apps.media.marks import curation
from apps.media.people import PERSON_MEDIA_TYPE, Person
from apps.media.selectors import localised
from apps.media.serializers.search import SearchQuerySerializer, SearchSerializer
from apps.media.titles import CatalogueTitle, item_of
from movierec.api.conditional import public_answer
from movierec.api.described import extend_schema
from movierec.api.views import ApiView, valid_query
from movierec.dynamo.table import Row
from movierec.switches import Flag, is_on

SEARCH_MAX_AGE: Final = 300
SUGGESTED_OFF_MAX_AGE: Final = 20
_KNOWN_FOR: Final = 3
# Titles of the index that follow what the source found.
_CLOSEST: Final = 3
_PICTURES: Final = ("poster_path", "backdrop_path", "profile_path")


class Searches(ApiView):
    """Films, series and people by name."""

    name = "Search"
    rate_scope = "media"
    rate_by_address = True
    open_to_all = True
    # A stale token of a client must not bar it from what is open to all.
    authentication_classes = ()

    @extend_schema(
        operation_id="search",
        summary="Films, series and people by name",
        description=(
            "Takes beginnings of names, typing errors, other scripts, and years such as in `alien 1979`. What the "
            "catalogue does not have is asked for at its source, where one is set up; `source` says who knew it."
        ),
        parameters=[SearchQuerySerializer],
        responses={200: SearchSerializer, 304: OpenApiResponse(description="Not changed.")},
        tags=["media"],
    )
    def get(self, request: Request) -> HttpResponseBase:
        query = valid_query(SearchQuerySerializer, request)
        language = served_language(query.get("language", ""))
        if query["suggest"] and not is_on(Flag.SUGGESTIONS):
            return public_answer(request, _no_suggestions(query), max_age=SUGGESTED_OFF_MAX_AGE)
        found = search(query["q"], query["type"], limit=query["limit"], typing=query["suggest"])
        plain = _entries(found, "", query["limit"])
        entries = plain if is_fallback(language) else localised(_entries(found, language, query["limit"]), language)
        body = _body(request, query, found, entries)
        response = public_answer(request, body, max_age=STALE_MAX_AGE if found.silent else SEARCH_MAX_AGE)
        response["Content-Language"] = spoken(language, translated=entries != plain)
        return response


def _no_suggestions(query: dict[str, Any]) -> dict[str, Any]:
    return {
        "query": query["q"],
        "type": query["type"],
        "results": [],
        "total_results": 0,
        "source": "catalogue",
        "message": "Suggestions are switched off at the moment; search for the whole text.",
        "attribution": attribution(tmdb=False),
    }


def _body(request: Request, query: dict[str, Any], found: Search, entries: list[Row]) -> dict[str, Any]:
    return {
        "query": query["q"],
        "type": query["type"],
        "results": [each if _is_person(each) else listed_title(request, each) for each in entries],
        "total_results": len(entries),
        "source": found.source,
        "message": _message(query["q"], found, len(entries)),
        "attribution": attribution(tmdb=_shows_tmdb(found, entries)),
    }


def _message(text: str, found: Search, number: int) -> str:
    sentences = [_finding(text, min(number, _fitting(found)), number)]
    if found.silent:
        sentences.append("The source of titles, which may know more, does not answer at the moment.")
    return " ".join(sentences)


def _finding(text: str, fitting: int, number: int) -> str:
    """How many of the results are what was meant, as far as names tell, and that the others come close."""
    close = number - fitting
    if not number:
        return f"Nothing was found for {text}."
    if not fitting:
        return f"Nothing is called {text}; {'this comes' if close == 1 else 'these come'} closest."
    others = f", and {close} that come{'s' * (close == 1)} close" if close else ""
    return f"{fitting} result{'s' * (fitting > 1)} for {text}{others}."


def _fitting(found: Search) -> int:
    """What the source finds fits; of the index, what it is sure of."""
    if found.source == "catalogue":
        return sum(hit.sure for hit in found.hits)
    return len(found.finds.titles) + len(found.finds.people)


def _entries(found: Search, language: str, limit: int) -> list[Row]:
    """What the source found where it was asked and found anything, and what of the index comes closest; else the hits.

    With a typing error in it, a query may mean a title of the index, and find another at the source. Names are in
    `language` as far as the index has them.
    """
    hits = [_of_hit(found.index, hit.place, language) for hit in found.hits]
    if found.source == "catalogue":
        return hits
    titles = (_of_title(found.index, title, language) for title in found.finds.titles)
    finds = list(islice(chain(titles, map(_of_person, found.finds.people)), limit))
    told = {(each["media_type"], each["id"]) for each in finds}
    closest = (hit for hit in hits if (hit["media_type"], hit["id"]) not in told)
    return [*finds, *islice(closest, min(_CLOSEST, limit - len(finds)))]


def _of_title(index: CatalogueIndex, title: CatalogueTitle, language: str) -> Row:
    """A title that the source found; with its name in `language` where the index has it."""
    place = index.place(title.key)
    return curation().item(item_of(title) if place is None else index.item(place, language))


def _of_person(person: Person) -> Row:
    hidden = curation().hidden
    titles = [credit.title for credit in person.cast if credit.title.key not in hidden][:_KNOWN_FOR]
    return _person(person.person_id, person.name, person.profile_path, map(item_of, titles))


def _of_hit(index: CatalogueIndex, place: int, language: str) -> Row:
    decided = curation()
    if place < len(index):
        return decided.item(index.item(place, language))
    person = index.person_at(place)
    shown = (credit.place for credit in person.credits if index.key(credit.place) not in decided.hidden)
    items = (decided.item(index.item(each, language)) for each in islice(shown, _KNOWN_FOR))
    return _person(person.person_id, person.name, person.profile_path, items)


def _person(person_id: int, name: str, profile_path: str | None, items: Iterable[Row]) -> Row:
    return {
        "id": person_id,
        "media_type": PERSON_MEDIA_TYPE,
        "name": name,
        "profile_path": profile_path,
        "profile": shown(profile_path, "profile"),
        "known_for": [{name: item[name] for name in ("id", "media_type", "title")} for item in items],
    }


def _is_person(entry: Row) -> bool:
    return bool(entry["media_type"] == PERSON_MEDIA_TYPE)


def _shows_tmdb(found: Search, entries: list[Row]) -> bool:
    """Whether anything shown is TMDB's, be it a picture alone."""
    return (
        found.source == "tmdb"
        or any(_is_of_tmdb(found.index, hit.place) for hit in found.hits)
        or any(entry.get(picture) for entry in entries for picture in _PICTURES)
    )


def _is_of_tmdb(index: CatalogueIndex, place: int) -> bool:
    """Whether TMDB told of a title, or of one of a person's."""
    if place < len(index):
        return index.has_fact(place, "source:tmdb")
    return any(index.has_fact(credit.place, "source:tmdb") for credit in index.person_at(place).credits[:_KNOWN_FOR])
