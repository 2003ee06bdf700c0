from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError
from django.test import RequestFactory

from apps.accounts import errors
from apps.accounts.providers.cognito import calls
from apps.accounts.providers.cognito.calls import ERRORS, call
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
)
from movierec import aws
from movierec.api import request_id
from movierec.api.errors import ApiError, FieldErrors, Unauthorized, Unavailable
from tests.apps.accounts.providers.cognito.loopback import Loopback, Planned, loopback, one_after_the_other, refusal

POOL, CLIENT = "eu-north-1_Calls", "client-1"
TOKEN, SESSION = "access-token", "session-of-twenty-letters"
USER = {"UserPoolId": POOL, "Username": "ann"}
AT_CLIENT = {"ClientId": CLIENT, "Username": "ann"}
PARAMETERS: dict[str, dict[str, Any]] = {
    "AdminAddUserToGroup": {**USER, "GroupName": "ops"},
    "AdminConfirmSignUp": USER,
    "AdminCreateUser": USER,
    "AdminDeleteUser": USER,
    "AdminGetUser": USER,
    "AdminListGroupsForUser": USER,
    "AdminRemoveUserFromGroup": {**USER, "GroupName": "ops"},
    "AdminResetUserPassword": USER,
    "AdminSetUserMFAPreference": USER,
    "AdminSetUserPassword": {**USER, "Password": "two-two"},
    "AssociateSoftwareToken": {"AccessToken": TOKEN},
    "ChangePassword": {"AccessToken": TOKEN, "PreviousPassword": "one-one", "ProposedPassword": "two-two"},
    "ConfirmForgotPassword": {**AT_CLIENT, "ConfirmationCode": "123456", "Password": "two-two"},
    "ConfirmSignUp": {**AT_CLIENT, "ConfirmationCode": "123456"},
    "ForgotPassword": AT_CLIENT,
    "GetTokensFromRefreshToken": {"ClientId": CLIENT, "RefreshToken": "refresh"},
    "InitiateAuth": {"ClientId": CLIENT, "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": {"USERNAME": "ann"}},
    "ListUsers": {"UserPoolId": POOL},
    "ListUsersInGroup": {"UserPoolId": POOL, "GroupName": "ops"},
    "ResendConfirmationCode": AT_CLIENT,
    "RespondToAuthChallenge": {"ClientId": CLIENT, "ChallengeName": "SOFTWARE_TOKEN_MFA", "Session": SESSION},
    "RevokeToken": {"ClientId": CLIENT, "Token": "refresh"},
    "SetUserMFAPreference": {"AccessToken": TOKEN},
    "SignUp": {**AT_CLIENT, "Password": "two-two"},
    "VerifySoftwareToken": {"Session": SESSION, "UserCode": "123456"},
}


def bad(*parameters: str) -> str:
    """The pool's words about parameters that break its rules."""
    faults = "; ".join(f"Value at '{name}' failed to satisfy constraint: Member must be so" for name in parameters)
    return f"{len(parameters)} validation error detected: {faults}"


