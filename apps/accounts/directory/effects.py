"""What follows from a change by staff, whoever keeps the accounts."""

from __future__ import annotations

from apps.accounts import mails, pending, sessions, usernames
from apps.accounts.emails import address_of


def after_confirmation(user_id: str, email: str) -> None:
    """As after the right code: the sign-up waits no more, and the username it asked for is granted."""
    pending.forget(address_of(email))
    usernames.grant_wish(email, user_id)


def end_sessions(user_id: str) -> None:
    """Ends every session of a person; their access tokens are refused first."""
    sessions.end_all(user_id, kept=None)


def after_forced_reset(user_id: str, email: str) -> None:
    """Ends every session of a person, and tells them why."""
    end_sessions(user_id)
    mails.tell_reset_required(email)
