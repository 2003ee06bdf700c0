"""The account of the person signed in, and its password, over HTTP."""

from __future__ import annotations

from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts import profiles, serializers, services
from apps.accounts.api.base import AccountView, FormView, naming_password, person, refused
from movierec.api.described import extend_schema
from movierec.api.views import user_id, valid_body


class User(AccountView):
    """The account of the person signed in."""

    @extend_schema(operation_id="getUser", tags=["auth"], responses=serializers.UserSerializer)
    def get(self, request: Request) -> Response:
        facts = profiles.profile_of(user_id(request))
        return Response({"id": facts.user_id, **facts.as_json()})


class Password(FormView):
    """Change the password. Every other session ends."""

    rate_scope = "auth"
    rate_by_address = True
    hint = "Send oldPassword and newPassword."
    body_serializer = serializers.ChangePasswordSerializer

    @extend_schema(
        operation_id="changePassword",
        tags=["auth"],
        request=serializers.ChangePasswordSerializer,
        responses={200: serializers.MessageSerializer, **refused(403, "The old password is wrong.")},
    )
    def post(self, request: Request) -> Response:
        body = valid_body(serializers.ChangePasswordSerializer, request)
        with naming_password("newPassword"):
            services.change_password(person=person(request), old=body["oldPassword"], new=body["newPassword"])
        return Response({"message": "The password is changed; every other session is ended."})
