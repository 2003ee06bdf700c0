"""GET /media: pages of the ready-made lists."""

from __future__ import annotations

from datetime import UTC, datetime
from math import ceil
from typing import Any, Final

from django.http import HttpResponseBase
from drf_spectacular.utils import OpenApiResponse
from rest_framework.request import Request

from apps.media import selectors
from apps.media.api.items import listed_title
from apps.media.attribution import attribution
from apps.media.genres import GENRES
from apps.media.languages import served_language, spoken
from apps.media.listings import FRESH_SECONDS, ListedType, ListType
from apps.media.selectors import Listing
from apps.media.serializers.listings import ListingQuerySerializer, ListingSerializer
from movierec.api.conditional import public_answer
from movierec.api.described import extend_schema
from movierec.api.views import ApiView, valid_query
from movierec.timestamps import epoch_seconds

LISTS_MAX_AGE: Final = 300
_SPOKEN_TYPES: Final[dict[ListedType, str]] = {"movie": "films", "tv": "series", "all": "films and series"}
_SPOKEN_LISTS: Final[dict[ListType, str]] = {
    "trending": "trending {}",
    "popular": "popular {}",
    "top_rated": "top rated {}",
    "upcoming": "upcoming {}",
    "now_playing": "{} that play now",
    "hidden_gems": "little known and well rated {}",
}
_DAY: Final = 24 * 3600


class Listings(ApiView):
    """Pages of the ready-made lists: what is trending, popular, top rated, upcoming, playing now, or a hidden gem."""

    name = "Titles"
    rate_scope = "media"
    rate_by_address = True
    open_to_all = True
    # A stale token of a client must not bar it from what is open to all.
    authentication_classes = ()

    @extend_schema(
        operation_id="media_list",
        summary="A page of a ready-made list",
        description=(
            "Titles in TMDB's names. A page past the end, and a list not built yet, have no results. A list whose "
            "source has not told anything new for long goes on being served; `stale` and `ageSeconds` say so."
        ),
        parameters=[ListingQuerySerializer],
        responses={200: ListingSerializer, 304: OpenApiResponse(description="Not changed.")},
        tags=["media"],
    )
    def get(self, request: Request) -> HttpResponseBase:
        query = valid_query(ListingQuerySerializer, request)
        language = served_language(query.get("language", ""))
        found = selectors.listing(
            query["listType"],
            query["mediaType"],
            page=query["page"],
            limit=query["limit"],
            genre=query.get("genre"),
            exclude=query.get("excludeIds", frozenset()),
        )
        items = selectors.localised(found.items, language) if found else []
        age = _age_seconds(found) if found else None
        page = _page(request, query, found, items, age)
        answer = public_answer(request, {**page, "ageSeconds": age}, max_age=LISTS_MAX_AGE, tagged=page)
        answer["Content-Language"] = spoken(language, translated=found is not None and items != found.items)
        if found is None:
            # It may be there in a moment.
            answer["Cache-Control"] = "no-store"
        return answer


def _age_seconds(found: Listing) -> int:
    return max(0, int(datetime.now(UTC).timestamp() - epoch_seconds(found.refreshed_at)))


def _page(
    request: Request, query: dict[str, Any], found: Listing | None, items: list[dict[str, Any]], age: int | None
) -> dict[str, Any]:
    """The answer without the age, which changes with every second."""
    total = found.total if found else 0
    pages = ceil(total / query["limit"])
    stale = _is_stale(query["listType"], found, age)
    return {
        "results": [listed_title(request, item) for item in items],
        "page": query["page"],
        "total_pages": pages,
        "total_results": total,
        "list_type": query["listType"],
        "media_type": query["mediaType"],
        "message": _message(query, found, pages) + (_aged(age) if stale and age else ""),
        "refreshedAt": found.refreshed_at if found else None,
        "stale": stale,
        "attribution": attribution(tmdb=_shows_tmdb(found)),
    }


def _is_stale(list_type: ListType, found: Listing | None, age: int | None) -> bool:
    """Whether a source outside should have told something newer; a catalogue of our own does not grow old."""
    return bool(found and found.outside and age is not None and age > FRESH_SECONDS[list_type])


def _shows_tmdb(found: Listing | None) -> bool:
    return found is not None and (
        found.outside or any(item["poster_path"] or item["backdrop_path"] for item in found.items)
    )


def _message(query: dict[str, Any], found: Listing | None, pages: int) -> str:
    titles = _SPOKEN_LISTS[query["listType"]].format(_SPOKEN_TYPES[query["mediaType"]])
    if "genre" in query:
        titles += f" of the genre {_genre_name(query['genre'])}"
    if found is None:
        return f"The list of {titles} has not been built yet; it is there once the catalogue is loaded."
    if not found.total:
        return f"The list of {titles} has no titles."
    if query["page"] > pages:
        return f"Page {query['page']} is past the end; the list of {titles} ends with page {pages}."
    return f"{len(found.items)} of {found.total} {titles}."


def _genre_name(genre: int) -> str:
    return next(names[genre] for names in GENRES.values() if genre in names)


def _aged(age: int) -> str:
    return f" It is {age // _DAY} days old: its source has told nothing newer."
