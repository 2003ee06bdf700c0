"""Providers whose accounts lie elsewhere, for what becomes of our own rows about them."""

from __future__ import annotations

from typing import ClassVar

from apps.accounts.emails import address_of
from apps.accounts.providers.interface import AccountFacts
from apps.accounts.providers.local.provider import LocalProvider
from movierec.api.errors import Unavailable


class DownProvider(LocalProvider):
    """One that does not answer when an account is to be deleted."""

    def delete(self, user_id: str) -> None:
        raise Unavailable


class PoolProvider(LocalProvider):
    """One that keeps accounts in a pool: user ids with their addresses."""

    pool: ClassVar[dict[str, str]] = {}

    def account(self, user_id: str) -> AccountFacts | None:
        email = self.pool.get(user_id)
        return AccountFacts(user_id, email, "2026-01-01T00:00:00.000Z", has_totp=False) if email else None

    def account_id(self, email: str) -> str | None:
        found = [user_id for user_id, stored in self.pool.items() if address_of(stored) == address_of(email)]
        return found[0] if found else None

    def delete(self, user_id: str) -> None:
        self.pool.pop(user_id, None)
