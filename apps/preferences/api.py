"""GET, POST and PUT /user/preferences."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.preferences import selectors, services
from apps.preferences.errors import NoPreferences
from apps.preferences.serializers import PreferencesSerializer, SavedSerializer, StoredPreferencesSerializer
from movierec.api.schema import errors
from movierec.api.views import ApiView, user_id, valid_body


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
        moment = services.save(person, valid_body(PreferencesSerializer, request))
        return Response({"message": "Preferences saved", "userId": person, "timestamp": moment})
