"""GET /discover: titles by filters, from the index in memory."""

from __future__ import annotations

from dataclasses import replace
from math import ceil
from typing import Any, Final

from django.http import HttpResponseBase
from drf_spectacular.utils import OpenApiResponse
from rest_framework.request import Request

from apps.media.api.items import listed_title
from apps.media.attribution import attribution
from apps.media.index.catalogue import CatalogueIndex
from apps.media.index.discover import Bounds, Found, Terms, Wanted
from apps.media.index.orders import RATING_STEPS
from apps.media.index_keeper import index
from apps.media.languages import served_language, spoken
from apps.media.marks import curation
from apps.media.selectors import localised
from apps.media.serializers.discover import MOST_RATING, DiscoverQuerySerializer, DiscoverSerializer
from movierec.api.conditional import public_answer
from movierec.api.described import extend_schema
from movierec.api.views import ApiView, valid_query

DISCOVER_MAX_AGE: Final = 300
# The last page that can be asked for, as at TMDB.
MOST_PAGES: Final = 500
_SPOKEN: Final = {"movie": ("film", "films"), "tv": ("series", "series"), "both": ("title", "films and series")}


class Discover(ApiView):
    """Films and series by genre, year, rating, length, language, country, service, people, keyword or certification."""

    rate_scope = "media"
    rate_by_address = True
    open_to_all = True
    # A stale token of a client must not bar it from what is open to all.
    authentication_classes = ()

    @extend_schema(
        operation_id="discover",
        summary="Titles by filters",
        description=(
            "All conditions must hold. A title of which is not known whether it meets one is left out, but for "
            "`withoutGenres` and `withoutKeywords`. People, keywords, providers and certifications that no title has "
            "find nothing. Answers 503 while the catalogue's index is not built yet."
        ),
        parameters=[DiscoverQuerySerializer],
        responses={200: DiscoverSerializer, 304: OpenApiResponse(description="Not changed.")},
        tags=["media"],
    )
    def get(self, request: Request) -> HttpResponseBase:
        query = valid_query(DiscoverQuerySerializer, request)
        language = served_language(query.get("language", ""))
        current, decided = index(), curation()
        wanted = wanted_of(query)
        wanted = replace(wanted, excluded=decided.hidden.union(wanted.excluded))
        start = (query["page"] - 1) * query["limit"]
        found = current.discover(wanted, start=start, stop=start + query["limit"])
        untranslated = [decided.item(current.item(place, served_language(""))) for place in found.places]
        items = localised(untranslated, language)
        body = {
            "results": [listed_title(request, item) for item in items],
            **_page(query, found),
            "attribution": attribution(tmdb=_shows_tmdb(current, found, items), offers="providers" in query),
        }
        answer = public_answer(request, body, max_age=DISCOVER_MAX_AGE)
        answer["Content-Language"] = spoken(language, translated=items != untranslated)
        return answer


def wanted_of(query: dict[str, Any]) -> Wanted:
    """The question that a validated query puts to the index. A bound that every title meets is none."""
    return Wanted(
        media_type=query["type"],
        sort=query["sort"],
        genres=query.get("genres", Terms()),
        without_genres=query.get("withoutGenres", ()),
        keywords=query.get("keywords", Terms()),
        without_keywords=query.get("withoutKeywords", ()),
        people=query.get("people", Terms()),
        languages=tuple(map(str.lower, query.get("originalLanguage", ()))),
        countries=tuple(map(str.upper, query.get("country", ()))),
        region=query["region"],
        providers=query.get("providers", ()),
        certifications=query.get("certification", ()),
        released=_days(query),
        rating=(query.get("ratingMin") or None, _below(query.get("ratingMax"), MOST_RATING * RATING_STEPS)),
        runtime=(query.get("runtimeMin") or None, query.get("runtimeMax")),
        votes=query.get("votesMin") or None,
        excluded=query.get("excludeIds", frozenset()),
    )


def _days(query: dict[str, Any]) -> Bounds:
    """From the first day of the one year to the last of the other."""
    first, last = query.get("yearFrom"), query.get("yearTo")
    return first and first * 10_000, last and last * 10_000 + 1231


def _below(bound: int | None, most: int) -> int | None:
    return None if bound == most else bound


def _page(query: dict[str, Any], found: Found) -> dict[str, Any]:
    pages = min(MOST_PAGES, ceil(found.total / query["limit"]))
    return {
        "page": query["page"],
        "total_pages": pages,
        "total_results": found.total,
        "sort": query["sort"],
        "message": _message(query, found, pages),
    }


def _message(query: dict[str, Any], found: Found, pages: int) -> str:
    one, many = _SPOKEN[query["type"]]
    if not found.total:
        return f"No {many} are like that; leave out a condition."
    if query["page"] > pages:
        return f"Page {query['page']} is past the end; the {many} like that end with page {pages}."
    return f"1 {one}." if found.total == 1 else f"{len(found.places)} of {found.total} {many}."


def _shows_tmdb(current: CatalogueIndex, found: Found, items: list[dict[str, Any]]) -> bool:
    """Whether facts or a picture of any title shown are TMDB's."""
    return any(current.has_fact(place, "source:tmdb") for place in found.places) or any(
        item["poster_path"] or item["backdrop_path"] for item in items
    )
