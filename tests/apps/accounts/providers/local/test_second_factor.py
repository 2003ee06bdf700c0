from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pyotp
import pytest
import time_machine

from apps.accounts.errors import CodeMismatch, NoTotpBegun, UnreadableSecondFactor, WrongPassword
from apps.accounts.models import Account
from apps.accounts.providers.interface import Challenge, Tokens
from apps.accounts.providers.local import registrations, second_factor
from apps.accounts.providers.local.provider import LocalProvider
from movierec.api.errors import Unauthorized

EMAIL = "ann@example.com"
PASSWORD = "correct horse battery"
NOW = 1_800_000_000
STEP = NOW // 30
Rows = Callable[[], list[dict[str, Any]]]
provider = LocalProvider()


def code_of(secret: str, at: int = NOW) -> str:
    return pyotp.TOTP(secret).at(at)


def profile() -> dict[str, Any]:
    row = Account.get_row("USER#ann-id", "PROFILE")
    assert row is not None
    return row


@pytest.fixture
def secret(ann: str) -> str:
    """The TOTP secret of Ann, switched on at NOW by that moment's code."""
    with time_machine.travel(NOW, tick=False):
        secret = provider.begin_totp(ann, "")
        provider.confirm_totp(ann, "", code_of(secret))
    return secret


def asked() -> str:
    """The state behind Ann's password."""
    outcome = provider.sign_in(EMAIL, PASSWORD)
    assert isinstance(outcome, Challenge)
    assert (outcome.name, outcome.secret) == ("SOFTWARE_TOKEN_MFA", None)
    return outcome.state


def answer(state: str, code: str | None, at: int = NOW + 30) -> Any:
    with time_machine.travel(at, tick=False):
        return provider.answer("SOFTWARE_TOKEN_MFA", state, code)


def test_a_secret_counts_only_once_it_is_confirmed(ann: str) -> None:
    provider.begin_totp(ann, "")
    assert isinstance(provider.sign_in(EMAIL, PASSWORD), Tokens)
    assert provider.check_password(ann, PASSWORD) is None
    facts = provider.account(ann)
    assert facts is not None
    assert facts.has_totp is False


@time_machine.travel(NOW, tick=False)
def test_a_wrong_first_code_switches_nothing_on(ann: str) -> None:
    secret = provider.begin_totp(ann, "")
    before = profile()
    with pytest.raises(CodeMismatch):
        provider.confirm_totp(ann, "", code_of(secret, NOW + 90))
    assert profile() == before


def test_confirming_what_was_not_begun(ann: str) -> None:
    before = profile()
    for user_id in (ann, "nobody"):
        with pytest.raises(NoTotpBegun):
            provider.confirm_totp(user_id, "", "123456")
    assert profile() == before


def test_nobody_without_an_account_begins(tables: None, rows: Rows) -> None:
    with pytest.raises(Unauthorized):
        provider.begin_totp("nobody", "")
    assert rows() == []


def test_the_secret_lies_sealed_and_moves_when_it_is_confirmed(ann: str, rows: Rows) -> None:
    with time_machine.travel(NOW, tick=False):
        secret = provider.begin_totp(ann, "")
        pending = profile()["totpPending"]
        assert secret not in str(rows())
        provider.confirm_totp(ann, "", code_of(secret))
    row = profile()
    assert (row["totpSecret"], row["totpStep"]) == (pending, STEP)
    assert "totpPending" not in row
    assert secret not in str(rows())


def test_a_second_set_up_leaves_the_one_in_force(secret: str) -> None:
    other = provider.begin_totp("ann-id", "")
    assert other != secret
    with pytest.raises(CodeMismatch):
        answer(asked(), code_of(other, NOW + 30))
    assert isinstance(answer(asked(), code_of(secret, NOW + 30)), Tokens)


def test_the_password_and_a_code_sign_in(secret: str, ann: str) -> None:
    tokens = answer(asked(), code_of(secret, NOW + 30))
    assert (tokens.user_id, tokens.email) == (ann, "Ann@Example.com")
    with time_machine.travel(NOW + 30, tick=False):
        assert provider.claims(tokens.access).session_id == tokens.session_id
    facts = provider.account(ann)
    assert facts is not None
    assert facts.has_totp is True


def test_a_wrong_password_is_told_nothing_about_a_second_factor(secret: str) -> None:
    with pytest.raises(Unauthorized) as caught:
        provider.sign_in(EMAIL, "wrong password")
    assert caught.value.sentence == "Invalid email or password"


@pytest.mark.parametrize("code", [None, "", "000000", "abcdef"])
def test_a_wrong_code_stores_nothing(secret: str, rows: Rows, code: str | None) -> None:
    state, before = asked(), rows()
    with pytest.raises(CodeMismatch):
        answer(state, code)
    assert rows() == before


def test_the_code_that_switched_it_on_is_used(secret: str) -> None:
    with pytest.raises(CodeMismatch):
        answer(asked(), code_of(secret), at=NOW)


def test_a_code_is_taken_once(secret: str, rows: Rows) -> None:
    state, code = asked(), code_of(secret, NOW + 30)
    answer(state, code)
    before = rows()
    with pytest.raises(CodeMismatch):
        answer(state, code)
    with pytest.raises(CodeMismatch):
        answer(asked(), code, at=NOW + 60)
    assert rows() == before


