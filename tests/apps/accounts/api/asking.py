"""A provider that asks a newcomer for a new password and then for a second factor, as a pool can."""

from __future__ import annotations

from apps.accounts.providers.interface import Challenge, Tokens
from apps.accounts.providers.local.provider import LocalProvider
from apps.accounts.providers.local.tokens import issue_access_token, issue_id_token

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
CODE = "271828"
NEW_PASSWORD = "quite another horse"


class AskingProvider(LocalProvider):
    """Everybody has the user id `newcomer`; the answers are NEW_PASSWORD and CODE."""

    def sign_in(self, name: str, password: str) -> Tokens | Challenge:
        return Challenge("NEW_PASSWORD_REQUIRED", "one")

    def still_proves(self, tokens: Tokens) -> bool:
        return True

    def answer(self, challenge: str, state: str, answer: str | None) -> Tokens | Challenge:
        if challenge == "NEW_PASSWORD_REQUIRED":
            assert (state, answer) == ("one", NEW_PASSWORD)
            return Challenge("MFA_SETUP", "two")
        if answer is None:
            assert state == "two"
            return Challenge("MFA_SETUP", "three", SECRET)
        assert (state, answer) == ("three", CODE)
        return _tokens()


def _tokens() -> Tokens:
    about = {"email": "new@example.com", "session_id": "session-1"}
    return Tokens(
        access=issue_access_token("newcomer", **about),
        id=issue_id_token("newcomer", **about),
        refresh="refresh",
        expires_in=3600,
        email="new@example.com",
        user_id="newcomer",
        session_id="session-1",
    )
