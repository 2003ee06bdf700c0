"""The catalogue over HTTP: pages of the ready-made lists, and drawn posters."""

from __future__ import annotations

from hashlib import sha256
from math import ceil
from typing import Any, Final

from django.http import HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.media import selectors
from apps.media.errors import UnknownTitle
from apps.media.images import POSTER_HEIGHT, POSTER_WIDTH, poster_url
from apps.media.posters import poster_svg
from apps.media.serializers import ListingQuerySerializer, ListingSerializer
from apps.media.titles import LARGEST_ID, MEDIA_TYPES, CatalogueTitle, from_row, is_title
from movierec.api.schema import errors
from movierec.api.views import ApiView, valid_query
from movierec.dynamo.table import Row

LISTS_MAX_AGE: Final = 300
POSTER_MAX_AGE: Final = 7 * 24 * 3600
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
        responses=ListingSerializer,
        tags=["media"],
    )
    def get(self, request: Request) -> Response:
        query = valid_query(ListingQuerySerializer, request)
        found = selectors.listing(
            query["listType"],
            query["mediaType"],
            page=query["page"],
            limit=query["limit"],
            exclude=query.get("excludeIds", frozenset()),
        )
        return Response(_page(request, query, found), headers={"Cache-Control": f"public, max-age={LISTS_MAX_AGE}"})


def _page(request: Request, query: dict[str, Any], found: selectors.Listing | None) -> dict[str, Any]:
    items = found.items if found else []
    total = found.total if found else 0
    pages = ceil(total / query["limit"])
    return {
        "results": [_listed(request, item) for item in items],
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


def _listed(request: Request, item: Row) -> dict[str, Any]:
    """An item of a list as TMDB would show it, and its poster's address."""
    series = {
        "name": item["title"],
        "original_name": item["original_title"],
        "first_air_date": item["release_date"],
    }
    return {
        **item,
        **(series if item["media_type"] == "tv" else {}),
        "posterUrl": poster_url(request, item["media_type"], item["id"], item["poster_path"]),
        "posterWidth": POSTER_WIDTH,
        "posterHeight": POSTER_HEIGHT,
    }


class Poster(ApiView):
    """The drawn poster of a title.

    It is not counted against a rate: a page shows dozens of them, and each is one read and a millisecond.
    """

    open_to_all = True
    authentication_classes = ()

    @extend_schema(
        operation_id="media_poster",
        summary="The drawn poster of a title",
        description="An SVG image of 500 by 750 pixels, always the same for the same title.",
        parameters=[OpenApiParameter("media_type", str, OpenApiParameter.PATH, enum=MEDIA_TYPES)],
        responses={
            (200, "image/svg+xml"): OpenApiTypes.STR,
            304: OpenApiResponse(description="Not changed."),
            **errors(404, 503),
        },
        tags=["media"],
    )
    def get(self, request: Request, media_type: str, media_id: int) -> HttpResponseBase:
        drawing = poster_svg(_known_title(media_type, media_id)).encode()
        headers = {
            "ETag": f'"{sha256(drawing).hexdigest()[:32]}"',
            "Cache-Control": f"public, max-age={POSTER_MAX_AGE}",
        }
        response = HttpResponse(drawing, content_type="image/svg+xml", headers=headers)
        return get_conditional_response(request._request, etag=headers["ETag"], response=response) or response


def _known_title(media_type: str, media_id: int) -> CatalogueTitle:
    """The title of a poster's address; raises UnknownTitle."""
    if media_type in MEDIA_TYPES and media_id <= LARGEST_ID:
        row = selectors.title_row(media_type, media_id)
        if row is not None and is_title(row):
            return from_row(row)
    raise UnknownTitle("The catalogue has no such title, so there is no poster of it.")
