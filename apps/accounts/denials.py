"""Ended sessions: their access tokens are refused although they are signed and not yet expired."""

from __future__ import annotations

from apps.accounts.providers.interface import Claims


def is_denied(claims: Claims, *, fresh: bool = False) -> bool:
    """Whether the session of a token was ended; an answer may be 30 s old unless it must be fresh."""
    return False


def deny(user_id: str, session_id: str) -> None:
    """Has the access tokens of one session refused from now on."""


def deny_all(user_id: str, *, kept: str | None) -> None:
    """Has the access tokens of all sign-ins before now refused, but for those of the session to keep."""