def test_a_code_older_than_the_last_one_is_not_taken(secret: str) -> None:
    answer(asked(), code_of(secret, NOW + 60))
    with pytest.raises(CodeMismatch):
        answer(asked(), code_of(secret, NOW + 30))


def test_parallel_use_of_one_code_has_one_winner(secret: str, rows: Rows, atomic_requests: None) -> None:
    state, code = asked(), code_of(secret, NOW + 30)

    def won(_: int) -> bool:
        try:
            return isinstance(provider.answer("SOFTWARE_TOKEN_MFA", state, code), Tokens)
        except CodeMismatch:
            return False

    with time_machine.travel(NOW + 30, tick=False), ThreadPoolExecutor(8) as pool:
        assert list(pool.map(won, range(16))).count(True) == 1
    assert len([row for row in rows() if row["sk"].startswith("REFRESH#")]) == 1


def test_parallel_confirmations_have_one_winner(ann: str, atomic_requests: None) -> None:
    def won(_: int) -> bool:
        try:
            provider.confirm_totp(ann, "", code)
        except (CodeMismatch, NoTotpBegun):
            return False
        return True

    with time_machine.travel(NOW, tick=False), ThreadPoolExecutor(8) as pool:
        code = code_of(provider.begin_totp(ann, ""))
        assert list(pool.map(won, range(8))).count(True) == 1


def test_switching_off_removes_both_secrets(secret: str, ann: str) -> None:
    provider.begin_totp(ann, "")
    provider.disable_totp(ann)
    assert not [name for name in profile() if name.startswith("totp")]
    assert isinstance(provider.sign_in(EMAIL, PASSWORD), Tokens)
    before = profile()
    provider.disable_totp(ann)
    assert profile() == before


def test_no_code_is_good_for_an_account_without_a_second_factor(ann: str, rows: Rows) -> None:
    account, before = registrations.by_id(ann), rows()
    assert account is not None
    with pytest.raises(CodeMismatch):
        second_factor.spend(account, "123456")
    assert rows() == before


def test_switching_off_for_nobody_stores_nothing(tables: None, rows: Rows) -> None:
    provider.disable_totp("nobody")
    assert rows() == []


def test_a_signed_in_person_is_asked_for_password_and_code(secret: str, ann: str) -> None:
    with pytest.raises(WrongPassword):
        provider.check_password(ann, "wrong password")
    state = provider.check_password(ann, PASSWORD)
    assert state is not None
    with time_machine.travel(NOW + 30, tick=False):
        with pytest.raises(CodeMismatch):
            provider.check_code(state, "000000")
        provider.check_code(state, code_of(secret, NOW + 30))
        with pytest.raises(CodeMismatch):
            provider.check_code(state, code_of(secret, NOW + 30))


def test_a_secret_copied_into_another_account_opens_nothing(secret: str, ann: str) -> None:
    bob = provider.create_confirmed("bob@example.com", PASSWORD, "bob-id", replace_password=False)
    stolen = profile()["totpSecret"]
    Account("USER#bob-id", "PROFILE").update([Account.totp_secret.set(stolen), Account.totp_step.set(0)])
    state = provider.check_password(bob, PASSWORD)
    assert state is not None
    with time_machine.travel(NOW + 30, tick=False), pytest.raises(UnreadableSecondFactor):
        provider.check_code(state, code_of(secret, NOW + 30))


def test_what_an_older_key_sealed_is_sealed_by_todays_when_it_is_used(
    secret: str, settings: Any, operations: list[str]
) -> None:
    first, sealed = settings.SECRET_KEY, profile()["totpSecret"]
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "second" * 10, [first]
    state = asked()
    operations.clear()
    entered = answer(state, code_of(secret, NOW + 30))
    assert operations.count("UpdateItem") == 1
    assert profile()["totpSecret"] != sealed
    assert provider.still_proves(entered)
    # By now the first key is gone.
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "third" * 10, ["second" * 10]
    assert isinstance(answer(asked(), code_of(secret, NOW + 60), at=NOW + 60), Tokens)


def test_what_todays_key_sealed_stays_as_it_is(secret: str) -> None:
    sealed = profile()["totpSecret"]
    answer(asked(), code_of(secret, NOW + 30))
    assert profile()["totpSecret"] == sealed


def test_one_whose_key_is_gone_is_told_what_to_do(
    secret: str, settings: Any, rows: Rows, caplog: pytest.LogCaptureFixture
) -> None:
    settings.SECRET_KEY = "another" * 10
    state, before = asked(), rows()
    with pytest.raises(CodeMismatch) as raised:
        answer(state, code_of(secret, NOW + 30))
    assert (raised.value.status, raised.value.error_code, raised.value.sentence) == (
        400,
        "CodeMismatchException",
        "Codes of this second factor can no longer be checked; use a recovery code, and set it up anew.",
    )
    assert "put that key back into SECRET_KEY_FALLBACKS" in caplog.text
    assert rows() == before


def test_a_pending_one_whose_key_is_gone_is_set_up_anew(ann: str, settings: Any) -> None:
    with time_machine.travel(NOW, tick=False):
        secret = provider.begin_totp(ann, "")
        settings.SECRET_KEY = "another" * 10
        with pytest.raises(NoTotpBegun):
            provider.confirm_totp(ann, "", code_of(secret))
