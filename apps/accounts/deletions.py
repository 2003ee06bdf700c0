"""Accounts that wait for their deletion: 7 days in which a sign-in can take it back."""

from __future__ import annotations

from apps.accounts.errors import DeletionPending

__all__ = ["DeletionPending", "refuse_pending", "request", "take_back"]


def request(user_id: str, email: str) -> str:
    """Notes that an account is to be deleted in 7 days and answers when; the first request counts."""
    raise NotImplementedError


def take_back(user_id: str) -> None:
    """Keeps the account; no error where nothing was to be deleted."""


def refuse_pending(user_id: str) -> None:
    """Raises DeletionPending for an account that waits for its deletion."""
