"""The drawn poster of a title."""

from __future__ import annotations

from hashlib import sha256
from typing import Final

from django.http import HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework.request import Request

from apps.media import selectors
from apps.media.errors import UnknownTitle
from apps.media.marks import curation
from apps.media.posters import poster_svg
from apps.media.titles import LARGEST_ID, MEDIA_TYPES, CatalogueTitle, from_row, is_title
from movierec.api.described import errors, extend_schema
from movierec.api.views import ApiView

POSTER_MAX_AGE: Final = 7 * 24 * 3600


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
    """The title of a poster's address, also a hidden one: people's own lists keep it. Raises UnknownTitle."""
    if media_type in MEDIA_TYPES and media_id <= LARGEST_ID:
        row = selectors.title_row(media_type, media_id)
        if row is not None and is_title(row):
            return curation().facts(from_row(row))
    raise UnknownTitle("The catalogue has no such title, so there is no poster of it.")
