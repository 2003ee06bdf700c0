"""What people say about recommendations, and how they take it back."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework.parsers import FormParser
from rest_framework.request import Request
from rest_framework.response import Response

from apps.recommendations.feedback import selectors, services
from apps.recommendations.feedback.facts import served_title
from apps.recommendations.feedback.selectors import Given
from apps.recommendations.feedback.sentences import sentence
from apps.recommendations.feedback.serializers import (
    FeedbackPageSerializer,
    FeedbackQuerySerializer,
    FeedbackSerializer,
    GivenFeedbackSerializer,
    UndoneSerializer,
    statement_of,
)
from apps.recommendations.feedback.statements import ID_PATTERN
from movierec import via
from movierec.api.described import ErrorSerializer, extend_schema
from movierec.api.parsers import JsonParser
from movierec.api.views import ApiView, in_browser, user_id, valid_body, valid_query
from movierec.switches import Flag, require


class FeedbackView(ApiView):
    """An endpoint about feedback; the buttons of pages send plain forms, which need no JavaScript."""

    rate_scope = "user"
    parser_classes = (JsonParser, FormParser)


class AllFeedback(FeedbackView):
    """What you have said about recommendations."""

    name = "Your feedback"
    body_serializer = FeedbackSerializer

    @extend_schema(
        operation_id="listFeedback",
        summary="The feedback in force, the newest first",
        parameters=[FeedbackQuerySerializer],
        responses=FeedbackPageSerializer,
        tags=["recommendations"],
    )
    def get(self, request: Request) -> Response:
        query = valid_query(FeedbackQuerySerializer, request)
        found, following = selectors.page(user_id(request), limit=query.get("limit"), cursor=query.get("cursor"))
        return Response({"items": [_shown(given) for given in found], "nextCursor": following})

    @extend_schema(
        operation_id="giveFeedback",
        summary="Says what to recommend less, more, or not at all",
        description="Of each title, genre and person the newest opinion counts; that a title was seen holds beside it. "
        "The same again changes nothing, but for_now begins anew.",
        request=FeedbackSerializer,
        responses={
            200: OpenApiResponse(GivenFeedbackSerializer, "The same was in force before."),
            201: OpenApiResponse(GivenFeedbackSerializer, "It is in force now."),
        },
        tags=["recommendations"],
    )
    def post(self, request: Request) -> Response:
        require(Flag.FEEDBACK, request.user)
        body = valid_body(FeedbackSerializer, request)
        statement = statement_of(body)
        given, new = services.give(user_id(request), statement)
        if statement.kind == "more_like_this":
            via.count(body.get("via"), "kept")
        return Response(_shown(given), status=201 if new else 200)


_FEEDBACK_ID = OpenApiParameter(
    "feedback_id",
    {"type": "string", "pattern": f"^({ID_PATTERN})$"},
    OpenApiParameter.PATH,
    description="The id of the list.",
)
_NOT_THERE = {404: OpenApiResponse(ErrorSerializer, "None of this id is in force.")}


class OneFeedback(FeedbackView):
    """One thing you have said about recommendations."""

    name = "Your feedback"

    @extend_schema(
        operation_id="getFeedback",
        summary="One piece of feedback",
        parameters=[_FEEDBACK_ID],
        responses={200: GivenFeedbackSerializer, **_NOT_THERE},
        tags=["recommendations"],
    )
    def get(self, request: Request, feedback_id: str) -> Response:
        return Response(_shown(selectors.one(user_id(request), feedback_id)))

    @extend_schema(
        operation_id="undoFeedback",
        summary="Undoes it",
        parameters=[_FEEDBACK_ID],
        request=None,
        responses={204: None, **_NOT_THERE},
        tags=["recommendations"],
    )
    def delete(self, request: Request, feedback_id: str) -> Response:
        services.undo(user_id(request), feedback_id)
        # A browser shows no page of a 204.
        return _undone(feedback_id) if in_browser(request) else Response(status=204)

    @extend_schema(
        operation_id="undoFeedbackByForm",
        summary="Undoes it, for forms that cannot send DELETE",
        parameters=[_FEEDBACK_ID],
        request=None,
        responses={200: UndoneSerializer, **_NOT_THERE},
        tags=["recommendations"],
    )
    def post(self, request: Request, feedback_id: str) -> Response:
        services.undo(user_id(request), feedback_id)
        return _undone(feedback_id)


def _undone(feedback_id: str) -> Response:
    return Response({"message": "Undone: it no longer counts.", "undone": feedback_id})


def _shown(given: Given) -> dict[str, Any]:
    """A statement as clients see it; what does not apply is left out."""
    said = given.statement
    title = served_title(said.key)
    url = reverse("one-feedback", args=[said.id])
    shown = {
        "id": said.id,
        "mediaId": str(said.key[1]),
        "mediaType": said.key[0],
        "kind": said.kind,
        "scope": said.scope,
        "genre": said.genre,
        "person": said.person,
        "createdAt": given.created_at,
        "expiresAt": given.expires_at,
        "message": sentence(said, title.title if title else None, given.expires_at),
        "undo": {"method": "DELETE", "url": url},
    }
    return {name: value for name, value in shown.items() if value is not None}
