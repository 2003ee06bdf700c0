"""Sign-up, sign-in, challenges, forgotten passwords and refresh over HTTP."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import PolymorphicProxySerializer
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts import serializers, services
from apps.accounts.api.base import (
    OpenView,
    caller,
    is_blank,
    naming_password,
    network_address,
    refused,
    set_cookie,
    value,
)
from apps.accounts.errors import MissingCredentials, MissingRefreshToken
from apps.accounts.providers.interface import Tokens
from apps.accounts.qr import totp_setup
from movierec.api.described import errors, extend_schema
from movierec.api.errors import FieldErrors
from movierec.api.views import in_browser, valid_body
from movierec.switches import Flag, require

_REFUSED_ENTRY = {
    **errors(401),
    **refused(403, "The account is not confirmed, or is about to be deleted; `code` tells which."),
}


def _signed_in_or_asked(name: str, signed_in: type[serializers.SignedInSerializer]) -> PolymorphicProxySerializer:
    return PolymorphicProxySerializer(
        component_name=name,
        serializers=[signed_in, serializers.ChallengeSerializer],
        resource_type_field_name=None,
    )


class SignIn(OpenView):
    """Sign in with e-mail address, or username, and password."""

    hint = "Send email and password."
    body_serializer = serializers.SignInSerializer
    served_read_only = ("POST",)

    @extend_schema(
        operation_id="signIn",
        tags=["auth"],
        request=serializers.SignInSerializer,
        responses={200: _signed_in_or_asked("SignedInOrAsked", serializers.SignedInSerializer), **_REFUSED_ENTRY},
    )
    def post(self, request: Request) -> Response:
        _require_credentials(request)
        body = valid_body(serializers.SignInSerializer, request)
        outcome = services.sign_in(
            login=body["email"], password=body["password"], restore=body["restore"], caller=caller(request)
        )
        return _entered(request, outcome)


class LogIn(OpenView):
    """Sign in as clients of the plain style do: with a username or an e-mail address, for a `token`."""

    hint = "Send username or email, and password."
    body_serializer = serializers.LogInSerializer
    served_read_only = ("POST",)

    @extend_schema(
        operation_id="logIn",
        tags=["auth"],
        request=serializers.LogInSerializer,
        responses={200: _signed_in_or_asked("LoggedInOrAsked", serializers.LoggedInSerializer), **_REFUSED_ENTRY},
    )
    def post(self, request: Request) -> Response:
        _require_login(request)
        outcome = services.sign_in(**valid_body(serializers.LogInSerializer, request), caller=caller(request))
        response = _entered(request, outcome)
        if isinstance(outcome, Tokens):
            response.data["token"] = outcome.access
        return response


class CompleteSignIn(OpenView):
    """Go on with a sign-in that asked for something: a code, a recovery code, or a new password.

    To a challenge MFA_SETUP, an answer without a code gets the secret to set up.
    """

    hint = "Send session and code, recoveryCode or newPassword."
    body_serializer = serializers.ChallengeAnswerSerializer
    served_read_only = ("POST",)

    @extend_schema(
        operation_id="answerChallenge",
        tags=["auth"],
        request=serializers.ChallengeAnswerSerializer,
        responses={200: _signed_in_or_asked("SignedInOrAsked", serializers.SignedInSerializer), **_REFUSED_ENTRY},
    )
    def post(self, request: Request) -> Response:
        body = valid_body(serializers.ChallengeAnswerSerializer, request)
        with naming_password("newPassword"):
            outcome = services.answer_challenge(
                session=body["session"],
                code=body["code"],
                recovery_code=body["recoveryCode"],
                new_password=body["newPassword"],
                caller=caller(request),
            )
        return _entered(request, outcome)


class SignUp(OpenView):
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
        given = {name for name in ("password", "code") if value(request, name) is not None}
        if given == {"password", "code"}:
            raise FieldErrors([("code", "Send a password to sign up or a code to confirm, not both.")])
        return _confirm(request) if given == {"code"} else _sign_up(request)


class Resend(OpenView):
    """Have the code of a sign-up mailed again; every address gets the same answer."""

    hint = "Send email."
    body_serializer = serializers.MailCodeAgainSerializer

    @extend_schema(
        operation_id="resendCode",
        tags=["auth"],
        request=serializers.MailCodeAgainSerializer,
        responses={200: serializers.MessageSerializer},
    )
    def post(self, request: Request) -> Response:
        services.resend(**valid_body(serializers.MailCodeAgainSerializer, request))
        return Response({"message": "If a sign-up with this address waits for its code, a new one is in the mail."})


class ForgottenPassword(OpenView):
    """Have a code mailed that sets a new password; every address gets the same answer."""

    hint = "Send email; then POST /auth/reset takes the code that was mailed to you."
    body_serializer = serializers.MailResetCodeSerializer

    @extend_schema(
        operation_id="forgotPassword",
        tags=["auth"],
        request=serializers.MailResetCodeSerializer,
        responses={200: serializers.MessageSerializer},
    )
    def post(self, request: Request) -> Response:
        body = valid_body(serializers.MailResetCodeSerializer, request)
        services.forgot(**body, address=network_address(request))
        return Response({"message": "If this address has an account, a code for a new password is in the mail."})


class ResetPassword(OpenView):
    """Set a new password by the code of the mail. Every session ends; a second factor stays on."""

    hint = "Send email, the code that was mailed to you, and the new password."
    body_serializer = serializers.SetNewPasswordSerializer

    @extend_schema(
        operation_id="resetPassword",
        tags=["auth"],
        request=serializers.SetNewPasswordSerializer,
        responses={200: serializers.ResetDoneSerializer},
    )
    def post(self, request: Request) -> Response:
        body = valid_body(serializers.SetNewPasswordSerializer, request)
        services.reset(**body, address=network_address(request))
        return Response({"message": "The password is changed; you can sign in now.", "email": body["email"]})


class Refresh(OpenView):
    """Get new tokens for a refresh token; the answer's refresh token replaces it."""

    hint = "Send refreshToken."
    body_serializer = serializers.RefreshSerializer
    served_read_only = ("POST",)

    @extend_schema(
        operation_id="refresh",
        tags=["auth"],
        request=serializers.RefreshSerializer,
        responses={200: serializers.RefreshedSerializer, **errors(401)},
    )
    def post(self, request: Request) -> Response:
        if is_blank(request, "refreshToken"):
            raise MissingRefreshToken
        body = valid_body(serializers.RefreshSerializer, request)
        tokens = services.refresh(refresh_token=body["refreshToken"], address=network_address(request))
        return Response(
            {
                "accessToken": tokens.access,
                "idToken": tokens.id,
                "refreshToken": tokens.refresh,
                "expiresIn": tokens.expires_in,
            }
        )


