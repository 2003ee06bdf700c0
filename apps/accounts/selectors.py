"""What others may ask about accounts."""

from __future__ import annotations

from apps.accounts.providers import provider


def account_id(email: str) -> str | None:
    """The user id of the confirmed account with this address, if there is one."""
    return provider().account_id(email)
