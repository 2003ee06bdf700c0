"""GET, POST and HEAD /recommendations."""

from __future__ import annotations

from collections.abc import Sequence
from time import perf_counter
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from apps.recommendations.api.items import metadata, recommended_item, shortfall, wish_of
from apps.recommendations.selectors import recommendations
from apps.recommendations.serializers import RecommendationRequestSerializer, RecommendationsSerializer
from movierec import via
from movierec.api.described import extend_schema
from movierec.api.permissions import AllowAny
from movierec.api.views import ApiView, user_id, valid_body, valid_query


class Recommendations(ApiView):
    """Films and series for the person signed in, each with its reasons. Nothing on their lists comes again."""

    rate_scope = "recommendations"
    body_serializer = RecommendationRequestSerializer
    # It asks in a body what GET asks in the address.
    served_read_only = ("POST",)

    def get_permissions(self) -> Sequence[Any]:
        """HEAD is open: clients use it to set their clocks."""
        return [AllowAny()] if self.request.method == "HEAD" else super().get_permissions()

    def get_authenticators(self) -> list[Any]:
        """None for HEAD: the token of a client whose clock is wrong does not keep it from the time."""
        # No request yet while the OpenAPI document is made.
        return [] if self.request and self.request.method == "HEAD" else super().get_authenticators()

    @extend_schema(
        summary="Recommendations",
        parameters=[RecommendationRequestSerializer],
        responses=RecommendationsSerializer,
        tags=["recommendations"],
    )
    def get(self, request: Request) -> Response:
        return _answer(request, valid_query(RecommendationRequestSerializer, request))

    @extend_schema(
        summary="Recommendations, with longer lists in the body",
        request=RecommendationRequestSerializer,
        responses=RecommendationsSerializer,
        tags=["recommendations"],
    )
    def post(self, request: Request) -> Response:
        return _answer(request, valid_body(RecommendationRequestSerializer, request))

    def check_throttles(self, request: Request) -> None:
        """HEAD does no work and counts for nobody."""
        if request.method != "HEAD":
            super().check_throttles(request)

    @extend_schema(exclude=True)
    def head(self, request: Request) -> Response:
        return Response(status=200)


def _answer(request: Request, wanted: dict[str, Any]) -> Response:
    started = perf_counter()
    wish = wish_of(wanted)
    served = recommendations(user_id(request), wish)
    milliseconds = round((perf_counter() - started) * 1000, 2)
    items = [recommended_item(request, item, milliseconds) for item in served.answer.items]
    via.count(served.model_version, "shown", len(items))
    return Response(
        {
            "items": items,
            "recommendations": items,
            "source": served.answer.source,
            "metadata": metadata(
                candidates=served.answer.total_candidates,
                milliseconds=milliseconds,
                fallback=served.fallback_used,
                version=served.model_version,
                message=shortfall(wish, len(items)),
            ),
        }
    )
