"""GET /search."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain, islice
from typing import Any, Final

from django.http import HttpResponseBase
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request

from apps.media.api.facts import STALE_MAX_AGE, shown
from apps.media.api.items import listed_title
from apps.media.attribution import attribution
from apps.media.index.catalogue import CatalogueIndex
from apps.media.languages import served_language
from apps.media.listings import item_of
from apps.media.lookups.searches import Search, search
from apps.media.people import PERSON_MEDIA_TYPE, Person
from apps.media.serializers.search import SearchQuerySerializer, SearchSerializer
from apps.media.titles import CatalogueTitle
from movierec.api.conditional import public_answer
from movierec.api.views import ApiView, valid_query

SEARCH_MAX_AGE: Final = 300
_KNOWN_FOR: Final = 3
# Titles of the index that follow what the source found.
_CLOSEST: Final = 3


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
        found = search(query["q"], query["type"], limit=query["limit"], typing=query["suggest"])
        body = _body(request, query, found, language)
        response = public_answer(request, body, max_age=STALE_MAX_AGE if found.silent else SEARCH_MAX_AGE)
        response["Content-Language"] = language
        return response


def _body(request: Request, query: dict[str, Any], found: Search, language: str) -> dict[str, Any]:
    results = _results(request, found, language, query["limit"])
    return {
        "query": query["q"],
        "type": query["type"],
        "results": results,
        "total_results": len(results),
        "source": found.source,
        "message": _message(query["q"], found, len(results)),
        "attribution": attribution(tmdb=_shows_tmdb(found)),
    }


def _message(text: str, found: Search, number: int) -> str:
    sentences = [f"Nothing was found for {text}."]
    if number:
        results = f"{number} result{'s' * (number > 1)}"
        sentences = [f"{results} for {text}." if found.is_sure else f"Nothing is called {text}; these come closest."]
    if found.silent:
        sentences.append("The source of titles, which may know more, does not answer at the moment.")
    return " ".join(sentences)


def _results(request: Request, found: Search, language: str, limit: int) -> list[dict[str, Any]]:
    """What the source found where it was asked and found anything, and what of the index comes closest; else the hits.

    With a typing error in it, a query may mean a title of the index, and find another at the source.
    """
    hits = [_of_hit(request, found.index, hit.place, language) for hit in found.hits]
    if found.source == "catalogue":
        return hits
    titles = (_of_title(request, found.index, title, language) for title in found.finds.titles)
    finds = list(islice(chain(titles, map(_of_person, found.finds.people)), limit))
    told = {(each["media_type"], each["id"]) for each in finds}
    closest = (hit for hit in hits if (hit["media_type"], hit["id"]) not in told)
    return [*finds, *islice(closest, min(_CLOSEST, limit - len(finds)))]


def _of_title(request: Request, index: CatalogueIndex, title: CatalogueTitle, language: str) -> dict[str, Any]:
    """A title that the source found; with its name in `language` where the index has it."""
    place = index.place(title.key)
    return listed_title(request, item_of(title) if place is None else index.item(place, language))


def _of_person(person: Person) -> dict[str, Any]:
    titles = [credit.title for credit in person.cast[:_KNOWN_FOR]]
    return _person(person.person_id, person.name, person.profile_path, map(item_of, titles))


def _of_hit(request: Request, index: CatalogueIndex, place: int, language: str) -> dict[str, Any]:
    if place < len(index):
        return listed_title(request, index.item(place, language))
    person = index.person_at(place)
    items = (index.item(credit.place, language) for credit in person.credits[:_KNOWN_FOR])
    return _person(person.person_id, person.name, person.profile_path, items)


def _person(person_id: int, name: str, profile_path: str | None, items: Iterable[dict[str, Any]]) -> dict[str, Any]:
    return {
        "id": person_id,
        "media_type": PERSON_MEDIA_TYPE,
        "name": name,
        "profile_path": profile_path,
        "profile": shown(profile_path, "profile"),
        "known_for": [{name: item[name] for name in ("id", "media_type", "title")} for item in items],
    }


def _shows_tmdb(found: Search) -> bool:
    return found.source == "tmdb" or any(_is_of_tmdb(found.index, hit.place) for hit in found.hits)


def _is_of_tmdb(index: CatalogueIndex, place: int) -> bool:
    """Whether TMDB told of a title, or of one of a person's."""
    if place < len(index):
        return index.has_fact(place, "source:tmdb")
    return any(index.has_fact(credit.place, "source:tmdb") for credit in index.person_at(place).credits[:_KNOWN_FOR])
