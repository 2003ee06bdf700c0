"""Signing out over HTTP."""

from __future__ import annotations

from rest_framework.parsers import FormParser
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts import serializers, services
from apps.accounts.api.base import FormView, OpenView, delete_cookie, is_blank, network_address, person
from apps.accounts.errors import MissingRefreshToken
from movierec.api.authentication import CookieAuthentication, Principal
from movierec.api.described import extend_schema
from movierec.api.parsers import JsonParser
from movierec.api.views import in_browser, valid_body


class SignOut(OpenView):
    """End a session: its refresh tokens are no longer good. In a browser the session of its cookie ends."""

    hint = "Send {} to sign out of this browser."
    body_serializer = serializers.SignOutSerializer
    served_read_only = ("POST",)
    authentication_classes = (CookieAuthentication,)
    # The button of pages sends a plain form where there is no JavaScript.
    parser_classes = (JsonParser, FormParser)

    @extend_schema(
        operation_id="signOut",
        tags=["auth"],
        request=serializers.SignOutSerializer,
        responses={200: serializers.SignedOutSerializer},
    )
    def post(self, request: Request) -> Response:
        by_token = not is_blank(request, "refreshToken")
        if not by_token and not in_browser(request):
            raise MissingRefreshToken
        if by_token:
            body = valid_body(serializers.SignOutSerializer, request)
            services.sign_out(refresh_token=body["refreshToken"], address=network_address(request))
        if isinstance(request.user, Principal):
            user = request.user
            address = network_address(request)
            services.end_session(user_id=user.user_id, session_id=user.session_id, address=address)
        response = Response({"message": "Signed out"})
        delete_cookie(request, response)
        return response


class SignOutEverywhere(FormView):
    """End every session of the person, this one included."""

    hint = "Send {} to sign out everywhere."
    served_read_only = ("POST",)

    @extend_schema(
        operation_id="signOutEverywhere",
        tags=["auth"],
        request=None,
        responses={200: serializers.SignedOutSerializer},
    )
    def post(self, request: Request) -> Response:
        services.sign_out_everywhere(person=person(request))
        response = Response({"message": "Signed out everywhere"})
        delete_cookie(request, response)
        return response
