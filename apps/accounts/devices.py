"""The devices that people sign in from."""

from __future__ import annotations

from apps.accounts.caller import NOBODY, Caller


def caller_of(user_agent: str, address: str) -> Caller:
    """A request's User-Agent and network address as people recognise them."""
    return NOBODY


def is_new(user_id: str, caller: Caller) -> bool:
    """Remembers a device and place; True when the person signed in before, but never from there."""
    return False
