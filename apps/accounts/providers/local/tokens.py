"""Access and id tokens of the local provider: JSON Web Tokens signed with RS256, shaped as Cognito's are.

A token must start with exactly the header that the tokens of one of our keys have. So nothing in a stranger's header
is ever read: it cannot choose an algorithm, a key or the key's address.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from time import time
from typing import Any

import jwt
from django.conf import settings

from apps.accounts.providers.access_tokens import groups_in, has_sound_life, is_compact
from apps.accounts.providers.interface import Claims
from apps.accounts.providers.local.keys import key_with_header, signing_key
from apps.accounts.providers.local.signing_key import ALGORITHM
from movierec.api.errors import Unauthorized

SCOPE = "openid email"
REQUIRED_CLAIMS = ["iss", "sub", "token_use", "client_id", "jti", "origin_jti", "iat", "nbf", "exp"]


def issue_access_token(
    user_id: str, *, email: str, session_id: str, signed_in_at: int | None = None, groups: Sequence[str] = ()
) -> str:
    """A token for the API that is good for an hour.

    `session_id` is the session it was signed in with, `signed_in_at` when (seconds since 1970), now without it;
    `groups` are those that the person is in.
    """
    own = {"token_use": "access", "client_id": settings.TOKEN_CLIENT_ID, "scope": SCOPE, "email": email}
    return _sign(user_id, session_id, signed_in_at, {**own, **_membership(groups)})


def issue_id_token(
    user_id: str, *, email: str, session_id: str, signed_in_at: int | None = None, groups: Sequence[str] = ()
) -> str:
    """A token that tells a client who signed in, and when; the API does not take it."""
    own = {"token_use": "id", "aud": settings.TOKEN_CLIENT_ID, "email": email, "email_verified": True}
    return _sign(user_id, session_id, signed_in_at, {**own, **_membership(groups)})


def _membership(groups: Sequence[str]) -> dict[str, list[str]]:
    """The claim of a pool's tokens, which those of people without a group do not have."""
    return {"cognito:groups": list(groups)} if groups else {}


def _sign(user_id: str, session_id: str, signed_in_at: int | None, own: dict[str, Any]) -> str:
    now = int(time())
    claims = {
        "iss": settings.TOKEN_ISSUER,
        "sub": user_id,
        "jti": str(uuid.uuid4()),
        "origin_jti": session_id,
        "auth_time": now if signed_in_at is None else signed_in_at,
        "iat": now,
        "nbf": now,
        "exp": now + settings.ACCESS_TOKEN_SECONDS,
        **own,
    }
    key = signing_key()
    return jwt.encode(claims, key.private, algorithm=ALGORITHM, headers={"kid": key.kid})


def verified_claims(token: str) -> Claims:
    """What an access token says. Raises Unauthorized for every token that is not good."""
    claims = access_claims(token)
    signed_in_at = claims.get("auth_time", claims["iat"])
    return Claims(claims["sub"], claims["origin_jti"], signed_in_at, claims.get("email"), groups_in(claims))


def access_claims(token: str) -> dict[str, Any]:
    """The claims of an access token of ours that is good now. Raises Unauthorized for every other text."""
    if not is_compact(token):
        raise refused()
    key = key_with_header(token.partition(".")[0])
    if key is None:
        raise refused()
    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            key.public,
            algorithms=[ALGORITHM],
            issuer=settings.TOKEN_ISSUER,
            leeway=settings.TOKEN_LEEWAY_SECONDS,
            options={"require": REQUIRED_CLAIMS},
        )
    except jwt.InvalidTokenError as error:
        raise refused() from error
    for_us = (claims["token_use"], claims["client_id"]) == ("access", settings.TOKEN_CLIENT_ID)
    if not for_us or not has_sound_life(claims):
        raise refused()
    return claims


def refused() -> Unauthorized:
    """The one answer to every token that is not good."""
    return Unauthorized("Authentication failed", details="Invalid or expired token")
