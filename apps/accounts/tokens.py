"""Who an access token belongs to."""

from __future__ import annotations

from apps.accounts import denials
from apps.accounts.providers import provider
from apps.accounts.providers.interface import Claims
from movierec.api.authentication import Principal
from movierec.api.errors import Unauthorized


def verify_access_token(token: str) -> Principal:
    """The person an access token belongs to. Raises Unauthorized for a bad one and for one of an ended session."""
    claims = provider().claims(token)
    if denials.is_denied(claims):
        raise refused()
    return _principal(claims)


def _principal(claims: Claims) -> Principal:
    return Principal(claims.user_id, claims.email, claims.session_id, claims.signed_in_at, claims.groups)


def refused() -> Unauthorized:
    """The one answer to every token that is not good."""
    return Unauthorized("Authentication failed", details="Invalid or expired token")