# Row of the table, the pool's message, and what is raised.
ROWS: list[tuple[str, str, type[Exception]]] = [
    ("ConfirmSignUp AliasExistsException", "An account with the email already exists.", errors.CodeMismatch),
    ("SignUp CodeDeliveryFailureException", "No delivery.", errors.MailNotSent),
    ("ConfirmSignUp CodeMismatchException", "Invalid verification code provided.", errors.CodeMismatch),
    ("VerifySoftwareToken EnableSoftwareTokenMFAException", "Code mismatch", errors.CodeMismatch),
    ("VerifySoftwareToken EnableSoftwareTokenMFAException", "Nothing has been associated.", errors.NoTotpBegun),
    ("ConfirmSignUp ExpiredCodeException", "Invalid code provided.", errors.ExpiredCode),
    ("SignUp InvalidPasswordException", "Password did not conform with policy: Too short", errors.InvalidPassword),
    ("ChangePassword LimitExceededException", "Attempt limit exceeded.", errors.TooManyAttempts),
    ("ChangePassword PasswordHistoryPolicyViolationException", "Used before.", errors.InvalidPassword),
    ("SignUp ForbiddenException", "Request not allowed due to WAF block.", Blocked),
    ("RespondToAuthChallenge PasswordResetRequiredException", "Password reset required", PasswordResetRequired),
    ("InitiateAuth PasswordResetRequiredException", "Password reset required", errors.WrongCredentials),
    ("GetTokensFromRefreshToken RefreshTokenReuseException", "Rotated.", errors.InvalidRefreshToken),
    ("InitiateAuth UserNotConfirmedException", "User is not confirmed.", errors.NotConfirmed),
    ("AdminGetUser UserNotFoundException", "User does not exist.", NoSuchUser),
    ("AdminDeleteUser UserNotFoundException", "User does not exist.", NoSuchUser),
    ("SignUp UsernameExistsException", "User already exists", Taken),
    ("AdminCreateUser UsernameExistsException", "User account already exists", Taken),
    ("SignUp UserLambdaValidationException", "PreSignUp failed with error No.", TriggerRefused),
    ("AdminAddUserToGroup ResourceNotFoundException", "Group not found.", NoSuchGroup),
    ("AdminConfirmSignUp NotAuthorizedException", "User cannot be confirmed.", errors.AccountStateRefused),
    ("AdminListGroupsForUser InvalidParameterException", bad("username"), NoSuchUser),
    ("AdminRemoveUserFromGroup ResourceNotFoundException", "Group not found.", NoSuchGroup),
    ("AdminResetUserPassword InvalidParameterException", "No verified email.", errors.AccountStateRefused),
    ("AdminResetUserPassword NotAuthorizedException", "User password cannot be reset.", errors.AccountStateRefused),
    ("ListUsers InvalidParameterException", "Invalid pagination token.", FieldErrors),
    ("ListUsersInGroup InvalidParameterException", bad("nextToken"), FieldErrors),
    ("ListUsersInGroup ResourceNotFoundException", "Group not found.", NoSuchGroup),
    ("AdminCreateUser InvalidParameterException", "Username should be an email.", errors.InvalidEmail),
    ("AdminCreateUser InvalidParameterException", bad("password"), errors.InvalidPassword),
    ("AdminGetUser InvalidParameterException", "Value at 'username' failed.", NoSuchUser),
    ("AdminSetUserMFAPreference InvalidParameterException", "User has not set up software token", errors.NoTotpBegun),
    ("AdminSetUserPassword InvalidParameterException", bad("password"), errors.InvalidPassword),
    ("AssociateSoftwareToken NotAuthorizedException", "Invalid session for the user.", errors.ChallengeExpired),
    ("AssociateSoftwareToken NotAuthorizedException", "Access Token has been revoked", Unauthorized),
    ("ChangePassword InvalidParameterException", bad("previousPassword"), errors.WrongPassword),
    ("ChangePassword InvalidParameterException", bad("previousPassword", "proposedPassword"), errors.WrongPassword),
    ("ChangePassword InvalidParameterException", bad("proposedPassword"), errors.InvalidPassword),
    ("ChangePassword InvalidParameterException", bad("accessToken", "proposedPassword"), Unauthorized),
    ("ChangePassword NotAuthorizedException", "Incorrect username or password.", errors.WrongPassword),
    ("ChangePassword NotAuthorizedException", "Access Token has expired", Unauthorized),
    ("ChangePassword UserNotFoundException", "User does not exist.", Unauthorized),
    ("ConfirmForgotPassword InvalidParameterException", bad("password"), errors.InvalidPassword),
    ("ConfirmForgotPassword InvalidParameterException", bad("username"), errors.CodeMismatch),
    ("ConfirmForgotPassword InvalidParameterException", "Cannot reset password: no email", errors.CodeMismatch),
    ("ConfirmForgotPassword LimitExceededException", "Attempt limit exceeded.", errors.CodeMismatch),
    ("ConfirmForgotPassword NotAuthorizedException", "User password cannot be reset.", errors.CodeMismatch),
    ("ConfirmForgotPassword TooManyFailedAttemptsException", "Too many.", errors.CodeMismatch),
    ("ConfirmForgotPassword UserNotConfirmedException", "User is not confirmed.", errors.CodeMismatch),
    ("ConfirmForgotPassword UserNotFoundException", "Username/client id not found.", errors.CodeMismatch),
    ("ConfirmSignUp InvalidParameterException", bad("username"), errors.CodeMismatch),
    ("ConfirmSignUp LimitExceededException", "Attempt limit exceeded.", errors.CodeMismatch),
    ("ConfirmSignUp NotAuthorizedException", "Current status is CONFIRMED", errors.CodeMismatch),
    ("ConfirmSignUp TooManyFailedAttemptsException", "Too many.", errors.CodeMismatch),
    ("ConfirmSignUp UserNotFoundException", "Username/client id not found.", errors.CodeMismatch),
    ("ForgotPassword CodeDeliveryFailureException", "No delivery.", Untold),
    ("ForgotPassword InvalidParameterException", "No verified email.", Untold),
    ("ForgotPassword LimitExceededException", "Attempt limit exceeded.", Untold),
    ("ForgotPassword NotAuthorizedException", "User password cannot be reset.", Untold),
    ("ForgotPassword UserLambdaValidationException", "CustomMessage failed with error No.", Untold),
    ("ForgotPassword UserNotFoundException", "Username/client id not found.", Untold),
    ("GetTokensFromRefreshToken InvalidParameterException", "Value at 'refreshToken'.", errors.InvalidRefreshToken),
    ("GetTokensFromRefreshToken NotAuthorizedException", "Invalid Refresh Token", errors.InvalidRefreshToken),
    ("GetTokensFromRefreshToken UserNotFoundException", "User does not exist.", errors.InvalidRefreshToken),
    ("InitiateAuth InvalidParameterException", bad("authParameters"), errors.WrongCredentials),
    ("InitiateAuth InvalidParameterException", "Invalid input given", errors.WrongCredentials),
    ("InitiateAuth NotAuthorizedException", "Incorrect username or password.", errors.WrongCredentials),
    ("InitiateAuth NotAuthorizedException", "User is disabled.", errors.WrongCredentials),
    ("InitiateAuth NotAuthorizedException", "Password attempts exceeded", errors.WrongCredentials),
    ("InitiateAuth UserLambdaValidationException", "PreAuthentication failed with error No.", errors.WrongCredentials),
    ("InitiateAuth UserLambdaValidationException", "PostAuthentication failed with error No.", TriggerRefused),
    ("InitiateAuth UserLambdaValidationException", "PreTokenGeneration failed with error No.", TriggerRefused),
    ("InitiateAuth UserNotFoundException", "User does not exist.", errors.WrongCredentials),
    ("ResendConfirmationCode CodeDeliveryFailureException", "No delivery.", Untold),
    ("ResendConfirmationCode InvalidParameterException", "User is already confirmed.", Untold),
    ("ResendConfirmationCode LimitExceededException", "Attempt limit exceeded.", Untold),
    ("ResendConfirmationCode NotAuthorizedException", "Not allowed.", Untold),
    ("ResendConfirmationCode UserLambdaValidationException", "CustomMessage failed with error No.", Untold),
    ("ResendConfirmationCode UserNotFoundException", "Username/client id not found.", Untold),
    ("RespondToAuthChallenge CodeMismatchException", "Invalid code received for user", errors.CodeMismatch),
    ("RespondToAuthChallenge CodeMismatchException", "Invalid session for the user.", errors.ChallengeExpired),
    ("RespondToAuthChallenge ExpiredCodeException", "Your software token has been used.", errors.CodeMismatch),
    ("RespondToAuthChallenge InvalidParameterException", bad("session"), errors.ChallengeExpired),
    ("RespondToAuthChallenge InvalidParameterException", "Missing required parameter Session", errors.ChallengeExpired),
    ("RespondToAuthChallenge InvalidParameterException", bad("challengeResponses"), errors.CodeMismatch),
    (
        "RespondToAuthChallenge InvalidParameterException",
        "Missing required parameter NEW_PASSWORD",
        errors.InvalidPassword,
    ),
    (
        "RespondToAuthChallenge InvalidParameterException",
        "Invalid attributes given, name is missing",
        UnsupportedChallenge,
    ),
    ("RespondToAuthChallenge MFAMethodNotFoundException", "None.", errors.ChallengeExpired),
    ("RespondToAuthChallenge NotAuthorizedException", "Invalid session for the user.", errors.ChallengeExpired),
    ("RespondToAuthChallenge SoftwareTokenMFANotFoundException", "None.", errors.ChallengeExpired),
    ("RespondToAuthChallenge UserNotFoundException", "User does not exist.", errors.ChallengeExpired),
    ("RevokeToken UnauthorizedException", "Invalid token", errors.InvalidRefreshToken),
    ("RevokeToken UnsupportedTokenTypeException", "Unsupported token", errors.InvalidRefreshToken),
    ("SetUserMFAPreference InvalidParameterException", "User has not set up software token mfa", errors.NoTotpBegun),
    ("SetUserMFAPreference NotAuthorizedException", "Access Token has been revoked", Unauthorized),
    ("SignUp InvalidParameterException", "Invalid email address format.", errors.InvalidEmail),
    ("SignUp InvalidParameterException", bad("username"), errors.InvalidEmail),
    ("SignUp InvalidParameterException", bad("password"), errors.InvalidPassword),
    ("SignUp LimitExceededException", "Exceeded daily email limit", errors.MailNotSent),
    ("SignUp NotAuthorizedException", "SignUp is not permitted for this user pool", SignUpClosed),
    ("VerifySoftwareToken NotAuthorizedException", "Invalid session for the user.", errors.ChallengeExpired),
    ("VerifySoftwareToken NotAuthorizedException", "Access Token has been revoked", Unauthorized),
    ("VerifySoftwareToken SoftwareTokenMFANotFoundException", "None.", errors.NoTotpBegun),
]