def _sign_up(request: Request) -> Response:
    require(Flag.SIGN_UPS)
    _require_credentials(request)
    body = valid_body(serializers.SignUpSerializer, request)
    user_id = services.sign_up(**body, address=network_address(request))
    message = "We sent a mail to this address; its code confirms the account."
    return Response({"message": message, "userSub": user_id})


def _confirm(request: Request) -> Response:
    body = valid_body(serializers.ConfirmationSerializer, request)
    services.confirm(**body, address=network_address(request))
    return Response({"message": "The account is confirmed; you can sign in now.", "email": body["email"]})


def _require_credentials(request: Request) -> None:
    missing = [name for name in ("email", "password") if is_blank(request, name)]
    if missing:
        raise MissingCredentials(missing)


def _require_login(request: Request) -> None:
    missing = ["password"] if is_blank(request, "password") else []
    if is_blank(request, "username") and is_blank(request, "email"):
        missing.insert(0, "username")
    if missing:
        raise MissingCredentials(missing)


def _entered(request: Request, outcome: Tokens | services.AskedBack) -> Response:
    """The tokens, which sign a browser in as well, or the question that stands before them."""
    if isinstance(outcome, services.AskedBack):
        return Response(_asked(outcome))
    response = Response(_signed_in(outcome))
    if in_browser(request):
        set_cookie(response, outcome.access)
    return response


def _asked(challenge: services.AskedBack) -> dict[str, str]:
    setup = totp_setup(challenge.secret, challenge.email) if challenge.secret else {}
    return {
        "ChallengeName": challenge.name,
        "Session": challenge.session,
        "challengeName": challenge.name,
        "session": challenge.session,
        **setup,
    }


def _signed_in(tokens: Tokens) -> dict[str, Any]:
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
