"""GET /media/{type}/{id}."""

from __future__ import annotations

from django.http import HttpResponseBase
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework.request import Request

from apps.media.api.facts import facts_answer
from apps.media.api.title_facts import title_facts
from apps.media.languages import served_language
from apps.media.lookups.titles import known_title
from apps.media.serializers.titles import TitleQuerySerializer, TitleSerializer
from apps.media.titles import MEDIA_TYPES
from movierec.api.described import errors, extend_schema
from movierec.api.views import ApiView, valid_query


class Title(ApiView):
    """Everything about one film or series."""

    rate_scope = "media"
    rate_by_address = True
    open_to_all = True
    # A stale token of a client must not bar it from what is open to all.
    authentication_classes = ()

    @extend_schema(
        operation_id="media_title",
        summary="A film or series",
        description=(
            "Facts, cast, crew, keywords, certifications, trailers, and where to watch it in one country. A title that "
            "is not in the catalogue is asked for at its source, where one is set up. `stale` says that the source "
            "could tell more or newer facts, and does not answer."
        ),
        parameters=[
            OpenApiParameter("media_type", str, OpenApiParameter.PATH, enum=MEDIA_TYPES),
            TitleQuerySerializer,
        ],
        responses={200: TitleSerializer, 304: OpenApiResponse(description="Not changed."), **errors(404)},
        tags=["media"],
    )
    def get(self, request: Request, media_type: str, media_id: int) -> HttpResponseBase:
        query = valid_query(TitleQuerySerializer, request)
        language = served_language(query.get("language", ""))
        body = title_facts(request, known_title(media_type, media_id), region=query["region"], language=language)
        response = facts_answer(request, body)
        response["Content-Language"] = body["language"]
        return response
