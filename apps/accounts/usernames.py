"""Usernames: a second name to sign in with. They tell nothing to people who are not signed in."""

from __future__ import annotations


def check_username(name: str) -> None:
    """Raises InvalidUsername unless it has 3 to 30 letters, digits, `.`, `_` or `-`."""


def address_behind(login: str) -> str:
    """The e-mail address of a username; an address, and a name that nobody has, as they came. One read for names."""
    return login


def wish(email: str, name: str | None) -> None:
    """Keeps the username that a sign-up asked for until its code is confirmed; None forgets an earlier wish."""


def grant_wish(email: str, user_id: str) -> None:
    """Gives a newly confirmed account the username that was asked for, unless another has it by now."""


def claim(user_id: str, email: str, name: str) -> None:
    """Gives an account a username in place of its old one. Raises UsernameTaken and InvalidUsername."""
