"""What every identity provider can do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, Protocol

ChallengeName = Literal["SOFTWARE_TOKEN_MFA", "MFA_SETUP", "NEW_PASSWORD_REQUIRED"]


@dataclass(frozen=True, slots=True)
class Claims:
    """What a good access token says: whose it is, and which sign-in it came from and when (seconds since 1970)."""

    user_id: str
    session_id: str
    signed_in_at: int
    email: str | None
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a signed-in person gets; `expires_in` is the access token's life in seconds.

    `proof` is the provider's own, for `still_proves`.
    """

    access: str
    id: str
    refresh: str
    expires_in: int
    email: str
    user_id: str
    session_id: str
    proof: str = ""


@dataclass(frozen=True, slots=True)
class Challenge:
    """A question that stands between the right password and the tokens.

    `state` is the provider's own and holds what it needs to go on; nobody else reads it, and it leaves our hands
    sealed only. `secret` is the new TOTP secret (base32) of MFA_SETUP, once it was asked for.
    """

    name: ChallengeName
    state: str
    secret: str | None = None


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """What a provider knows of an account; `created_at` is an ISO-8601 UTC timestamp."""

    user_id: str
    email: str
    created_at: str
    has_totp: bool


@dataclass(frozen=True, slots=True)
class SessionKey:
    """One sign-in of one person."""

    user_id: str
    session_id: str


class IdentityProvider(Protocol):
    """Keeps accounts, checks credentials, and issues tokens.

    E-mail addresses come as people typed them, already checked. `access_token` is the good one of the person who
    asks. Who is signed in where, limits on guessing and mails about it are not the provider's business. Every
    method may raise Unavailable.
    """

    def sign_up(self, email: str, password: str) -> str:
        """Registers an address, has a code mailed to it, and answers the user id.

        A taken address gets the same answer, and its owner a mail; one that waits for its code is registered anew.
        Raises InvalidEmail, InvalidPassword, TooManyMails and MailNotSent.
        """

    def confirm(self, email: str, code: str) -> str:
        """Confirms the account by its mailed code and answers its user id.

        Raises CodeMismatch, ExpiredCode and TooManyGuesses.
        """

    def resend(self, email: str) -> None:
        """Has a new sign-up code mailed; any address gets the same answer. Raises TooManyMails and MailNotSent."""

    def forgot(self, email: str) -> None:
        """Has a reset code mailed; any address gets the same answer. Raises TooManyMails and MailNotSent."""

    def reset(self, email: str, code: str, password: str) -> str:
        """Sets the password by a mailed code and answers the user id; signs nobody in.

        Raises InvalidPassword, CodeMismatch, ExpiredCode and TooManyGuesses.
        """

    def sign_in(self, name: str, password: str) -> Tokens | Challenge:
        """Checks a password; `name` is an e-mail address, or a text that no account has.

        Raises WrongCredentials, and NotConfirmed, maybe whatever the password.
        """

    def still_proves(self, tokens: Tokens) -> bool:
        """Whether what was proved for new tokens still holds; asked once their session is listed.

        A password that was replaced before that moment proves nothing; later the list tells which sessions to end.
        """

    def answer(self, challenge: ChallengeName, state: str, answer: str | None) -> Tokens | Challenge:
        """Goes on after a challenge: `answer` is the six digits, or the new password where that is asked for.

        MFA_SETUP without an answer gives the challenge again, with the secret to set up. Raises CodeMismatch,
        InvalidPassword, and ChallengeExpired when the sign-in must begin anew.
        """

    def challenged_user(self, state: str) -> str:
        """The user id that a challenge is about."""

    def pass_without_code(self, state: str) -> Tokens:
        """Signs in the person of a SOFTWARE_TOKEN_MFA challenge who gave a recovery code. Raises ChallengeExpired."""

    def refresh(self, refresh_token: str) -> Tokens:
        """New tokens for a session, with the refresh token to use next. Raises InvalidRefreshToken."""

    def revoke(self, refresh_token: str) -> SessionKey | None:
        """Makes a refresh token useless and answers the session it was of; None for one that is no good."""

    def revoke_all(self, user_id: str) -> None:
        """Makes every refresh token of a person useless."""

    def claims(self, access_token: str) -> Claims:
        """What an access token says. Raises Unauthorized for every token that is not good now."""

    def change_password(self, user_id: str, access_token: str, old: str, new: str) -> None:
        """Replaces the password. Raises WrongPassword and InvalidPassword."""

    def check_password(self, user_id: str, password: str) -> str | None:
        """Checks the password of a signed-in person.

        Answers None where that is all, or the state for `check_code` where the account has a second factor.
        Raises WrongPassword.
        """

    def check_code(self, state: str, code: str) -> None:
        """Checks the second factor after `check_password`. Raises CodeMismatch and ChallengeExpired."""

    def begin_totp(self, user_id: str, access_token: str) -> str:
        """Makes a new TOTP secret (base32), which counts once it is confirmed."""

    def confirm_totp(self, user_id: str, access_token: str, code: str) -> None:
        """Switches the second factor on. Raises CodeMismatch, and NoTotpBegun without `begin_totp` before."""

    def disable_totp(self, user_id: str) -> None:
        """Switches the second factor off; also when there is none."""

    def account(self, user_id: str) -> AccountFacts | None:
        """What is known of an account that is confirmed."""

    def account_id(self, email: str) -> str | None:
        """The user id of the confirmed account with this address, if there is one."""

    def create_confirmed(self, email: str, password: str, user_id: str | None, *, replace_password: bool) -> str:
        """Makes an account that needs no code, or keeps the one there is, and answers its user id.

        Raises InvalidPassword, and AccountConflict when the address or the id is another account's.
        """

    def delete(self, user_id: str) -> None:
        """Removes the account, and what it is found and listed by; also when nothing is left."""

    def public_keys(self) -> list[dict[str, Any]]:
        """The keys that access tokens are checked with, as JSON Web Keys."""

    def check_configuration(self) -> None:
        """Raises ImproperlyConfigured, one sentence a variable, when the provider cannot work as configured."""
