"""What the pool can answer that the other provider cannot, and what stays among ourselves."""

from __future__ import annotations

import re

from apps.accounts.errors import AccountConflict, InvalidEmail
from movierec.api.errors import ApiError, BadRequest, FieldErrors, Forbidden, Unauthorized

# "PreSignUp failed with error Only our own domain.."
_TRIGGER = re.compile(r"\A\w+ failed with error ")


class NoSuchUser(Exception):
    """The pool has no such user."""


class NoSuchGroup(Exception):
    """The pool has no such group."""


class Taken(Exception):
    """The pool has a user with this address."""


class Untold(Exception):
    """The pool mailed nothing, for a reason that would tell who has an account."""


class PasswordResetRequired(Forbidden):
    """403: who asks has proved who they are, and an administrator of the pool wants another password."""

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


class TooLongEmail(InvalidEmail):
    """400: an e-mail address that a user pool does not take."""

    def __init__(self) -> None:
        FieldErrors.__init__(self, [("email", "Enter an e-mail address of at most 128 characters.")])


class SignUpClosed(Forbidden):
    """403: only administrators of the pool make its users."""

    code = "SignUpClosed"

    def __init__(self) -> None:
        super().__init__("New accounts are made by the administrators of this service only.")


class Blocked(Forbidden):
    """403: the firewall of the pool stopped the call."""

    code = "ForbiddenException"

    def __init__(self) -> None:
        super().__init__("The firewall of the user pool does not let this request pass.")


class TriggerRefused(BadRequest):
    """400: a function that the pool's owner put into its way said no, with this message of the pool's."""

    code = "UserLambdaValidationException"

    def __init__(self, message: str) -> None:
        reason = _TRIGGER.sub("", message).strip().rstrip(".")
        super().__init__(f"{reason or 'The user pool refuses this'}.")


class RecoveryUnsupported(ApiError):
    """409: a recovery code was given at a pool that lets nobody in without a second factor."""

    status = 409
    code = "RecoveryUnsupported"

    def __init__(self) -> None:
        super().__init__("Recovery codes do not work here, since the user pool demands the second factor.")


def refused() -> Unauthorized:
    """The one answer to every token that is not good."""
    return Unauthorized("Authentication failed", details="Invalid or expired token")
