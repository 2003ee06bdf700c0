"""What others may ask about accounts."""

from __future__ import annotations

from apps.accounts import sessions
from apps.accounts.providers import provider
from apps.accounts.providers.interface import AccountFacts
from apps.accounts.sessions import ListedSession
from movierec.api.errors import Unauthorized


def account_id(email: str) -> str | None:
    """The user id of the confirmed account with this address, if there is one."""
    return provider().account_id(email)


def facts_of(user_id: str) -> AccountFacts:
    """What is known of the account of a signed-in person. Raises Unauthorized when it is gone."""
    facts = provider().account(user_id)
    if facts is None:
        raise Unauthorized("Authentication failed", details="Invalid or expired token")
    return facts


def open_sessions(user_id: str) -> list[ListedSession]:
    """Where a person is signed in, the newest first."""
    return sessions.listed(user_id)
