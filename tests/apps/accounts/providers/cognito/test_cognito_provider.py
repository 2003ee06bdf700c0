"""The provider against a user pool; what is real there and what is recorded, tests.contract.pool says."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pyotp
import pytest
import time_machine
from django.core import mail
from django.core.exceptions import ImproperlyConfigured

from apps.accounts import denials
from apps.accounts.errors import (
    AccountConflict,
    ChallengeExpired,
    CodeMismatch,
    ExpiredCode,
    InvalidEmail,
    InvalidPassword,
    InvalidRefreshToken,
    NotConfirmed,
    NoTotpBegun,
    TooManyGuesses,
    TooManyMails,
    WrongCredentials,
    WrongPassword,
)
from apps.accounts.providers.cognito import policy, recoveries, users
from apps.accounts.providers.cognito.errors import IdChosenByPool, RecoveryUnsupported, SignUpClosed
from apps.accounts.providers.cognito.provider import CognitoProvider
from apps.accounts.providers.interface import Challenge, SessionKey, Tokens
from movierec.api.errors import Unauthorized, Unavailable
from tests.contract.pool import POLICY, Pool, PoolServer, cognito_identity

pytestmark = pytest.mark.embedded

EMAIL = "Ann@Example.com"
PASSWORD = "Correct horse 1!"
OTHER = "Battery staple 2?"
SIGN_UP = "123456"
RESET = "654321"
# 129 characters, all of which people's own mail servers take.
TOO_LONG = f"{'a' * 60}@{'b' * 56}.example.com"
Rows = Callable[[], list[dict[str, Any]]]


def row_keys(rows: Rows) -> list[str]:
    return [row["sk"] for row in rows() if not row["sk"].startswith("MAILS#")]


@pytest.fixture
def ann(identity: CognitoProvider) -> str:
    """The user id of a confirmed user."""
    return identity.create_confirmed(EMAIL, PASSWORD, None, replace_password=False)


def signed_in(identity: CognitoProvider, password: str = PASSWORD) -> Tokens:
    found = identity.sign_in(EMAIL, password)
    assert isinstance(found, Tokens)
    return found


def challenged(identity: CognitoProvider) -> Challenge:
    found = identity.sign_in(EMAIL, PASSWORD)
    assert isinstance(found, Challenge)
    return found


@pytest.fixture
def totp(identity: CognitoProvider, ann: str) -> pyotp.TOTP:
    """The authenticator app of a user whose second factor is on."""
    tokens = signed_in(identity)
    app = pyotp.TOTP(identity.begin_totp(ann, tokens.access))
    identity.confirm_totp(ann, tokens.access, app.now())
    return app


def cut_short(user_id: str) -> None:
    """Leaves what a process leaves that is killed while a recovery code passes."""
    recoveries.begin(user_id)
    users.set_totp(user_id, on=False)


class TestSignUp:
    def test_a_new_address_is_registered_and_mailed_by_the_pool(
        self, identity: CognitoProvider, server: PoolServer, pool: Pool, rows: Rows
    ) -> None:
        user_id = identity.sign_up("new@example.com", PASSWORD)
        user = server.aws.admin_get_user(UserPoolId=pool.id, Username=user_id)
        assert user["UserStatus"] == "UNCONFIRMED"
        assert server.code_mailed("new@example.com", "sign-up") == SIGN_UP
        assert mail.outbox == []
        assert row_keys(rows) == ["CODE#SIGNUP"]
        assert PASSWORD not in str(rows())

    def test_the_code_confirms_and_leaves_no_row(self, identity: CognitoProvider, rows: Rows) -> None:
        user_id = identity.sign_up(EMAIL, PASSWORD)
        assert identity.confirm("ann@example.com", SIGN_UP) == user_id
        assert row_keys(rows) == []
        assert signed_in(identity).user_id == user_id

    def test_the_owner_of_a_taken_address_is_told_and_nothing_changes(
        self, identity: CognitoProvider, ann: str, server: PoolServer
    ) -> None:
        answered = identity.sign_up("ANN@example.com", OTHER)
        assert answered != ann
        assert uuid.UUID(answered).version == uuid.UUID(ann).version
        assert [sent.to for sent in mail.outbox] == [[EMAIL]]
        assert mail.outbox[0].subject == "You already have a MovieRec account"
        assert signed_in(identity).user_id == ann
        with pytest.raises(WrongCredentials):
            identity.sign_in(EMAIL, OTHER)

    def test_an_address_longer_than_the_pool_takes_is_refused(
        self, identity: CognitoProvider, server: PoolServer, rows: Rows
    ) -> None:
        with pytest.raises(InvalidEmail) as caught:
            identity.sign_up(TOO_LONG, PASSWORD)
        assert caught.value.sentence == "email: Enter an e-mail address of at most 128 characters."
        with pytest.raises(InvalidEmail):
            identity.create_confirmed(TOO_LONG, PASSWORD, None, replace_password=False)
        assert server.operations == []
        assert rows() == []
        identity.sign_up(TOO_LONG[1:], PASSWORD)
        assert server.operations[-1] == "SignUp"

    @pytest.mark.parametrize("email", [EMAIL, "new@example.com"])
    def test_a_pool_whose_administrators_make_users_refuses_any_address(
        self, identity: CognitoProvider, ann: str, server: PoolServer, pool: Pool, email: str
    ) -> None:
        policy._description.cache_clear()
        closed = {"AllowAdminCreateUserOnly": True}
        server.aws.update_user_pool(
            UserPoolId=pool.id, Policies={"PasswordPolicy": POLICY}, AdminCreateUserConfig=closed
        )
        server.operations.clear()
        with pytest.raises(SignUpClosed):
            identity.sign_up(email, PASSWORD)
        assert server.operations == ["DescribeUserPool"]
        assert mail.outbox == []

    def test_an_unconfirmed_address_is_registered_anew(self, identity: CognitoProvider) -> None:
        first = identity.sign_up(EMAIL, PASSWORD)
        second = identity.sign_up(EMAIL, OTHER)
        assert first != second
        assert identity.confirm(EMAIL, SIGN_UP) == second
        assert signed_in(identity, OTHER).user_id == second
        with pytest.raises(WrongCredentials):
            identity.sign_in(EMAIL, PASSWORD)

    @pytest.mark.parametrize(
        ("password", "reason"),
        [
            ("password1", "This password is too common."),
            ("correct horse 1!", "Password must have uppercase characters."),
            ("CORRECT HORSE 1!", "Password must have lowercase characters."),
            ("Correct horse !!", "Password must have numeric characters."),
            ("CorrectHorse1", "Password must have symbol characters."),
            ("Correct horse 1! ", "Password must not begin or end with a space."),
        ],
    )
    @pytest.mark.parametrize("email", [EMAIL, "new@example.com"])
    def test_a_bad_password_is_refused_alike_for_any_address(
        self, identity: CognitoProvider, ann: str, server: PoolServer, email: str, password: str, reason: str
    ) -> None:
        with pytest.raises(InvalidPassword) as caught:
            identity.sign_up(email, password)
        assert reason in str(caught.value.details)
        assert "SignUp" not in server.operations
        assert mail.outbox == []

    def test_the_sixth_sign_up_in_an_hour_is_refused(self, identity: CognitoProvider, ann: str) -> None:
        for _ in range(5):
            identity.sign_up(EMAIL, PASSWORD)
        with pytest.raises(TooManyMails):
            identity.sign_up(EMAIL, PASSWORD)
        assert len(mail.outbox) == 5


class TestCodes:
    def test_a_wrong_code_confirms_nothing(self, identity: CognitoProvider) -> None:
        identity.sign_up(EMAIL, PASSWORD)
        with pytest.raises(CodeMismatch):
            identity.confirm(EMAIL, "000000")
        with pytest.raises(NotConfirmed):
            identity.sign_in(EMAIL, PASSWORD)

    def test_a_confirmed_and_an_unknown_address_answer_alike(self, identity: CognitoProvider, ann: str) -> None:
        for email in (EMAIL, "nobody@example.com"):
            with pytest.raises(CodeMismatch):
                identity.confirm(email, SIGN_UP)

    @pytest.mark.parametrize("email", [EMAIL, "nobody@example.com"])
    def test_the_sixth_guess_is_refused_for_any_address(
        self, identity: CognitoProvider, ann: str, server: PoolServer, email: str
    ) -> None:
        identity.forgot(email)
        server.operations.clear()
        for _ in range(5):
            with pytest.raises(CodeMismatch):
                identity.reset(email, "000000", OTHER)
        with pytest.raises(TooManyGuesses):
            identity.reset(email, RESET, OTHER)
        assert server.operations == ["ConfirmForgotPassword"] * 5

    def test_parallel_guesses_stay_within_the_limit(
        self, identity: CognitoProvider, ann: str, server: PoolServer, atomic_requests: None
    ) -> None:
        identity.forgot(EMAIL)
        server.operations.clear()

        def guess(number: int) -> type[Exception]:
            with pytest.raises((CodeMismatch, TooManyGuesses)) as caught:
                identity.reset(EMAIL, f"{number:06}", OTHER)
            return type(caught.value)

        with ThreadPoolExecutor(16) as threads:
            answers = list(threads.map(guess, range(40)))
        assert answers.count(CodeMismatch) == 5
        assert server.operations == ["ConfirmForgotPassword"] * 5

    @pytest.mark.parametrize("email", [EMAIL, "nobody@example.com"])
    def test_a_code_is_too_old_after_15_minutes_for_any_address(
        self, identity: CognitoProvider, ann: str, email: str
    ) -> None:
        identity.forgot(email)
        with time_machine.travel(time.time() + 15 * 60 + 1), pytest.raises(ExpiredCode):
            identity.reset(email, RESET, OTHER)

    def test_a_code_that_the_pool_takes_for_too_old_is_a_wrong_one(
        self, identity: CognitoProvider, ann: str, server: PoolServer
    ) -> None:
        identity.forgot(EMAIL)
        server.expire_codes(EMAIL)
        with pytest.raises(CodeMismatch):
            identity.reset(EMAIL, RESET, OTHER)

    def test_codes_that_are_not_six_digits_never_reach_the_pool(
        self, identity: CognitoProvider, server: PoolServer
    ) -> None:
        for code in ("12345", "1234567", "12345a", "١٢٣٤٥٦", ""):
            with pytest.raises(CodeMismatch):
                identity.confirm(EMAIL, code)
        assert server.operations == []

    def test_asking_again_gives_five_new_guesses(self, identity: CognitoProvider) -> None:
        user_id = identity.sign_up(EMAIL, PASSWORD)
        for _ in range(5):
            with pytest.raises(CodeMismatch):
                identity.confirm(EMAIL, "000000")
        identity.resend(EMAIL)
        assert identity.confirm(EMAIL, SIGN_UP) == user_id

    @pytest.mark.parametrize("method", ["resend", "forgot"])
    def test_any_address_gets_the_same_answer_by_the_same_calls(
        self, identity: CognitoProvider, ann: str, server: PoolServer, rows: Rows, method: str
    ) -> None:
        identity.sign_up("waits@example.com", PASSWORD)
        before = len(row_keys(rows))
        calls = []
        for email in (EMAIL, "waits@example.com", "nobody@example.com"):
            server.operations.clear()
            getattr(identity, method)(email)
            calls.append(list(server.operations))
        assert calls[0] == calls[1] == calls[2]
        assert len(calls[0]) == 1
        assert len(row_keys(rows)) == before + (2 if method == "resend" else 3)

    @pytest.mark.parametrize(
        ("purpose", "operation"), [("sign-up", "ConfirmSignUp"), ("reset", "ConfirmForgotPassword")]
    )
    def test_an_address_that_is_too_long_has_no_code(
        self, identity: CognitoProvider, server: PoolServer, rows: Rows, purpose: str, operation: str
    ) -> None:
        ask, give = {
            "sign-up": (identity.resend, lambda: identity.confirm(TOO_LONG, SIGN_UP)),
            "reset": (identity.forgot, lambda: identity.reset(TOO_LONG, RESET, OTHER)),
        }[purpose]
        ask(TOO_LONG)
        assert len(row_keys(rows)) == 1
        server.answer_next(operation, "name_too_long")
        for _ in range(2):
            with pytest.raises(CodeMismatch):
                give()
        assert server.operations[-2:] == [operation] * 2
        assert len(server.names) == 2
        assert all(name.endswith("@nobody.invalid") for name in server.names)

    @pytest.mark.parametrize("name", ["limit_exceeded", "too_many_failures"])
    def test_a_limit_on_guesses_of_the_pool_is_not_told(
        self, identity: CognitoProvider, ann: str, server: PoolServer, name: str
    ) -> None:
        identity.forgot(EMAIL)
        server.answer_next("ConfirmForgotPassword", name)
        with pytest.raises(CodeMismatch):
            identity.reset(EMAIL, RESET, OTHER)
        server.answer_next("ConfirmSignUp", name)
        with pytest.raises(CodeMismatch):
            identity.confirm(EMAIL, SIGN_UP)

    @pytest.mark.parametrize("method", ["resend", "forgot"])
    def test_a_limit_of_the_pool_is_not_told(
        self, identity: CognitoProvider, ann: str, server: PoolServer, method: str
    ) -> None:
        operation = {"resend": "ResendConfirmationCode", "forgot": "ForgotPassword"}[method]
        server.answer_next(operation, "limit_exceeded")
        getattr(identity, method)(EMAIL)
        assert server.operations[-1] == operation

    def test_a_reset_sets_the_password_and_answers_the_user(self, identity: CognitoProvider, ann: str) -> None:
        identity.forgot(EMAIL)
        assert identity.reset("ann@example.com", RESET, OTHER) == ann
        assert signed_in(identity, OTHER).user_id == ann
        with pytest.raises(WrongCredentials):
            identity.sign_in(EMAIL, PASSWORD)
        with pytest.raises(CodeMismatch):
            identity.reset(EMAIL, RESET, PASSWORD)

    def test_a_reset_does_not_confirm_an_address(self, identity: CognitoProvider) -> None:
        identity.sign_up(EMAIL, PASSWORD)
        identity.forgot(EMAIL)
        with pytest.raises(CodeMismatch):
            identity.reset(EMAIL, RESET, OTHER)
        with pytest.raises(NotConfirmed):
            identity.sign_in(EMAIL, PASSWORD)


class TestSignIn:
    def test_it_answers_the_pools_tokens(self, identity: CognitoProvider, ann: str) -> None:
        tokens = signed_in(identity)
        claims = identity.claims(tokens.access)
        assert (tokens.user_id, tokens.email, tokens.expires_in) == (ann, EMAIL, 3600)
        assert (claims.user_id, claims.session_id, claims.email) == (ann, tokens.session_id, None)
        assert abs(claims.signed_in_at - time.time()) < 5

    def test_the_letter_case_of_the_address_does_not_matter(self, identity: CognitoProvider, ann: str) -> None:
        found = identity.sign_in("ANN@EXAMPLE.COM", PASSWORD)
        assert isinstance(found, Tokens)
        assert found.user_id == ann

    @pytest.mark.parametrize("name", [EMAIL, "nobody@example.com", "ann", TOO_LONG, "waits@example.com", ""])
    def test_every_failure_costs_one_call(
        self, identity: CognitoProvider, ann: str, server: PoolServer, operations: list[str], name: str
    ) -> None:
        identity.sign_up("waits@example.com", PASSWORD)
        server.operations.clear()
        operations.clear()
        with pytest.raises((NotConfirmed, WrongCredentials)):
            identity.sign_in(name, OTHER)
        assert server.operations == ["InitiateAuth"]
        assert operations == []

    def test_an_id_of_the_pool_is_no_name(self, identity: CognitoProvider, ann: str, server: PoolServer) -> None:
        server.names.clear()
        for _ in range(2):
            with pytest.raises(WrongCredentials):
                identity.sign_in(ann, PASSWORD)
        assert ann not in server.names
        assert len(set(server.names)) == 2
        assert all(name.endswith("@nobody.invalid") for name in server.names)

    @pytest.mark.parametrize("name", ["attempts_exceeded", "password_reset_required"])
    def test_what_only_an_account_can_get_is_not_told(
        self, identity: CognitoProvider, ann: str, server: PoolServer, name: str
    ) -> None:
        server.answer_next("InitiateAuth", name)
        with pytest.raises(WrongCredentials):
            identity.sign_in(EMAIL, PASSWORD)

    @pytest.mark.parametrize("password", [PASSWORD, OTHER])
    def test_an_address_that_waits_is_told_whatever_the_password(
        self, identity: CognitoProvider, password: str
    ) -> None:
        identity.sign_up(EMAIL, PASSWORD)
        with pytest.raises(NotConfirmed):
            identity.sign_in("ann@example.com", password)

    def test_it_proves_nothing_once_every_session_was_ended_after_it(self, identity: CognitoProvider, ann: str) -> None:
        tokens = signed_in(identity)
        assert identity.still_proves(tokens)
        with time_machine.travel(time.time() + 2):
            denials.deny_all(ann, kept=None)
            assert not identity.still_proves(tokens)
            assert identity.still_proves(signed_in(identity))

    def test_a_challenge_proves_what_its_password_did(
        self, identity: CognitoProvider, ann: str, totp: pyotp.TOTP
    ) -> None:
        asked = challenged(identity)
        with time_machine.travel(time.time() + 2):
            denials.deny_all(ann, kept=None)
            found = identity.answer(asked.name, asked.state, totp.now())
            assert isinstance(found, Tokens)
            assert not identity.still_proves(found)

    def test_a_new_password_is_asked_for_where_an_administrator_gave_the_first(
        self, identity: CognitoProvider, server: PoolServer, pool: Pool
    ) -> None:
        server.aws.admin_create_user(
            UserPoolId=pool.id, Username=EMAIL, TemporaryPassword=PASSWORD, MessageAction="SUPPRESS"
        )
        asked = challenged(identity)
        assert asked.name == "NEW_PASSWORD_REQUIRED"
        with pytest.raises(InvalidPassword):
            identity.answer(asked.name, asked.state, "short")
        found = identity.answer(asked.name, asked.state, OTHER)
        assert isinstance(found, Tokens)
        assert signed_in(identity, OTHER).user_id == found.user_id

    def test_a_second_factor_that_the_pool_demands_is_set_up_on_the_way(
        self, identity: CognitoProvider, ann: str, server: PoolServer
    ) -> None:
        server.answer_next("InitiateAuth", "mfa_setup")
        asked = challenged(identity)
        told = identity.answer(asked.name, asked.state, None)
        assert isinstance(told, Challenge)
        assert (asked.name, told.name, asked.secret) == ("MFA_SETUP", "MFA_SETUP", None)
        app = pyotp.TOTP(told.secret or "")
        with pytest.raises(CodeMismatch):
            identity.answer(told.name, told.state, "000000")
        found = identity.answer(told.name, told.state, app.now())
        assert isinstance(found, Tokens)
        assert found.user_id == ann


class TestSessions:
    def test_a_refresh_keeps_the_session_and_the_refresh_token(self, identity: CognitoProvider, ann: str) -> None:
        tokens = signed_in(identity)
        renewed = identity.refresh(tokens.refresh)
        assert (renewed.user_id, renewed.session_id, renewed.refresh, renewed.email) == (
            ann,
            tokens.session_id,
            tokens.refresh,
            EMAIL,
        )
        assert identity.claims(renewed.access).session_id == tokens.session_id

    def test_a_rotating_pool_gives_the_next_refresh_token(
        self, tables: None, cheap_scrypt: None, settings: Any, server: PoolServer
    ) -> None:
        with cognito_identity(settings, server, rotating=True):
            identity = CognitoProvider()
            identity.create_confirmed(EMAIL, PASSWORD, None, replace_password=False)
            tokens = signed_in(identity)
            renewed = identity.refresh(tokens.refresh)
            assert renewed.refresh != tokens.refresh
            assert renewed.session_id == tokens.session_id
            with pytest.raises(InvalidRefreshToken):
                identity.refresh(tokens.refresh)
            assert identity.revoke(renewed.refresh) == SessionKey(tokens.user_id, tokens.session_id)
            with pytest.raises(InvalidRefreshToken):
                identity.refresh(renewed.refresh)

    @pytest.mark.parametrize("token", ["nonsense", "a.b.c", "eyJhbGciOiJub25lIn0.e30."])
    def test_a_text_that_is_no_refresh_token_is_refused(self, identity: CognitoProvider, token: str) -> None:
        with pytest.raises(InvalidRefreshToken):
            identity.refresh(token)
        assert identity.revoke(token) is None

    def test_revoking_names_the_session_and_spares_the_others(self, identity: CognitoProvider, ann: str) -> None:
        first, second = signed_in(identity), signed_in(identity)
        assert identity.revoke(first.refresh) == SessionKey(ann, first.session_id)
        with pytest.raises(InvalidRefreshToken):
            identity.refresh(first.refresh)
        assert identity.revoke(first.refresh) is None
        assert identity.refresh(second.refresh).session_id == second.session_id

    def test_all_sessions_end_at_once(self, identity: CognitoProvider, ann: str) -> None:
        sessions = [signed_in(identity) for _ in range(3)]
        identity.revoke_all(ann)
        for tokens in sessions:
            with pytest.raises(InvalidRefreshToken):
                identity.refresh(tokens.refresh)
        assert identity.refresh(signed_in(identity).refresh).user_id == ann
        identity.revoke_all("nobody")


class TestPassword:
    def test_it_changes_for_who_knows_the_old_one(self, identity: CognitoProvider, ann: str) -> None:
        access = signed_in(identity).access
        with pytest.raises(WrongPassword):
            identity.change_password(ann, access, OTHER, OTHER)
        with pytest.raises(InvalidPassword):
            identity.change_password(ann, access, PASSWORD, "password1")
        assert signed_in(identity).user_id == ann
        identity.change_password(ann, access, PASSWORD, OTHER)
        assert signed_in(identity, OTHER).user_id == ann

    def test_a_revoked_access_token_changes_nothing(self, identity: CognitoProvider, ann: str) -> None:
        tokens = signed_in(identity)
        identity.revoke(tokens.refresh)
        with pytest.raises(Unauthorized) as caught:
            identity.change_password(ann, tokens.access, PASSWORD, OTHER)
        assert caught.value.sentence == "Authentication failed"
        assert signed_in(identity).user_id == ann

    def test_checking_it_leaves_no_session(self, identity: CognitoProvider, ann: str, server: PoolServer) -> None:
        server.operations.clear()
        assert identity.check_password(ann, PASSWORD) is None
        assert server.operations == ["InitiateAuth", "RevokeToken"]
        with pytest.raises(WrongPassword):
            identity.check_password(ann, OTHER)

    def test_a_token_that_is_revoked_already_is_no_error(
        self, identity: CognitoProvider, ann: str, server: PoolServer
    ) -> None:
        tokens = signed_in(identity)
        server.answer_next("RevokeToken", "token_unsupported")
        assert identity.revoke(tokens.refresh) == SessionKey(ann, tokens.session_id)
        server.answer_next("RevokeToken", "token_unauthorized")
        assert identity.check_password(ann, PASSWORD) is None

    @pytest.mark.parametrize(
        ("name", "expected"), [("old_password_invalid", WrongPassword), ("new_password_invalid", InvalidPassword)]
    )
    def test_a_password_that_the_pool_cannot_have_changes_nothing(
        self, identity: CognitoProvider, ann: str, server: PoolServer, name: str, expected: type[Exception]
    ) -> None:
        access = signed_in(identity).access
        server.answer_next("ChangePassword", name)
        with pytest.raises(expected):
            identity.change_password(ann, access, " a", OTHER)
        assert signed_in(identity).user_id == ann

    def test_an_administrators_reset_looks_like_a_wrong_password_until_the_code_comes(
        self, identity: CognitoProvider, ann: str, server: PoolServer, pool: Pool
    ) -> None:
        server.aws.admin_reset_user_password(UserPoolId=pool.id, Username=ann)
        with pytest.raises(WrongCredentials):
            identity.sign_in(EMAIL, PASSWORD)
        identity.forgot(EMAIL)
        identity.reset(EMAIL, RESET, OTHER)
        assert signed_in(identity, OTHER).user_id == ann


class TestSecondFactor:
    def test_a_sign_in_takes_a_code_of_the_app(self, identity: CognitoProvider, ann: str, totp: pyotp.TOTP) -> None:
        asked = challenged(identity)
        assert asked.name == "SOFTWARE_TOKEN_MFA"
        assert identity.challenged_user(asked.state) == ann
        for wrong in ("000000", "12345", None):
            with pytest.raises(CodeMismatch):
                identity.answer(asked.name, asked.state, wrong)
        found = identity.answer(asked.name, asked.state, totp.now())
        assert isinstance(found, Tokens)
        assert found.user_id == ann

    def test_a_code_and_a_challenge_count_once(self, identity: CognitoProvider, totp: pyotp.TOTP) -> None:
        first, second, code = challenged(identity), challenged(identity), totp.now()
        identity.answer(first.name, first.state, code)
        with pytest.raises(CodeMismatch):
            identity.answer(second.name, second.state, code)
        with pytest.raises(ChallengeExpired):
            identity.answer(first.name, first.state, totp.at(time.time() + 30))

    def test_a_challenge_that_took_too_long_begins_anew(
        self, identity: CognitoProvider, totp: pyotp.TOTP, server: PoolServer
    ) -> None:
        asked = challenged(identity)
        server.answer_next("RespondToAuthChallenge", "session_expired")
        with pytest.raises(ChallengeExpired):
            identity.answer(asked.name, asked.state, totp.now())

    def test_a_recovery_code_passes_once_and_the_second_factor_stays(
        self, identity: CognitoProvider, ann: str, totp: pyotp.TOTP
    ) -> None:
        assert identity.pass_without_code(challenged(identity).state).user_id == ann
        facts = identity.account(ann)
        assert facts
        assert facts.has_totp
        assert challenged(identity).name == "SOFTWARE_TOKEN_MFA"

    def test_a_password_changed_meanwhile_passes_nobody_and_the_second_factor_stays(
        self, identity: CognitoProvider, ann: str, totp: pyotp.TOTP
    ) -> None:
        asked = challenged(identity)
        identity.create_confirmed(EMAIL, OTHER, None, replace_password=True)
        with pytest.raises(ChallengeExpired):
            identity.pass_without_code(asked.state)
        found = identity.sign_in(EMAIL, OTHER)
        assert isinstance(found, Challenge)

    def test_a_recovery_leaves_no_row(
        self, identity: CognitoProvider, totp: pyotp.TOTP, operations: list[str], rows: Rows
    ) -> None:
        asked = challenged(identity)
        operations.clear()
        identity.pass_without_code(asked.state)
        assert operations == ["BatchWriteItem", "BatchWriteItem"]
        assert row_keys(rows) == []

    def test_a_sign_in_with_a_second_factor_costs_no_read(
        self, identity: CognitoProvider, totp: pyotp.TOTP, operations: list[str]
    ) -> None:
        operations.clear()
        challenged(identity)
        assert operations == []

    def test_one_without_looks_for_a_recovery_that_was_cut_short(
        self, identity: CognitoProvider, ann: str, server: PoolServer, operations: list[str]
    ) -> None:
        server.operations.clear()
        operations.clear()
        signed_in(identity)
        assert server.operations == ["InitiateAuth"]
        assert operations == ["Query"]

    def test_after_a_recovery_that_was_cut_short_the_second_factor_is_asked_for(
        self, identity: CognitoProvider, ann: str, totp: pyotp.TOTP, server: PoolServer, rows: Rows
    ) -> None:
        cut_short(ann)
        server.operations.clear()
        assert challenged(identity).name == "SOFTWARE_TOKEN_MFA"
        assert server.operations == ["InitiateAuth", "RevokeToken", "AdminSetUserMFAPreference", "InitiateAuth"]
        assert row_keys(rows) == []
        cut_short(ann)
        assert identity.check_password(ann, PASSWORD) is not None

    def test_two_recoveries_do_not_hide_each_other(
        self, identity: CognitoProvider, ann: str, totp: pyotp.TOTP, rows: Rows
    ) -> None:
        asked = challenged(identity)
        cut_short(ann)
        identity.pass_without_code(asked.state)
        assert len(row_keys(rows)) == 1
        cut_short(ann)
        assert challenged(identity).name == "SOFTWARE_TOKEN_MFA"
        assert row_keys(rows) == []

    def test_a_recovery_is_noted_before_the_second_factor_goes_off(
        self, identity: CognitoProvider, totp: pyotp.TOTP, server: PoolServer, short_budget: None, rows: Rows
    ) -> None:
        asked = challenged(identity)
        server.answer_next("AdminSetUserMFAPreference", "too_many_requests", times=200)
        with pytest.raises(Unavailable):
            identity.pass_without_code(asked.state)
        assert len(row_keys(rows)) == 1

    def test_no_tokens_come_out_while_it_cannot_be_switched_on(
        self, identity: CognitoProvider, ann: str, totp: pyotp.TOTP, server: PoolServer, short_budget: None, rows: Rows
    ) -> None:
        cut_short(ann)
        server.answer_next("AdminSetUserMFAPreference", "too_many_requests", times=200)
        with pytest.raises(Unavailable):
            identity.sign_in(EMAIL, PASSWORD)
        assert len(row_keys(rows)) == 1

    def test_a_second_factor_that_is_gone_altogether_stays_so(
        self, identity: CognitoProvider, ann: str, server: PoolServer, rows: Rows
    ) -> None:
        recoveries.begin(ann)
        server.answer_next("AdminSetUserMFAPreference", "no_totp")
        assert signed_in(identity).user_id == ann
        assert row_keys(rows) == []

    def test_one_that_was_switched_off_since_does_not_come_back(
        self, identity: CognitoProvider, ann: str, totp: pyotp.TOTP, rows: Rows
    ) -> None:
        cut_short(ann)
        identity.disable_totp(ann)
        assert row_keys(rows) == []
        assert signed_in(identity).user_id == ann

    def test_a_new_password_on_the_way_does_not_pass_it_either(
        self, identity: CognitoProvider, ann: str, totp: pyotp.TOTP, server: PoolServer, pool: Pool
    ) -> None:
        cut_short(ann)
        server.aws.admin_set_user_password(UserPoolId=pool.id, Username=ann, Password=OTHER, Permanent=False)
        found = identity.sign_in(EMAIL, OTHER)
        assert isinstance(found, Challenge)
        assert found.name == "NEW_PASSWORD_REQUIRED"
        outcome = identity.answer(found.name, found.state, PASSWORD)
        assert isinstance(outcome, Challenge)
        assert outcome.name == "SOFTWARE_TOKEN_MFA"

    def test_a_pool_that_demands_it_takes_no_recovery_code(
        self, identity: CognitoProvider, ann: str, totp: pyotp.TOTP, server: PoolServer, rows: Rows
    ) -> None:
        asked = challenged(identity)
        server.answer_next("InitiateAuth", "mfa_setup")
        with pytest.raises(RecoveryUnsupported) as caught:
            identity.pass_without_code(asked.state)
        assert (caught.value.status, caught.value.error_code) == (409, "RecoveryUnsupported")
        assert row_keys(rows) == []
        assert challenged(identity).name == "SOFTWARE_TOKEN_MFA"

    def test_a_busy_pool_does_not_leave_the_second_factor_off(
        self, identity: CognitoProvider, ann: str, totp: pyotp.TOTP, server: PoolServer, short_budget: None
    ) -> None:
        asked = challenged(identity)
        server.answer_next("InitiateAuth", "too_many_requests", times=200)
        with pytest.raises(Unavailable):
            identity.pass_without_code(asked.state)
        server.begin()
        assert challenged(identity).name == "SOFTWARE_TOKEN_MFA"

    def test_who_is_signed_in_proves_it_by_password_and_code(
        self, identity: CognitoProvider, ann: str, totp: pyotp.TOTP
    ) -> None:
        state = identity.check_password(ann, PASSWORD)
        assert state
        with pytest.raises(CodeMismatch):
            identity.check_code(state, "000000")
        identity.check_code(state, totp.now())

    def test_it_is_on_from_its_first_right_code(self, identity: CognitoProvider, ann: str) -> None:
        access = signed_in(identity).access
        with pytest.raises(NoTotpBegun):
            identity.confirm_totp(ann, access, "123456")
        app = pyotp.TOTP(identity.begin_totp(ann, access))
        with pytest.raises(CodeMismatch):
            identity.confirm_totp(ann, access, app.at(time.time() + 3600))
        assert isinstance(identity.sign_in(EMAIL, PASSWORD), Tokens)
        identity.confirm_totp(ann, access, app.now())
        assert isinstance(identity.sign_in(EMAIL, PASSWORD), Challenge)

    def test_it_goes_off(self, identity: CognitoProvider, ann: str, totp: pyotp.TOTP, server: PoolServer) -> None:
        identity.disable_totp(ann)
        identity.disable_totp(ann)
        identity.disable_totp("nobody")
        server.answer_next("AdminSetUserMFAPreference", "no_totp")
        identity.disable_totp(ann)
        assert signed_in(identity).user_id == ann


class TestAccounts:
    def test_what_the_pool_knows(self, identity: CognitoProvider, ann: str) -> None:
        facts = identity.account(ann)
        assert facts
        assert (facts.user_id, facts.email, facts.has_totp) == (ann, EMAIL, False)
        assert facts.created_at.endswith("Z")
        assert identity.account("nobody") is None
        assert identity.account_id("ANN@example.com") == ann
        assert identity.account_id("nobody@example.com") is None

    def test_an_unconfirmed_user_is_no_account(self, identity: CognitoProvider) -> None:
        user_id = identity.sign_up(EMAIL, PASSWORD)
        assert identity.account(user_id) is None
        assert identity.account_id(EMAIL) is None

    def test_an_account_that_is_there_is_kept(self, identity: CognitoProvider, ann: str) -> None:
        assert identity.create_confirmed(EMAIL, OTHER, ann, replace_password=False) == ann
        assert signed_in(identity).user_id == ann
        assert identity.create_confirmed(EMAIL, OTHER, None, replace_password=True) == ann
        assert signed_in(identity, OTHER).user_id == ann
        with pytest.raises(AccountConflict):
            identity.create_confirmed(EMAIL, OTHER, "other-id", replace_password=False)

    def test_the_pool_chooses_ids(self, identity: CognitoProvider, server: PoolServer) -> None:
        with pytest.raises(IdChosenByPool) as caught:
            identity.create_confirmed(EMAIL, PASSWORD, "chosen", replace_password=False)
        assert (caught.value.status, caught.value.error_code) == (409, "AccountConflict")
        assert "AdminCreateUser" not in server.operations

    def test_an_unconfirmed_user_gives_way(self, identity: CognitoProvider) -> None:
        waiting = identity.sign_up(EMAIL, PASSWORD)
        made = identity.create_confirmed(EMAIL, OTHER, None, replace_password=False)
        assert made != waiting
        assert signed_in(identity, OTHER).user_id == made

    def test_deleting_leaves_nothing_and_may_be_repeated(self, identity: CognitoProvider, ann: str) -> None:
        tokens = signed_in(identity)
        identity.delete(ann)
        identity.delete(ann)
        assert identity.account(ann) is None
        with pytest.raises(InvalidRefreshToken):
            identity.refresh(tokens.refresh)
        with pytest.raises(WrongCredentials):
            identity.sign_in(EMAIL, PASSWORD)


class TestConfiguration:
    def test_a_pool_with_readable_keys_is_accepted(self, identity: CognitoProvider) -> None:
        identity.check_configuration()
        keys = identity.public_keys()
        assert len(keys) == 2
        assert all(set(key) == {"kty", "alg", "use", "kid", "n", "e"} for key in keys)

    def test_keys_that_cannot_be_read_are_refused(self, identity: CognitoProvider, settings: Any) -> None:
        settings.AWS_ENDPOINT_URL = "http://127.0.0.1:9"
        with pytest.raises(ImproperlyConfigured) as caught:
            identity.check_configuration()
        url = f"http://127.0.0.1:9/{settings.COGNITO_USER_POOL_ID}/.well-known/jwks.json"
        assert str(caught.value).startswith(f"COGNITO_USER_POOL_ID: the keys of the pool cannot be read at {url} (")
        assert "\n" not in str(caught.value)
