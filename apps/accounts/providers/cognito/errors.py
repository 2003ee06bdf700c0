"""What the pool can answer that the other provider cannot, and what stays among ourselves."""

from __future__ import annotations

from apps.accounts.errors import AccountConflict
from movierec.api.errors import ApiError, Forbidden, Unauthorized


class NoSuchUser(Exception):
    """The pool has no such user."""


class Taken(Exception):
    """The pool has a user with this address."""


class Untold(Exception):
    """The pool mailed nothing, for a reason that would tell who has an account."""


class PasswordResetRequired(Forbidden):
    """403: the password is right, and an administrator of the pool wants another one."""

    code = "PasswordResetRequiredException"

    def __init__(self) -> None:
        super().__init__("This account needs a new password: ask for a code with POST /auth/forgot.")


class UnsupportedChallenge(Forbidden):
    """403: the pool asks this account for something that only its own pages can answer."""

    code = "UnsupportedChallenge"

    def __init__(self, name: str) -> None:
        super().__init__(f"The user pool asks this account for {name}, which is not supported here.")


class IdChosenByPool(AccountConflict):
    """409: an account was to have an id, and a user pool chooses ids itself."""

    def __init__(self) -> None:
        ApiError.__init__(self, "A Cognito user pool chooses the ids of its users; leave the user id out.")


def refused() -> Unauthorized:
    """The one answer to every token that is not good."""
    return Unauthorized("Authentication failed", details="Invalid or expired token")