UNFORESEEN = [
    ("InitiateAuth InvalidParameterException", "USER_PASSWORD_AUTH flow not enabled for this client"),
    ("InitiateAuth NotAuthorizedException", "Client is configured with secret but hash was not sent"),
    ("AdminAddUserToGroup ResourceNotFoundException", "User pool eu-north-1_Calls does not exist."),
    ("ListUsers InvalidParameterException", "Error while parsing filter."),
    ("SignUp InvalidParameterException", "Something else."),
    ("SignUp NotAuthorizedException", "Client is configured with secret but SECRET_HASH was not received"),
]


@pytest.fixture(scope="module")
def running() -> Iterator[Loopback]:
    with loopback() as server:
        yield server


@pytest.fixture
def server(running: Loopback, settings: Any) -> Loopback:
    """A server in the pool's place, which answers as a test plans."""
    settings.AWS_ENDPOINT_URL = running.endpoint
    settings.COGNITO_USER_POOL_ID = POOL
    running.asked.clear()
    running.plan = lambda _: Planned()
    # Made here, since that can take longer than a short budget.
    aws.client("cognito-idp", "eu-north-1")
    return running


def ask(operation: str) -> Any:
    return call(operation, **PARAMETERS[operation])


@pytest.mark.parametrize(("row", "message", "expected"), ROWS)
def test_each_refusal_has_its_meaning(server: Loopback, row: str, message: str, expected: type[Exception]) -> None:
    operation, code = row.split()
    server.plan = lambda _: refusal(code, message)
    with pytest.raises(Exception) as caught:  # noqa: PT011  (the exact type follows)
        ask(operation)
    assert type(caught.value) is expected
    assert server.asked == [operation]


