"""GET /user/stats/stats, POST /user/stats/update and POST /user/stats/award-xp."""

from __future__ import annotations

from typing import NoReturn

from rest_framework.request import Request
from rest_framework.response import Response

from apps.stats import errors, selectors, services
from apps.stats.serializers import AwardSerializer, StatsAnswerSerializer, UpdateSerializer, changes_of
from movierec.api.described import extend_schema
from movierec.api.views import ApiView, user_id, valid_body


class Stats(ApiView):
    """The person's figures."""

    rate_scope = "user"

    @extend_schema(summary="The person's figures", responses=StatsAnswerSerializer, tags=["stats"])
    def get(self, request: Request) -> Response:
        return Response({"success": True, "data": selectors.stats(user_id(request))})


class Update(ApiView):
    """Counters, challenges, and whatever else a client keeps with them."""

    rate_scope = "user"
    body_serializer = UpdateSerializer

    @extend_schema(
        summary="Changes figures",
        description="Points are not changed here: see award-xp. Fields that are not listed are kept and given back.",
        request=UpdateSerializer,
        responses=StatsAnswerSerializer,
        tags=["stats"],
    )
    def post(self, request: Request) -> Response:
        changes = changes_of(valid_body(UpdateSerializer, request))
        return Response({"success": True, "data": services.update(user_id(request), changes)})


class AwardXp(ApiView):
    """Experience points."""

    rate_scope = "user"
    body_serializer = AwardSerializer

    @extend_schema(summary="Adds points", request=AwardSerializer, responses=StatsAnswerSerializer, tags=["stats"])
    def post(self, request: Request) -> Response:
        amount = valid_body(AwardSerializer, request)["amount"]
        return Response({"success": True, "data": services.award(user_id(request), amount)})


class UnknownAction(ApiView):
    """Every other action."""

    rate_scope = "user"

    @extend_schema(exclude=True)
    def get(self, request: Request, action: str) -> NoReturn:
        raise errors.UnknownAction

    @extend_schema(exclude=True)
    def post(self, request: Request, action: str) -> NoReturn:
        raise errors.UnknownAction
