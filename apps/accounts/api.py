"""Sign-up, sign-in, refresh and sign-out over HTTP."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.conf import settings
from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema
from rest_framework.authentication import BaseAuthentication
from rest_framework.parsers import FormParser
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts import serializers, services
from apps.accounts.caller import NOBODY
from apps.accounts.errors import MissingCredentials, MissingRefreshToken
from apps.accounts.providers.interface import Tokens
from movierec.api.authentication import COOKIE, CookieAuthentication, Principal
from movierec.api.errors import FieldErrors, MethodNotAllowed
from movierec.api.parsers import JsonParser
from movierec.api.schema import errors
from movierec.api.views import ApiView, valid_body


class AuthView(ApiView):
    """An endpoint for people who are not signed in yet; a browser gets its form by GET."""

    open_to_all = True
    rate_scope = "auth"
    rate_by_address = True
    # An old access token that a client still sends must not keep it from getting a new one.
    authentication_classes: Sequence[type[BaseAuthentication]] = ()
    hint: ClassVar[str]

    @extend_schema(exclude=True)
    def get(self, request: Request) -> Response:
        if not in_browser(request):
            raise MethodNotAllowed("Method not allowed")
        return Response({"message": self.hint})

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        """Keeps tokens out of every cache."""
        final = super().finalize_response(request, response, *args, **kwargs)
        final["Cache-Control"] = "no-store"
        return final


class SignIn(AuthView):
    """Sign in with e-mail address and password."""

    hint = "Send email and password."
    body_serializer = serializers.SignInSerializer

    @extend_schema(
        operation_id="signIn",
        tags=["auth"],
        request=serializers.SignInSerializer,
        responses={200: serializers.SignedInSerializer, **errors(401, 403)},
    )
    def post(self, request: Request) -> Response:
        _require_credentials(request)
        body = valid_body(serializers.SignInSerializer, request)
        tokens = services.sign_in(login=body["email"], password=body["password"], caller=NOBODY)
        assert isinstance(tokens, Tokens)
        response = Response(_signed_in(tokens))
        if in_browser(request):
            _set_cookie(response, tokens.access)
        return response


class SignUp(AuthView):
    """Sign up with e-mail address and password, then confirm with e-mail address and the code of the mail."""

    hint = "Send email and password; then email and the code that was mailed to you."
    body_serializer = serializers.SignUpSerializer
    other_bodies = (serializers.ConfirmationSerializer,)

    @extend_schema(
        operation_id="signUp",
        tags=["auth"],
        request=PolymorphicProxySerializer(
            component_name="SignUpOrConfirmation",
            serializers=[serializers.SignUpSerializer, serializers.ConfirmationSerializer],
            resource_type_field_name=None,
        ),
        responses={
            200: PolymorphicProxySerializer(
                component_name="SignedUpOrConfirmed",
                serializers=[serializers.SignedUpSerializer, serializers.ConfirmedSerializer],
                resource_type_field_name=None,
            )
        },
    )
    def post(self, request: Request) -> Response:
        given = {name for name in ("password", "code") if _value(request, name) is not None}
        if given == {"password", "code"}:
            raise FieldErrors([("code", "Send a password to sign up or a code to confirm, not both.")])
        return _confirm(request) if given == {"code"} else _sign_up(request)


class Refresh(AuthView):
    """Get new tokens for a refresh token; the answer's refresh token replaces it."""

    hint = "Send refreshToken."
    body_serializer = serializers.RefreshSerializer

    @extend_schema(
        operation_id="refresh",
        tags=["auth"],
        request=serializers.RefreshSerializer,
        responses={200: serializers.RefreshedSerializer, **errors(401)},
    )
    def post(self, request: Request) -> Response:
        if _is_blank(request, "refreshToken"):
            raise MissingRefreshToken
        body = valid_body(serializers.RefreshSerializer, request)
        tokens = services.refresh(refresh_token=body["refreshToken"])
        return Response(
            {
                "accessToken": tokens.access,
                "idToken": tokens.id,
                "refreshToken": tokens.refresh,
                "expiresIn": tokens.expires_in,
            }
        )


class SignOut(AuthView):
    """End a session: its refresh tokens are no longer good. In a browser the session of its cookie ends."""

    hint = "Send {} to sign out of this browser."
    body_serializer = serializers.SignOutSerializer
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
        by_token = not _is_blank(request, "refreshToken")
        if not by_token and not in_browser(request):
            raise MissingRefreshToken
        if by_token:
            body = valid_body(serializers.SignOutSerializer, request)
            services.sign_out(refresh_token=body["refreshToken"])
        if isinstance(request.user, Principal):
            services.end_session(user_id=request.user.user_id, session_id=request.user.session_id)
        response = Response({"message": "Signed out"})
        if COOKIE in request.COOKIES:
            response.delete_cookie(COOKIE, samesite="Strict")
        return response


def in_browser(request: Request) -> bool:
    """Whether the answer is a page for a person."""
    return bool(request.accepted_renderer.format == "api")


def _sign_up(request: Request) -> Response:
    _require_credentials(request)
    user_id = services.sign_up(**valid_body(serializers.SignUpSerializer, request))
    message = "We sent a mail to this address; its code confirms the account."
    return Response({"message": message, "userSub": user_id})


def _confirm(request: Request) -> Response:
    body = valid_body(serializers.ConfirmationSerializer, request)
    services.confirm(**body)
    return Response({"message": "The account is confirmed; you can sign in now.", "email": body["email"]})


def _require_credentials(request: Request) -> None:
    missing = [name for name in ("email", "password") if _is_blank(request, name)]
    if missing:
        raise MissingCredentials(missing)


def _is_blank(request: Request, name: str) -> bool:
    return _value(request, name) in (None, "")


def _value(request: Request, name: str) -> Any:
    # The parser takes nothing but objects.
    assert isinstance(request.data, dict)
    return request.data.get(name)


def _signed_in(tokens: Tokens) -> dict[str, str | int]:
    return {
        "AccessToken": tokens.access,
        "IdToken": tokens.id,
        "RefreshToken": tokens.refresh,
        "ExpiresIn": tokens.expires_in,
        "accessToken": tokens.access,
        "idToken": tokens.id,
        "refreshToken": tokens.refresh,
        "expiresIn": tokens.expires_in,
        "email": tokens.email,
    }


def _set_cookie(response: Response, access_token: str) -> None:
    response.set_cookie(
        COOKIE,
        access_token,
        max_age=settings.ACCESS_TOKEN_SECONDS,
        httponly=True,
        samesite="Strict",
        secure=not settings.LOCAL,
    )
