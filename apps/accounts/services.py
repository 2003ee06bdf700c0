"""What can be done with accounts and sessions, whoever keeps them."""

from __future__ import annotations

from apps.accounts.emails import check_email
from apps.accounts.providers import provider
from apps.accounts.providers.interface import Tokens


def sign_up(*, email: str, password: str) -> str:
    """Registers an address, mails a code to it, and answers the user id.

    Raises InvalidEmail, InvalidPassword, TooManyMails and MailNotSent.
    """
    check_email(email)
    return provider().sign_up(email, password)


def confirm(*, email: str, code: str) -> None:
    """Confirms an account by its mailed code. Raises InvalidEmail, CodeMismatch, ExpiredCode and TooManyGuesses."""
    check_email(email)
    provider().confirm(email, code)


def sign_in(*, email: str, password: str) -> Tokens:
    """Begins a session. Raises WrongCredentials and, for the right password only, NotConfirmed."""
    return provider().sign_in(email, password)


def refresh(*, refresh_token: str) -> Tokens:
    """New tokens for a session. Raises InvalidRefreshToken."""
    return provider().refresh(refresh_token)


def sign_out(*, refresh_token: str) -> None:
    """Ends the session of a refresh token; a token that is not good is no error."""
    provider().sign_out(refresh_token)


def end_session(*, access_token: str) -> None:
    """Ends the session that an access token came from. Raises Unauthorized for a token that is not good."""
    provider().end_session(access_token)


def create_confirmed_account(
    email: str, password: str, user_id: str | None = None, *, replace_password: bool = False
) -> str:
    """Makes an account that needs no code and answers its user id; an account that is there already is kept.

    `user_id` is that of an imported person, None for a new one; `replace_password` gives a kept account this
    password. Raises InvalidEmail, InvalidPassword, and AccountConflict when the address or the id is another's.
    """
    check_email(email)
    return provider().create_confirmed(email, password, user_id, replace_password=replace_password)
