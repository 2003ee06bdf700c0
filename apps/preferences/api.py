"""GET, POST and PUT /user/preferences."""

from __future__ import annotations

from rest_framework.request import Request
from rest_framework.response import Response

from apps.preferences import selectors, services
from apps.preferences.errors import NoAnswers, NoPreferences
from apps.preferences.serializers import PreferencesSerializer, SavedSerializer, StoredPreferencesSerializer
from movierec.api.described import errors, extend_schema
from movierec.api.views import ApiView, has_body, user_id, valid_body


class Preferences(ApiView):
    """The answers to the taste questionnaire."""

    rate_scope = "user"
    body_serializer = PreferencesSerializer
    replaced_member = "preferences"

    @extend_schema(
        summary="The stored answers",
        responses={200: StoredPreferencesSerializer, **errors(404)},
        tags=["preferences"],
    )
    def get(self, request: Request) -> Response:
        stored = selectors.stored(user_id(request))
        if stored is None:
            raise NoPreferences
        return Response({"preferences": stored})

    @extend_schema(
        summary="Replaces the answers",
        request=PreferencesSerializer,
        responses=SavedSerializer,
        tags=["preferences"],
    )
    def post(self, request: Request) -> Response:
        return self._save(request)

    @extend_schema(
        summary="Replaces the answers, as POST does",
        request=PreferencesSerializer,
        responses=SavedSerializer,
        tags=["preferences"],
    )
    def put(self, request: Request) -> Response:
        return self._save(request)

    def _save(self, request: Request) -> Response:
        person = user_id(request)
        answers = valid_body(PreferencesSerializer, request)
        if not answers and not has_body(request):
            raise NoAnswers
        moment = services.save(person, answers)
        return Response({"message": "Preferences saved", "userId": person, "timestamp": moment})
