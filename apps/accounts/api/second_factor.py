"""The second factor over HTTP: codes of an authenticator app, and recovery codes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from apps.accounts import recovery, selectors, serializers, services
from apps.accounts.api.base import AccountView, FormView, person, proof, refused
from apps.accounts.qr import totp_setup
from movierec.api.described import extend_schema
from movierec.api.throttling import address_of, count_request
from movierec.api.views import user_id, valid_body


class SecondFactor(AccountView):
    """The second factor of the account: codes of an authenticator app."""

    body_serializers: ClassVar[Mapping[str, type[Serializer[Any]]]] = {
        "POST": serializers.SetUpASecondFactorSerializer,
        "DELETE": serializers.SwitchOffSecondFactorSerializer,
    }

    def check_throttles(self, request: Request) -> None:
        """Counts what checks a password among the sign-ins of the address."""
        if request.method in self.body_serializers:
            self.allowance = count_request("auth", address_of(request))
        else:
            super().check_throttles(request)

    @extend_schema(
        operation_id="getSecondFactor",
        summary="Whether the second factor is on",
        tags=["auth"],
        responses=serializers.SecondFactorSerializer,
    )
    def get(self, request: Request) -> Response:
        facts = selectors.facts_of(user_id(request))
        return Response({"enabled": facts.has_totp, "recoveryCodesLeft": recovery.left(facts.user_id)})

    @extend_schema(
        operation_id="beginSecondFactor",
        summary="Makes the secret of a second factor, which is on once its first code is confirmed",
        tags=["auth"],
        request=serializers.SetUpASecondFactorSerializer,
        responses={200: serializers.TotpSecretSerializer, **refused(403, "The password is wrong, or is needed.")},
    )
    def post(self, request: Request) -> Response:
        secret = services.begin_totp(
            person=person(request), **valid_body(serializers.SetUpASecondFactorSerializer, request)
        )
        return Response(totp_setup(secret, selectors.facts_of(user_id(request)).email))

    @extend_schema(
        operation_id="endSecondFactor",
        summary="Switches the second factor off",
        tags=["auth"],
        request=serializers.SwitchOffSecondFactorSerializer,
        responses={200: serializers.MessageSerializer, **refused(403, "The password is wrong, or no code was sent.")},
    )
    def delete(self, request: Request) -> Response:
        body = valid_body(serializers.SwitchOffSecondFactorSerializer, request)
        services.disable_totp(person=person(request), proof=proof(body))
        return Response({"message": "The second factor is off."})


class ConfirmSecondFactor(FormView):
    """Switch the second factor on with its first code, for ten recovery codes."""

    hint = "Send the code that your authenticator app shows."
    body_serializer = serializers.ConfirmSecondFactorSerializer

    @extend_schema(
        operation_id="confirmSecondFactor",
        tags=["auth"],
        request=serializers.ConfirmSecondFactorSerializer,
        responses={200: serializers.RecoveryCodesSerializer},
    )
    def post(self, request: Request) -> Response:
        body = valid_body(serializers.ConfirmSecondFactorSerializer, request)
        codes = services.confirm_totp(person=person(request), code=body["code"])
        message = "The second factor is on. Keep the recovery codes: they are shown only here."
        return Response({"message": message, "recoveryCodes": codes})


class RecoveryCodes(FormView):
    """Get ten new recovery codes; the old ones are no longer good."""

    rate_scope = "auth"
    rate_by_address = True
    hint = "Send password, and code or recoveryCode."
    body_serializer = serializers.NewRecoveryCodesSerializer

    @extend_schema(
        operation_id="renewRecoveryCodes",
        tags=["auth"],
        request=serializers.NewRecoveryCodesSerializer,
        responses={
            200: serializers.RecoveryCodesSerializer,
            **refused(403, "The password is wrong, or no code was sent."),
            **refused(409, "The second factor is off."),
        },
    )
    def post(self, request: Request) -> Response:
        body = valid_body(serializers.NewRecoveryCodesSerializer, request)
        codes = services.renew_recovery_codes(person=person(request), proof=proof(body))
        message = "Keep the new recovery codes: they are shown only here. The old ones are no longer good."
        return Response({"message": message, "recoveryCodes": codes})
