"""GET /media/{type}/{id}/similar."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpResponseBase
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework.request import Request

from apps.media.attribution import attribution
from apps.media.languages import served_language, spoken
from apps.media.selectors import localised
from apps.media.titles import MEDIA_TYPES
from apps.recommendations.api.items import scored_title
from apps.recommendations.engine.titles import Title
from apps.recommendations.selectors import Alike, similar_to
from apps.recommendations.serializers import SimilarQuerySerializer, SimilarSerializer
from movierec.api.conditional import public_answer
from movierec.api.described import errors, extend_schema
from movierec.api.views import ApiView, valid_query
from movierec.dynamo.table import Row

MAX_AGE: Final = 300
_SPOKEN: Final = {"movie": "films", "tv": "series", "both": "films and series"}


class Similar(ApiView):
    """Films and series like one title. It is the same for everyone."""

    name = "Similar titles"
    rate_scope = "media"
    rate_by_address = True
    open_to_all = True
    # A stale token of a client must not bar it from what is open to all.
    authentication_classes = ()

    @extend_schema(
        operation_id="media_similar",
        summary="Titles like a title",
        description="What the same people like, and what is about the same things, the most similar first.",
        parameters=[
            OpenApiParameter("media_type", str, OpenApiParameter.PATH, enum=MEDIA_TYPES),
            SimilarQuerySerializer,
        ],
        responses={200: SimilarSerializer, 304: OpenApiResponse(description="Not changed."), **errors(404)},
        tags=["media"],
    )
    def get(self, request: Request, media_type: str, media_id: int) -> HttpResponseBase:
        query = valid_query(SimilarQuerySerializer, request)
        found = similar_to(media_type, media_id, wanted=query["mediaType"], limit=query["limit"])
        language = served_language(query.get("language", ""))
        plain = [_texts(title) for title in (found.title, *(item.title for item in found.items))]
        texts = localised(plain, language)
        answer = public_answer(request, _body(request, found, query, texts), max_age=MAX_AGE)
        answer["Content-Language"] = spoken(language, translated=texts != plain)
        return answer


def _texts(title: Title) -> Row:
    return {"id": title.media_id, "media_type": title.media_type, "title": title.title, "overview": title.overview}


def _body(request: Request, found: Alike, query: dict[str, Any], texts: list[Row]) -> dict[str, Any]:
    """The answer, with the texts of the title and of those like it."""
    own, *others = texts
    return {
        "results": [
            {**scored_title(request, item), "title": each["title"], "overview": each["overview"]}
            for item, each in zip(found.items, others, strict=True)
        ],
        "mediaId": str(found.title.media_id),
        "mediaType": found.title.media_type,
        "title": own["title"],
        "message": _message(found, query, own["title"]),
        "metadata": {"modelVersion": found.model_version, "fallbackUsed": found.fallback_used},
        "attribution": attribution(
            tmdb=any(item.title.poster_path or item.title.backdrop_path for item in found.items)
        ),
    }


def _message(found: Alike, query: dict[str, Any], title: str) -> str:
    spoken_type = _SPOKEN[query["mediaType"]]
    if not found.items:
        return f"No {spoken_type} are known to be like {title}."
    if len(found.items) == 1:
        return f"1 title is like {title}."
    return f"{len(found.items)} {spoken_type} like {title}."
