"""What the endpoints of accounts have in common."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar

from django.conf import settings
from drf_spectacular.utils import OpenApiResponse
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts import devices
from apps.accounts.caller import Caller
from apps.accounts.errors import InvalidPassword
from apps.accounts.services import Person, Proof
from movierec.api.authentication import COOKIE, Principal
from movierec.api.described import ErrorSerializer, extend_schema
from movierec.api.errors import MethodNotAllowed
from movierec.api.request_id import client_address
from movierec.api.views import ApiView, in_browser


class AccountView(ApiView):
    """An endpoint about accounts: what it answers stays out of every cache."""

    rate_scope = "user"

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        """Keeps tokens, secrets and personal data out of every cache."""
        final = super().finalize_response(request, response, *args, **kwargs)
        final["Cache-Control"] = "no-store"
        return final


class FormView(AccountView):
    """An endpoint without a GET for programs; a browser gets its form by GET."""

    hint: ClassVar[str]

    @extend_schema(exclude=True)
    def get(self, request: Request, **_: str) -> Response:
        if not in_browser(request):
            raise MethodNotAllowed("Method not allowed")
        return Response({"message": self.hint})


class OpenView(FormView):
    """An endpoint for people who are not signed in yet."""

    open_to_all = True
    rate_scope = "auth"
    rate_by_address = True
    # An old access token that a client still sends must not keep it from getting a new one.
    authentication_classes: Sequence[type[BaseAuthentication]] = ()


def person(request: Request) -> Person:
    """Who is signed in, with the token they asked with; only for views that are not open to all."""
    assert isinstance(request.user, Principal)
    assert isinstance(request.auth, str)
    user = request.user
    return Person(user.user_id, user.session_id, request.auth, user.signed_in_at, network_address(request))


def proof(body: Mapping[str, Any]) -> Proof:
    """The password and the codes of a body that was checked."""
    return Proof(body["password"], body["code"], body["recoveryCode"])


@contextmanager
def naming_password(field: str) -> Iterator[None]:
    """Has a refused password named as the client called it."""
    try:
        yield
    except InvalidPassword as error:
        raise InvalidPassword(error.reasons, field) from error


def caller(request: Request) -> Caller:
    """Where a request comes from, as a person should recognise it."""
    return devices.caller_of(request.META.get("HTTP_USER_AGENT", ""), network_address(request))


def network_address(request: Request) -> str:
    """The whole network address that a request comes from, for the audit."""
    return client_address(request._request)


def is_blank(request: Request, name: str) -> bool:
    """Whether a member of the body is missing, null or empty."""
    return value(request, name) in (None, "")


def value(request: Request, name: str) -> Any:
    """A member of the body, None when it is missing."""
    # The parser takes nothing but objects.
    assert isinstance(request.data, dict)
    return request.data.get(name)


def set_cookie(response: Response, access_token: str) -> None:
    """Signs a browser in."""
    response.set_cookie(
        COOKIE,
        access_token,
        max_age=settings.ACCESS_TOKEN_SECONDS,
        httponly=True,
        samesite="Strict",
        secure=not settings.LOCAL,
    )


def delete_cookie(request: Request, response: Response) -> None:
    """Signs a browser out; nothing where there is no cookie."""
    if COOKIE in request.COOKIES:
        response.delete_cookie(COOKIE, samesite="Strict")


def refused(status: int, sentence: str) -> dict[int, OpenApiResponse]:
    """The declaration of an error answer with a sentence of its own, for an endpoint's `extend_schema`."""
    return {status: OpenApiResponse(ErrorSerializer, sentence)}