@pytest.mark.parametrize(("row", "message"), UNFORESEEN)
def test_what_nobody_foresaw_stays_the_pools_error(server: Loopback, row: str, message: str) -> None:
    operation, code = row.split()
    server.plan = lambda _: refusal(code, message)
    with pytest.raises(ClientError) as caught:
        ask(operation)
    assert caught.value.response["Error"]["Code"] == code
    assert server.asked == [operation]


def test_every_row_of_the_table_is_tried() -> None:
    tried = {row for row, _, _ in ROWS} | {row.split()[1] for row, _, _ in ROWS}
    assert set(ERRORS) <= tried


def test_the_pools_reasons_become_sentences(server: Loopback) -> None:
    message = "Password did not conform with policy: Password must have uppercase characters; Password not long enough"
    server.plan = lambda _: refusal("InvalidPasswordException", message)
    with pytest.raises(errors.InvalidPassword) as caught:
        ask("SignUp")
    assert caught.value.details == [
        {"path": "password", "message": "Password must have uppercase characters."},
        {"path": "password", "message": "Password not long enough."},
    ]


@pytest.mark.parametrize(
    ("message", "sentence"),
    [
        ("PreSignUp failed with error Only our own domain..", "Only our own domain."),
        ("PreSignUp failed with error ", "The user pool refuses this."),
        ("A trigger said no", "A trigger said no."),
    ],
)
def test_a_trigger_says_why_in_a_sentence(server: Loopback, message: str, sentence: str) -> None:
    server.plan = lambda _: refusal("UserLambdaValidationException", message)
    with pytest.raises(TriggerRefused) as caught:
        ask("SignUp")
    assert (caught.value.status, caught.value.sentence) == (400, sentence)


