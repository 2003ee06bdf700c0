"""GET /media: pages of the ready-made lists."""

from __future__ import annotations

from math import ceil
from typing import Any, Final

from django.http import HttpResponseBase
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request

from apps.media import selectors
from apps.media.api.items import listed_title
from apps.media.serializers.listings import ListingQuerySerializer, ListingSerializer
from movierec.api.conditional import public_answer
from movierec.api.views import ApiView, valid_query

LISTS_MAX_AGE: Final = 300
_SPOKEN: Final = {"movie": "films", "tv": "series", "top_rated": "top rated"}


class Listings(ApiView):
    """Pages of the trending, popular and top rated titles."""

    rate_scope = "media"
    rate_by_address = True
    open_to_all = True
    # A stale token of a client must not bar it from what is open to all.
    authentication_classes = ()

    @extend_schema(
        operation_id="media_list",
        summary="A page of a ready-made list",
        description="Titles in TMDB's names. A page past the end, and a list not built yet, have no results.",
        parameters=[ListingQuerySerializer],
        responses={200: ListingSerializer, 304: OpenApiResponse(description="Not changed.")},
        tags=["media"],
    )
    def get(self, request: Request) -> HttpResponseBase:
        query = valid_query(ListingQuerySerializer, request)
        found = selectors.listing(
            query["listType"],
            query["mediaType"],
            page=query["page"],
            limit=query["limit"],
            exclude=query.get("excludeIds", frozenset()),
        )
        return public_answer(request, _page(request, query, found), max_age=LISTS_MAX_AGE)


def _page(request: Request, query: dict[str, Any], found: selectors.Listing | None) -> dict[str, Any]:
    items = found.items if found else []
    total = found.total if found else 0
    pages = ceil(total / query["limit"])
    return {
        "results": [listed_title(request, item) for item in items],
        "page": query["page"],
        "total_pages": pages,
        "total_results": total,
        "list_type": query["listType"],
        "media_type": query["mediaType"],
        "message": _message(query, found, pages),
    }


def _message(query: dict[str, Any], found: selectors.Listing | None, pages: int) -> str:
    list_name = _SPOKEN.get(query["listType"], query["listType"])
    titles = f"{list_name} {_SPOKEN[query['mediaType']]}"
    if found is None:
        return f"The list of {titles} has not been built yet; it is there once the catalogue is loaded."
    if not found.total:
        return f"The list of {titles} has no titles."
    if not found.items:
        return f"Page {query['page']} is past the end; the list of {titles} ends with page {pages}."
    return f"{len(found.items)} of {found.total} {titles}."
