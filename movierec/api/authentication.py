"""Who is asking: a bearer token from programs, the same token in a cookie from the browsable API."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol

from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.utils.module_loading import import_string
from pynamodb.exceptions import PynamoDBException
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from movierec.api.errors import Forbidden, Unauthorized, Unavailable, as_api_error
from movierec.localaws import LocalAwsError

COOKIE = "movierec_access"
# Set in a request's META once the person of its cookie could not be found out.
_NOT_KNOWN = "movierec.person_not_known"
_FAULTS = (Unavailable, LocalAwsError, PynamoDBException, BotoCoreError, ClientError, TimeoutError)


@dataclass(frozen=True, slots=True)
class Principal:
    """The person a valid access token belongs to, and the sign-in it came from, with its time (since 1970).

    `groups` are those that the token names.
    """

    user_id: str
    email: str | None = None
    session_id: str = ""
    signed_in_at: int = 0
    groups: tuple[str, ...] = ()
    is_authenticated: bool = True


class TokenVerifier(Protocol):
    """Turns an access token into the person it belongs to; raises Unauthorized for one that is not good."""

    def __call__(self, token: str) -> Principal: ...


@cache
def _verifier() -> TokenVerifier:
    verifier: TokenVerifier = import_string(settings.ACCESS_TOKEN_VERIFIER)
    return verifier


class BearerAuthentication(BaseAuthentication):
    """`Authorization: Bearer <access token>`; the texts of its 401 answers are part of the contract."""

    def authenticate(self, request: Request) -> tuple[Principal, str] | None:
        """The person and the token, None without the header; raises Unauthorized for a bad one."""
        header = request.META.get("HTTP_AUTHORIZATION")
        if header is None:
            return None
        token = _bearer_token(header)
        return _verifier()(token), token

    def authenticate_header(self, request: Request) -> str:
        """The value of `WWW-Authenticate` that goes with a 401."""
        return 'Bearer realm="movierec"'


def _bearer_token(header: str) -> str:
    if header.strip() == "Bearer":
        raise Unauthorized("Token is empty")
    if not header.startswith("Bearer "):
        raise Unauthorized("Authorization header must start with 'Bearer '")
    token = header.removeprefix("Bearer ").strip()
    if not token:
        raise Unauthorized("Token is empty")
    parts = token.count(".") + 1
    if parts != 3:
        raise Unauthorized("Invalid JWT token format", details=f"Expected 3 parts separated by dots, got {parts} parts")
    return token


class CookieAuthentication(BaseAuthentication):
    """The access token in an HttpOnly cookie, as the browsable API's sign-in sets it; unsafe methods need CSRF's token.

    A cookie that is no longer good counts as signed out, so that the sign-in page stays reachable.
    """

    def authenticate(self, request: Request) -> tuple[Principal, str] | None:
        """The person and the token, None without a good cookie.

        Raises Forbidden when CSRF's token is missing, and what keeps a good cookie from being told from a bad one.
        """
        principal = _principal_of_cookie(request)
        if principal is None:
            return None
        _enforce_csrf(request)
        return principal, request.COOKIES[COOKIE]


def person_of_cookie(request: HttpRequest | Request) -> Principal | None:
    """The person a browser's cookie belongs to, None without a good one. For showing only: CSRF is not checked.

    While a fault outside hides who it is, the page is shown as to nobody; it is asked for once a request.
    """
    if _NOT_KNOWN in request.META:
        return None
    try:
        return _principal_of_cookie(request)
    except _FAULTS as fault:
        if not isinstance(as_api_error(fault), Unavailable):
            raise
        return None


def _principal_of_cookie(request: HttpRequest | Request) -> Principal | None:
    token = request.COOKIES.get(COOKIE)
    if not token:
        return None
    try:
        return _verifier()(token)
    except Unauthorized:
        return None
    except _FAULTS:
        request.META[_NOT_KNOWN] = True
        raise


class _CsrfCheck(CsrfViewMiddleware):
    """Django's check, with the reason as a value instead of a page."""

    def _reject(self, request: Any, reason: str) -> Any:
        return reason


def _csrf_protected(request: HttpRequest) -> HttpResponse:
    """Stands for the view in Django's check, which asks it only whether it is exempt."""
    return HttpResponse()


def _enforce_csrf(request: Request) -> None:
    check = _CsrfCheck(_csrf_protected)
    check.process_request(request._request)
    reason = check.process_view(request._request, _csrf_protected, (), {})
    if reason:
        raise Forbidden(f"CSRF: {reason}", code="CsrfFailed")