def test_the_limit_of_password_changes_says_when_to_come_back(server: Loopback) -> None:
    server.plan = lambda _: refusal("LimitExceededException", "Attempt limit exceeded, please try after some time.")
    with pytest.raises(errors.TooManyAttempts) as caught:
        ask("ChangePassword")
    assert (caught.value.status, caught.value.headers) == (429, {"Retry-After": "900"})


@pytest.mark.parametrize("code", sorted(calls.NO_ACCESS))
def test_a_pool_that_does_not_let_us_in_is_unavailable_at_once(server: Loopback, code: str) -> None:
    server.plan = lambda _: refusal(code, "No.")
    with pytest.raises(Unavailable):
        ask("SignUp")
    assert server.asked == ["SignUp"]


class TestBusy:
    @pytest.mark.parametrize("code", sorted(calls.BUSY))
    def test_a_busy_pool_is_asked_again(self, server: Loopback, short_pauses: None, code: str) -> None:
        server.plan = one_after_the_other(
            refusal(code, "Rate exceeded"), refusal(code), Planned(body=b'{"Session":"s"}')
        )
        assert ask("SignUp")["Session"] == "s"
        assert server.asked == ["SignUp"] * 3

    def test_one_that_stays_busy_is_unavailable_within_the_budget(self, server: Loopback, short_budget: None) -> None:
        server.plan = lambda _: refusal("TooManyRequestsException", "Rate exceeded")
        began = time.monotonic()
        with pytest.raises(Unavailable) as caught:
            ask("InitiateAuth")
        assert time.monotonic() - began < calls.BUDGET_SECONDS + 4
        assert (caught.value.status, caught.value.headers) == (503, {"Retry-After": "5"})
        assert len(server.asked) > 1

    def test_pauses_grow_and_are_drawn_from_nought(self, server: Loopback, monkeypatch: pytest.MonkeyPatch) -> None:
        drawn: list[tuple[float, float]] = []

        def draw(low: float, high: float) -> float:
            drawn.append((low, high))
            return 0

        monkeypatch.setattr(random, "uniform", draw)
        busy = [refusal("TooManyRequestsException")] * 7
        server.plan = one_after_the_other(*busy, Planned())
        ask("InitiateAuth")
        assert drawn == [(0, 0.2), (0, 0.4), (0, 0.8), (0, 1.6), (0, 2.0), (0, 2.0), (0, 2.0)]

    def test_a_pause_that_does_not_fit_is_not_begun(self, server: Loopback, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(random, "uniform", lambda *_: calls.BUDGET_SECONDS + 1)
        server.plan = lambda _: refusal("TooManyRequestsException")
        with pytest.raises(Unavailable):
            ask("InitiateAuth")
        assert server.asked == ["InitiateAuth"]

    def test_one_that_nobody_answers_for_is_unavailable(self, settings: Any, short_budget: None) -> None:
        settings.AWS_ENDPOINT_URL = "http://127.0.0.1:9"
        settings.COGNITO_USER_POOL_ID = POOL
        with pytest.raises(Unavailable):
            ask("SignUp")

    def test_the_calls_of_a_request_share_one_budget(
        self, server: Loopback, short_budget: None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        server.plan = lambda _: refusal("TooManyRequestsException")
        with pytest.raises(Unavailable):
            ask("AdminGetUser")
        monkeypatch.setattr(calls, "BUDGET_SECONDS", 8)
        monkeypatch.setattr(random, "uniform", lambda *_: 0.3)
        with pytest.raises(Unavailable):
            ask("SignUp")
        assert server.asked.count("SignUp") == 1

        request_id.begin(RequestFactory().get("/another"))
        server.plan = one_after_the_other(refusal("TooManyRequestsException"), Planned())
        ask("ForgotPassword")
        assert server.asked.count("ForgotPassword") == 2


class TestLostAnswers:
    @pytest.mark.parametrize(("operation", "tries"), [("SignUp", 1), ("InitiateAuth", 1), ("AdminGetUser", 2)])
    def test_only_what_may_be_repeated_is(
        self, server: Loopback, short_pauses: None, operation: str, tries: int
    ) -> None:
        server.plan = one_after_the_other(Planned(cut=True), Planned())
        if tries == 1:
            with pytest.raises(Unavailable):
                ask(operation)
        else:
            ask(operation)
        assert server.asked == [operation] * tries

    def test_an_answer_that_does_not_come_in_time_is_lost(self, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(aws, "READ_TIMEOUT_SECONDS", 0.2)
        settings.COGNITO_USER_POOL_ID = POOL
        come = threading.Event()
        with loopback() as slow:
            settings.AWS_ENDPOINT_URL = slow.endpoint
            slow.plan = lambda _: Planned(hold=come)
            with pytest.raises(Unavailable):
                ask("SignUp")
            come.set()
            assert slow.asked == ["SignUp"]


@pytest.mark.parametrize(
    ("code", "message", "status", "ours"),
    [
        ("ForbiddenException", "Request not allowed due to WAF block.", 403, "ForbiddenException"),
        ("NotAuthorizedException", "SignUp is not permitted for this user pool", 403, "SignUpClosed"),
        ("UserLambdaValidationException", "PreSignUp failed with error No.", 400, "UserLambdaValidationException"),
        ("PasswordResetRequiredException", "Password reset required", 403, "PasswordResetRequiredException"),
    ],
)
def test_our_errors_are_the_apis(server: Loopback, code: str, message: str, status: int, ours: str) -> None:
    server.plan = lambda _: refusal(code, message)
    with pytest.raises(ApiError) as caught:
        ask("SignUp")
    assert (caught.value.status, caught.value.error_code) == (status, ours)
