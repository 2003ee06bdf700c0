"""Access and id tokens of the pool: JSON Web Tokens signed with RS256.

A token's header says which of the pool's own keys it is signed with and nothing else: it cannot choose the
algorithm, bring a key or name the address of one.
"""

from __future__ import annotations

from typing import Any

import jwt
from django.conf import settings

from apps.accounts.providers.access_tokens import groups_in, has_sound_life, is_compact
from apps.accounts.providers.cognito.errors import refused
from apps.accounts.providers.cognito.jwks import key_cache
from apps.accounts.providers.cognito.pool import issuer
from apps.accounts.providers.cognito.sign_ins import session_of
from apps.accounts.providers.interface import Claims

ALGORITHM = "RS256"
# A pool's header has some 90 characters; deeply nested JSON does not fit into this.
MAX_HEADER_LENGTH = 512
FORBIDDEN_HEADERS = frozenset({"crit", "jku", "jwk", "x5c", "x5u"})
REQUIRED_CLAIMS = ["iss", "sub", "token_use", "client_id", "jti", "iat", "exp"]
REQUIRED_ID_CLAIMS = ["iss", "sub", "aud", "token_use", "iat", "exp"]


def verified_claims(token: str) -> Claims:
    """What an access token says.

    Raises Unauthorized for every text that is not a good one, and Unavailable when no key of the pool is known.
    """
    try:
        claims = _access_claims(token)
    except jwt.InvalidTokenError as error:
        raise refused() from error
    signed_in_at = int(claims.get("auth_time", claims["iat"]))
    return Claims(claims["sub"], session_of(claims), signed_in_at, claims.get("email"), groups_in(claims))


def verified_id_claims(token: str, *, client_id: str) -> dict[str, Any]:
    """The claims of an id token that the pool made for this client.

    Raises Unauthorized for every other text, and Unavailable when no key of the pool is known.
    """
    try:
        claims = _signed_claims(token, REQUIRED_ID_CLAIMS, audience=client_id)
    except jwt.InvalidTokenError as error:
        raise refused() from error
    # A list of audiences, with ours among them, would be somebody else's token as well.
    if (claims["token_use"], claims["aud"]) != ("id", client_id):
        raise refused()
    return claims


def _access_claims(token: str) -> dict[str, Any]:
    claims = _signed_claims(token, REQUIRED_CLAIMS)
    for_us = claims["client_id"] in settings.COGNITO_CLIENT_IDS
    if (claims["token_use"], for_us) != ("access", True):
        raise jwt.InvalidTokenError
    return claims


def _signed_claims(token: str, required: list[str], *, audience: str | None = None) -> dict[str, Any]:
    """What the pool has signed, and is good now. Raises PyJWT's InvalidTokenError for everything else."""
    key = key_cache().find(_key_id(token))
    if key is None:
        raise jwt.InvalidTokenError
    claims: dict[str, Any] = jwt.decode(
        token,
        key,
        algorithms=[ALGORITHM],
        issuer=issuer(),
        audience=audience,
        leeway=settings.TOKEN_LEEWAY_SECONDS,
        options={"require": required},
    )
    if not has_sound_life(claims):
        raise jwt.InvalidTokenError
    return claims


def _key_id(token: str) -> str:
    """The key that a token claims to be signed with. Raises PyJWT's InvalidTokenError for what is not read further."""
    if not is_compact(token) or token.find(".") > MAX_HEADER_LENGTH:
        raise jwt.InvalidTokenError
    header = jwt.get_unverified_header(token)
    if header.get("alg") != ALGORITHM or "kid" not in header or FORBIDDEN_HEADERS & header.keys():
        raise jwt.InvalidTokenError
    return str(header["kid"])
