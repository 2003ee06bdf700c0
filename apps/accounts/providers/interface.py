"""What every identity provider can do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a signed-in person gets; `expires_in` is the access token's life in seconds."""

    access: str
    id: str
    refresh: str
    expires_in: int
    email: str


class IdentityProvider(Protocol):
    """Keeps accounts and their sessions. E-mail addresses come as people typed them, already checked."""

    def sign_up(self, email: str, password: str) -> str:
        """Registers an address, mails a code to it, and answers the user id.

        A taken address gets the same answer, and its owner a mail. Raises InvalidPassword, TooManyMails and
        MailNotSent.
        """

    def confirm(self, email: str, code: str) -> None:
        """Confirms the account by its mailed code. Raises CodeMismatch, ExpiredCode and TooManyGuesses."""

    def sign_in(self, email: str, password: str) -> Tokens:
        """Begins a session. Raises WrongCredentials and, for the right password only, NotConfirmed."""

    def refresh(self, refresh_token: str) -> Tokens:
        """New tokens for a session. Raises InvalidRefreshToken."""

    def sign_out(self, refresh_token: str) -> None:
        """Ends the session of a refresh token; a token that is not good is no error."""

    def end_session(self, access_token: str) -> None:
        """Ends the session that an access token came from. Raises Unauthorized for a token that is not good."""

    def account_id(self, email: str) -> str | None:
        """The user id of the confirmed account with this address, if there is one."""

    def create_confirmed(self, email: str, password: str, user_id: str | None, *, replace_password: bool) -> str:
        """Makes an account that needs no code, or keeps the one there is, and answers its user id.

        Raises InvalidPassword, and AccountConflict when the address or the id is another account's.
        """
