"""Signing in by the pages of a user pool: there and back with an authorisation code that only this browser can use.

What the way back is checked with (state, nonce and PKCE's verifier) lies sealed in a cookie of ten minutes.
"""

from __future__ import annotations

import logging
from dataclasses import asdict, dataclass, field
from secrets import token_urlsafe
from typing import Any, Final

import orjson
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.crypto import constant_time_compare

from apps.accounts import devices
from apps.accounts.directory import directory
from apps.accounts.providers.access_tokens import groups_in
from apps.accounts.providers.cognito.tokens import verified_id_claims
from apps.ops.entering import pool, services
from apps.ops.entering.door import SeeOther, let_in, page_wanted, said_in_page, script_name
from apps.ops.entering.pool import NotSignedIn
from movierec.api.errors import ApiError, Unauthorized
from movierec.api.request_id import client_address
from movierec.sealing import BrokenSeal, seal, unseal

logger = logging.getLogger(__name__)

COOKIE: Final = "movierec_ops_way"
COOKIE_SECONDS: Final = 600
PURPOSE: Final = "ops-sign-in"
_LONGEST_CODE: Final = 2_000
# Those of RFC 6749 that are about the person; the others are about us.
_REASONS: Final = {"access_denied": "You were not signed in, or the user pool does not let you in."}


@dataclass(frozen=True, slots=True)
class _Way:
    """A sign-in on its way, and the page of the admin that it leads to."""

    state: str = field(repr=False)
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)
    page: str


def sign_in_page(request: HttpRequest, error: ApiError | None = None) -> HttpResponse:
    """The button that leads to the pool's pages, with why they were of no use."""
    context = {
        "next": page_wanted(request, request.GET.get("next", "")),
        "by_pool": True,
        "configured": pool.is_configured(),
        "problem": error.sentence if error else "",
    }
    response = render(request, "ops/entering/sign_in.html", context)
    if pool.is_configured():
        # Browsers hold a form's redirect to this, too.
        setattr(response, "_csp_update", {"form-action": [settings.COGNITO_PAGES_URL]})  # noqa: B010  (unknown to types)
    return response


def begin(request: HttpRequest) -> HttpResponse:
    """Leads to the pool's pages."""
    if not pool.is_configured():
        raise NotSignedIn("The way into the admin is not configured yet; its sign-in page says what to set.")
    way = _Way(
        token_urlsafe(32), token_urlsafe(32), token_urlsafe(64), page_wanted(request, request.POST.get("next", ""))
    )
    response = SeeOther(pool.sign_in_url(state=way.state, nonce=way.nonce, verifier=way.verifier))
    response.set_cookie(
        COOKIE,
        seal(PURPOSE, orjson.dumps(asdict(way))),
        max_age=COOKIE_SECONDS,
        path=_cookie_path(request),
        httponly=True,
        samesite="Lax",
        secure=not settings.LOCAL,
    )
    return response


def finish(request: HttpRequest) -> HttpResponse:
    """Takes what the pool's pages led back with, and leads into the admin.

    The cookie is good for one answer; after a fault outside it stays, so that loading the page again tries again.
    """

    def attempt() -> HttpResponse:
        way = _way_of(request)
        tokens = pool.exchanged(_code_in(request), way.verifier)
        if tokens.refresh:
            pool.revoke(tokens.refresh)
        return let_in(request, services.admit(_newcomer(request, _claims_in(tokens.id, way.nonce))), way.page)

    response = said_in_page(attempt, lambda error: sign_in_page(request, error))
    response.delete_cookie(COOKIE, path=_cookie_path(request), samesite="Lax")
    return response


def signed_out_page(request: HttpRequest) -> HttpResponse:
    """Leads to the pool's own sign-out: by the page and not by a redirect, to which browsers hold the form's page."""
    if not pool.is_configured():
        return SeeOther("/ops/signin")
    response = render(request, "ops/entering/signed_out.html", {"address": pool.sign_out_url()})
    response["Refresh"] = f"0; url={pool.sign_out_url()}"
    return response


def _cookie_path(request: HttpRequest) -> str:
    return f"{script_name(request)}/ops/signin"


def _way_of(request: HttpRequest) -> _Way:
    """The sign-in that this browser began. Raises NotSignedIn where it began none, or another one."""
    try:
        way = _Way(**orjson.loads(unseal(PURPOSE, request.COOKIES.get(COOKIE, ""), max_age=COOKIE_SECONDS)))
    except BrokenSeal as error:
        raise _begun_elsewhere() from error
    if not constant_time_compare(request.GET.get("state", ""), way.state):
        raise _begun_elsewhere()
    return way


def _begun_elsewhere() -> NotSignedIn:
    return NotSignedIn(
        "This sign-in was not begun in this browser, is over, or took more than ten minutes. Sign in again."
    )


def _code_in(request: HttpRequest) -> str:
    """The code. Raises NotSignedIn where the pool's pages say that there is none, and why."""
    error, code = request.GET.get("error", ""), request.GET.get("code", "")
    if error:
        logger.warning("The sign-in pages of the user pool answer %r", error[:50])
        raise NotSignedIn(f"{_REASONS.get(error, 'The user pool could not sign you in.')} Sign in again.")
    if not 0 < len(code) <= _LONGEST_CODE:
        raise NotSignedIn("code: the user pool's answer has none. Sign in again.")
    return code


def _claims_in(token: str, nonce: str) -> dict[str, Any]:
    """What an id token says that was made for this sign-in. Raises NotSignedIn for any other, and Unavailable."""
    try:
        claims = verified_id_claims(token, client_id=settings.COGNITO_WEB_CLIENT_ID)
    except Unauthorized as error:
        logger.warning("The user pool gave an id token that is not good")
        raise _not_for_this() from error
    if not constant_time_compare(str(claims.get("nonce", "")), nonce):
        logger.warning("The user pool gave the id token of another sign-in")
        raise _not_for_this()
    if claims.get("email_verified") not in (True, "true") or not isinstance(claims.get("email"), str):
        raise NotSignedIn("The user pool has no confirmed e-mail address of you. Have it confirmed, and sign in again.")
    return claims


def _not_for_this() -> NotSignedIn:
    return NotSignedIn("What the user pool answered was not for this sign-in. Sign in again.")


def _newcomer(request: HttpRequest, claims: dict[str, Any]) -> services.Newcomer:
    """Who came back from the pool, unless it has closed the account since.

    The pool asks for the second factor of each account that has one, so to have one is to have shown it.
    """
    address = client_address(request)
    person = directory().person(claims["sub"])
    known = person if person and person.enabled else None
    return services.Newcomer(
        user_id=claims["sub"],
        email=claims["email"],
        groups=groups_in(claims) if known else (),
        has_second_factor=bool(known and known.has_totp),
        address=address,
        device=devices.caller_of(request.META.get("HTTP_USER_AGENT", ""), address).device,
    )
