"""The sign-in pages of a Cognito user pool, and the endpoints behind them, as OAuth 2.0 and OpenID Connect have them.

Sources: D. Hardt (ed.), "The OAuth 2.0 Authorization Framework", RFC 6749, 2012; N. Sakimura, J. Bradley, N. Agarwal,
"Proof Key for Code Exchange by OAuth Public Clients", RFC 7636, 2015;
N. Sakimura et al., "OpenID Connect Core 1.0", 2014.
"""

from __future__ import annotations

import logging
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final
from urllib.parse import urlencode

import orjson
import urllib3
from django.conf import settings

from movierec.api.errors import BadRequest, Unavailable

logger = logging.getLogger(__name__)

CONNECT_TIMEOUT_SECONDS: Final = 2.0
READ_TIMEOUT_SECONDS: Final = 5.0
MAX_BYTES: Final = 64 * 1024
SCOPE: Final = "openid email"

_pool_manager = urllib3.PoolManager(retries=False)


class NotSignedIn(BadRequest):
    """400: the pool's pages signed nobody in; the sentence says why and what to do."""

    code = "NotSignedIn"


class PoolUnreachable(Unavailable):
    """503: the pool does not answer, or not as it should."""

    def __init__(self) -> None:
        super().__init__("The user pool does not answer as it should, so nobody was signed in; try again shortly.")


@dataclass(frozen=True, slots=True)
class PoolTokens:
    """What the pool gives for a code; nothing of it has been looked at. `refresh` is empty where it gives none."""

    id: str = field(repr=False)
    refresh: str = field(repr=False)


def is_configured() -> bool:
    """Whether the pool's pages are known; settings have checked that all of it is there or nothing."""
    return bool(settings.COGNITO_PAGES_URL)


def sign_in_url(*, state: str, nonce: str, verifier: str) -> str:
    """Where a browser begins to sign in."""
    digest = sha256(verifier.encode()).digest()
    query = {
        "response_type": "code",
        "client_id": settings.COGNITO_WEB_CLIENT_ID,
        "redirect_uri": callback_url(),
        "scope": SCOPE,
        "state": state,
        "nonce": nonce,
        "code_challenge": urlsafe_b64encode(digest).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
    }
    return f"{settings.COGNITO_PAGES_URL}/oauth2/authorize?{urlencode(query)}"


def sign_out_url() -> str:
    """Where a browser ends what the pool's pages remember of it."""
    query = {"client_id": settings.COGNITO_WEB_CLIENT_ID, "logout_uri": f"{settings.OPS_URL}/signin"}
    return f"{settings.COGNITO_PAGES_URL}/logout?{urlencode(query)}"


def callback_url() -> str:
    """Where the pool's pages lead back to; the client of the pool must allow exactly this address."""
    return f"{settings.OPS_URL}/signin/callback"


def exchanged(code: str, verifier: str) -> PoolTokens:
    """The tokens for a code, which the pool takes once. Raises NotSignedIn and PoolUnreachable."""
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": callback_url(), "code_verifier": verifier}
    status, answer = _asked("token", form)
    if status == 400 and answer.get("error") == "invalid_grant":
        raise NotSignedIn("The user pool does not take this sign-in any more. Sign in again.")
    token, refresh = answer.get("id_token"), answer.get("refresh_token", "")
    if status != 200 or not isinstance(token, str) or not isinstance(refresh, str):
        logger.error("The token endpoint of the user pool answers %s %r", status, _error(answer))
        raise PoolUnreachable
    return PoolTokens(token, refresh)


def revoke(refresh: str) -> None:
    """Makes a refresh token useless, which nobody needs here. As well as can be: a failure is a line in the log."""
    try:
        status, answer = _asked("revoke", {"token": refresh})
    except PoolUnreachable:
        return
    if status != 200:
        logger.warning("The user pool revokes no refresh token: %s %r", status, _error(answer))


def _error(answer: Mapping[str, Any]) -> str:
    return str(answer.get("error", ""))[:50]


def _asked(endpoint: str, form: Mapping[str, str]) -> tuple[int, dict[str, Any]]:
    """The status and the JSON that an endpoint answers to a form; an empty body is an empty object.

    Raises PoolUnreachable: no connection, no time, or no JSON.
    """
    try:
        status, body = _sent(f"{settings.COGNITO_PAGES_URL}/oauth2/{endpoint}", form)
        answer = orjson.loads(body or b"{}")
    except (urllib3.exceptions.HTTPError, orjson.JSONDecodeError) as error:
        # Its name alone: what the library says may quote what was sent.
        logger.warning("The %s endpoint of the user pool cannot be asked: %s", endpoint, type(error).__name__)
        raise PoolUnreachable from None
    return status, answer if isinstance(answer, dict) else {}


def _sent(url: str, form: Mapping[str, str]) -> tuple[int, bytes]:
    response = _pool_manager.request(
        "POST",
        url,
        body=urlencode({"client_id": settings.COGNITO_WEB_CLIENT_ID, **form}),
        headers={"Content-Type": "application/x-www-form-urlencoded", "Accept-Encoding": "identity"},
        timeout=urllib3.Timeout(connect=CONNECT_TIMEOUT_SECONDS, read=READ_TIMEOUT_SECONDS),
        redirect=False,
        preload_content=False,
    )
    try:
        body = response.read(MAX_BYTES, decode_content=False)
    finally:
        response.close()
    return response.status, body
