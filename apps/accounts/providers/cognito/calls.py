"""The one place that calls the pool: tries again while it is busy, and says its refusals in our own errors.

Pauses have "full jitter", source: "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from threading import Event
from time import monotonic
from typing import Any

from botocore import xform_name
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ReadTimeoutError,
)

from apps.accounts.errors import (
    AccountStateRefused,
    ChallengeExpired,
    CodeMismatch,
    ExpiredCode,
    InvalidEmail,
    InvalidPassword,
    InvalidRefreshToken,
    MailNotSent,
    NotConfirmed,
    NoTotpBegun,
    TooManyAttempts,
    WrongCredentials,
    WrongPassword,
)
from apps.accounts.providers.cognito import pool
from apps.accounts.providers.cognito.errors import (
    Blocked,
    NoSuchGroup,
    NoSuchUser,
    PasswordResetRequired,
    SignUpClosed,
    Taken,
    TriggerRefused,
    UnsupportedChallenge,
    Untold,
    refused,
)
from movierec.api.errors import FieldErrors, Unavailable
from movierec.api.request_id import request_id
from movierec.aws import client

# How long a request's calls may be tried again, all together; the gateway gives it 29 s.
BUDGET_SECONDS = 8.0
FIRST_PAUSE_SECONDS = 0.1
LONGEST_PAUSE_SECONDS = 2.0

# The pool does not say when its limit for password changes lets the next one through.
LIMIT_SECONDS = 15 * 60

BUSY = frozenset(
    {
        "ConcurrentModificationException",
        "InternalErrorException",
        "InternalFailure",
        "RequestLimitExceeded",
        "ServiceUnavailable",
        "ServiceUnavailableException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
    }
)
# Our own right to call the pool: nothing that the person who asks can mend.
NO_ACCESS = frozenset(
    {
        "AccessDeniedException",
        "ExpiredTokenException",
        "IncompleteSignature",
        "InvalidClientTokenId",
        "InvalidSignatureException",
        "MissingAuthenticationToken",
        "UnrecognizedClientException",
    }
)
# What may be done twice without harm, should the answer to the first try have been lost.
REPEATABLE = frozenset(
    {
        "AdminAddUserToGroup",
        "AdminConfirmSignUp",
        "AdminDeleteUser",
        "AdminDisableUser",
        "AdminEnableUser",
        "AdminGetUser",
        "AdminListGroupsForUser",
        "AdminRemoveUserFromGroup",
        "AdminSetUserMFAPreference",
        "AdminSetUserPassword",
        "AdminUpdateUserAttributes",
        "AdminUserGlobalSignOut",
        "DescribeUserPool",
        "ListUsers",
        "ListUsersInGroup",
        "RevokeToken",
        "SetUserMFAPreference",
    }
)

# The request that is served, and when its budget ends.
_budget: ContextVar[tuple[str, float]] = ContextVar("cognito_budget", default=("", 0.0))

# The parameters that a message of the pool complains about: "Value at 'password' failed to satisfy constraint: …".
_PARAMETER = re.compile(r"\bat '(\w+)'")

# The triggers that run once the password was right.
_AFTER_PASSWORD = ("PostAuthentication ", "PreTokenGeneration ")

# From the pool's message to our error; None where it means something that nobody foresaw.
Answer = Callable[[str], Exception | None]


def _always(kind: Callable[[], Exception]) -> Answer:
    return lambda _: kind()


def _too_many(_: str) -> Exception:
    return TooManyAttempts(retry_after=LIMIT_SECONDS)


def _bad_password(message: str) -> Exception:
    """The reasons behind the colon, each as a sentence."""
    reasons = message.rpartition(": ")[2].split("; ")
    return InvalidPassword([f"{reason.rstrip('.')}." for reason in reasons])


def _used_password(_: str) -> Exception:
    return InvalidPassword(["This password was used before. Choose another one."])


def _unusable_password() -> Exception:
    return InvalidPassword(["The user pool does not take this password. Choose another one."])


def _bad_credentials(message: str) -> Exception | None:
    """Also for a locked account, which only an account can be; but a client with a secret is our mistake."""
    return None if "secret" in message.lower() else WrongCredentials()


def _bad_sign_in_parameter(message: str) -> Exception | None:
    """A name or a password that no user can have; but a flow that the client does not allow is our mistake."""
    return None if "flow" in message.lower() else WrongCredentials()


def _refused_sign_in(message: str) -> Exception:
    """What runs before the password is checked tells nothing; the rest is told to who knows it."""
    return TriggerRefused(message) if message.startswith(_AFTER_PASSWORD) else WrongCredentials()


def _bad_user(message: str) -> Exception | None:
    if "password" in _PARAMETER.findall(message.lower()):
        return _unusable_password()
    said = message.lower()
    return InvalidEmail() if "email" in said or "username" in said else None


def _closed_sign_up(message: str) -> Exception | None:
    return None if "secret" in message.lower() else SignUpClosed()


def _bad_reset(message: str) -> Exception:
    return _unusable_password() if "password" in _PARAMETER.findall(message.lower()) else CodeMismatch()


def _bad_change(message: str) -> Exception:
    named = _PARAMETER.findall(message.lower())
    if "accesstoken" in named:
        return refused()
    return _unusable_password() if named == ["proposedpassword"] else WrongPassword()


def _bad_old_password(message: str) -> Exception:
    return refused() if "access token" in message.lower() else WrongPassword()


def _bad_session_or_token(message: str) -> Exception:
    return ChallengeExpired() if "session" in message.lower() else refused()


def _bad_answer(message: str) -> Exception:
    return ChallengeExpired() if "session" in message.lower() else CodeMismatch()


def _bad_answer_parameter(message: str) -> Exception:
    """The session, a new password, attributes that the pool demands with it, or the code itself."""
    said = message.lower()
    if "session" in said:
        return ChallengeExpired()
    if "attributes" in said:
        return UnsupportedChallenge("more attributes of the user")
    return _unusable_password() if "password" in said else CodeMismatch()


def _bad_first_code(message: str) -> Exception:
    return NoTotpBegun() if "associated" in message.lower() else CodeMismatch()


def _no_group(message: str) -> Exception | None:
    """A missing pool has the same code, and is a mistake of ours."""
    return NoSuchGroup() if "group" in message.lower() else None


def _bad_list(message: str) -> Exception | None:
    """A place to go on after that the pool did not give, or no longer takes."""
    said = message.lower()
    return FieldErrors([("cursor", "The list does not go on here; begin it anew.")]) if "token" in said else None


def _not_confirmable() -> Exception:
    return AccountStateRefused("The user pool cannot confirm this account in its state; see it in the pool's console.")


def _not_resettable() -> Exception:
    return AccountStateRefused(
        "The user pool cannot have this account's password reset: it is disabled, not confirmed, or its address is "
        "not verified."
    )


# By the pool's code, or by operation and code where the operation gives it a meaning of its own.
ERRORS: dict[str, Answer] = {
    "AliasExistsException": _always(CodeMismatch),
    "CodeDeliveryFailureException": _always(MailNotSent),
    "CodeMismatchException": _always(CodeMismatch),
    "EnableSoftwareTokenMFAException": _bad_first_code,
    "ExpiredCodeException": _always(ExpiredCode),
    "ForbiddenException": _always(Blocked),
    "InvalidPasswordException": _bad_password,
    "LimitExceededException": _too_many,
    "PasswordHistoryPolicyViolationException": _used_password,
    "PasswordResetRequiredException": _always(PasswordResetRequired),
    "RefreshTokenReuseException": _always(InvalidRefreshToken),
    "UserLambdaValidationException": TriggerRefused,
    "UserNotConfirmedException": _always(NotConfirmed),
    "UserNotFoundException": _always(NoSuchUser),
    "UsernameExistsException": _always(Taken),
    "AdminAddUserToGroup ResourceNotFoundException": _no_group,
    "AdminConfirmSignUp NotAuthorizedException": _always(_not_confirmable),
    "AdminCreateUser InvalidParameterException": _bad_user,
    "AdminGetUser InvalidParameterException": _always(NoSuchUser),
    "AdminListGroupsForUser InvalidParameterException": _always(NoSuchUser),
    "AdminRemoveUserFromGroup ResourceNotFoundException": _no_group,
    "AdminResetUserPassword InvalidParameterException": _always(_not_resettable),
    "AdminResetUserPassword NotAuthorizedException": _always(_not_resettable),
    # No secret was verified, so there is nothing to switch on or off.
    "AdminSetUserMFAPreference InvalidParameterException": _always(NoTotpBegun),
    "AdminSetUserPassword InvalidParameterException": _always(_unusable_password),
    "AssociateSoftwareToken NotAuthorizedException": _bad_session_or_token,
    "ChangePassword InvalidParameterException": _bad_change,
    "ChangePassword NotAuthorizedException": _bad_old_password,
    "ChangePassword UserNotFoundException": _always(refused),
    "ConfirmForgotPassword InvalidParameterException": _bad_reset,
    "ConfirmForgotPassword LimitExceededException": _always(CodeMismatch),
    "ConfirmForgotPassword NotAuthorizedException": _always(CodeMismatch),
    "ConfirmForgotPassword TooManyFailedAttemptsException": _always(CodeMismatch),
    "ConfirmForgotPassword UserNotConfirmedException": _always(CodeMismatch),
    "ConfirmForgotPassword UserNotFoundException": _always(CodeMismatch),
    "ConfirmSignUp InvalidParameterException": _always(CodeMismatch),
    "ConfirmSignUp LimitExceededException": _always(CodeMismatch),
    "ConfirmSignUp NotAuthorizedException": _always(CodeMismatch),
    "ConfirmSignUp TooManyFailedAttemptsException": _always(CodeMismatch),
    "ConfirmSignUp UserNotFoundException": _always(CodeMismatch),
    "ForgotPassword CodeDeliveryFailureException": _always(Untold),
    "ForgotPassword InvalidParameterException": _always(Untold),
    "ForgotPassword LimitExceededException": _always(Untold),
    "ForgotPassword NotAuthorizedException": _always(Untold),
    "ForgotPassword UserLambdaValidationException": _always(Untold),
    "ForgotPassword UserNotFoundException": _always(Untold),
    "GetTokensFromRefreshToken InvalidParameterException": _always(InvalidRefreshToken),
    "GetTokensFromRefreshToken NotAuthorizedException": _always(InvalidRefreshToken),
    "GetTokensFromRefreshToken UserNotFoundException": _always(InvalidRefreshToken),
    "InitiateAuth InvalidParameterException": _bad_sign_in_parameter,
    "InitiateAuth NotAuthorizedException": _bad_credentials,
    # Imported users have no password, and the pool says it whatever is tried.
    "InitiateAuth PasswordResetRequiredException": _always(WrongCredentials),
    "InitiateAuth UserLambdaValidationException": _refused_sign_in,
    "InitiateAuth UserNotFoundException": _always(WrongCredentials),
    "ListUsers InvalidParameterException": _bad_list,
    "ListUsersInGroup InvalidParameterException": _bad_list,
    "ListUsersInGroup ResourceNotFoundException": _no_group,
    "ResendConfirmationCode CodeDeliveryFailureException": _always(Untold),
    "ResendConfirmationCode InvalidParameterException": _always(Untold),
    "ResendConfirmationCode LimitExceededException": _always(Untold),
    "ResendConfirmationCode NotAuthorizedException": _always(Untold),
    "ResendConfirmationCode UserLambdaValidationException": _always(Untold),
    "ResendConfirmationCode UserNotFoundException": _always(Untold),
    "RespondToAuthChallenge CodeMismatchException": _bad_answer,
    # A one-time code that was used before.
    "RespondToAuthChallenge ExpiredCodeException": _bad_answer,
    "RespondToAuthChallenge InvalidParameterException": _bad_answer_parameter,
    "RespondToAuthChallenge MFAMethodNotFoundException": _always(ChallengeExpired),
    "RespondToAuthChallenge NotAuthorizedException": _always(ChallengeExpired),
    "RespondToAuthChallenge SoftwareTokenMFANotFoundException": _always(ChallengeExpired),
    "RespondToAuthChallenge UserNotFoundException": _always(ChallengeExpired),
    "RevokeToken UnauthorizedException": _always(InvalidRefreshToken),
    "RevokeToken UnsupportedTokenTypeException": _always(InvalidRefreshToken),
    "SetUserMFAPreference InvalidParameterException": _always(NoTotpBegun),
    "SetUserMFAPreference NotAuthorizedException": _always(refused),
    "SignUp InvalidParameterException": _bad_user,
    # The pool's day has no mails left.
    "SignUp LimitExceededException": _always(MailNotSent),
    "SignUp NotAuthorizedException": _closed_sign_up,
    "VerifySoftwareToken NotAuthorizedException": _bad_session_or_token,
    "VerifySoftwareToken SoftwareTokenMFANotFoundException": _always(NoTotpBegun),
}


def call(operation: str, **parameters: Any) -> dict[str, Any]:
    """The pool's answer to an operation, such as "InitiateAuth".

    Raises what ERRORS says for a refusal, Unavailable while the pool is busy, does not answer or does not let us
    in, and botocore's own error for what nobody foresaw.
    """
    deadline = _deadline()
    tries = 0
    while True:
        try:
            return _send(operation, parameters)
        except _Busy as busy:
            tries += 1
            longest = min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2**tries)
            pause = random.uniform(0, longest)  # noqa: S311  (jitter is no secret)
            if monotonic() + pause > deadline:
                raise Unavailable from busy
            Event().wait(pause)


def renew_budget() -> None:
    """Gives the calls that follow a whole budget again, for what must not be left undone."""
    _budget.set(("", 0.0))


def _deadline() -> float:
    """When the request's calls are no longer tried again; a call outside a request has a budget of its own."""
    request, deadline = _budget.get()
    if not request or request != request_id():
        deadline = monotonic() + BUDGET_SECONDS
        _budget.set((request_id(), deadline))
    return deadline


class _Busy(Exception):
    """The same call may succeed in a moment."""


def _send(operation: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
    method = getattr(client("cognito-idp", pool.region()), xform_name(operation))
    try:
        answer: dict[str, Any] = method(**parameters)
    except ClientError as error:
        raise (_meaning(operation, error) or error) from error
    except (ConnectTimeoutError, EndpointConnectionError) as error:
        raise _Busy from error
    except (ConnectionClosedError, ReadTimeoutError) as error:
        raise (_Busy() if operation in REPEATABLE else Unavailable()) from error
    except NoCredentialsError as error:
        raise Unavailable from error
    return answer


def _meaning(operation: str, error: ClientError) -> Exception | None:
    code = error.response["Error"]["Code"]
    if code in BUSY:
        return _Busy()
    if code in NO_ACCESS:
        return Unavailable()
    answer = ERRORS.get(f"{operation} {code}") or ERRORS.get(code)
    return answer(error.response["Error"].get("Message", "")) if answer else None
