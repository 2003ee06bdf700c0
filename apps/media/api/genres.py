"""GET /media/genres: the genres of films and of series."""

from __future__ import annotations

from typing import Final

from django.http import HttpResponseBase
from drf_spectacular.utils import OpenApiResponse
from rest_framework.request import Request

from apps.media.attribution import attribution
from apps.media.genres import GENRES
from apps.media.serializers.listings import GenresQuerySerializer, GenresSerializer
from movierec.api.conditional import public_answer
from movierec.api.described import extend_schema
from movierec.api.views import ApiView, valid_query

GENRES_MAX_AGE: Final = 24 * 3600
# The genres are named in this one, whichever is asked for.
_LANGUAGE: Final = "en"


class Genres(ApiView):
    """The genres of films and of series, with their ids."""

    rate_scope = "media"
    rate_by_address = True
    open_to_all = True
    # A stale token of a client must not bar it from what is open to all.
    authentication_classes = ()

    @extend_schema(
        operation_id="media_genres",
        summary="The genres of films and of series",
        description="TMDB's ids. The names are English, whichever language is asked for; Content-Language says so.",
        parameters=[GenresQuerySerializer],
        responses={200: GenresSerializer, 304: OpenApiResponse(description="Not changed.")},
        tags=["media"],
    )
    def get(self, request: Request) -> HttpResponseBase:
        valid_query(GenresQuerySerializer, request)
        body = {
            "genres": {
                media_type: [{"id": genre, "name": name} for genre, name in names.items()]
                for media_type, names in GENRES.items()
            },
            "attribution": attribution(tmdb=True),
        }
        answer = public_answer(request, body, max_age=GENRES_MAX_AGE)
        answer["Content-Language"] = _LANGUAGE
        return answer
