from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pyotp
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from apps.accounts.errors import ChallengeExpired
from apps.accounts.providers.interface import Challenge
from apps.accounts.providers.local import registrations, states
from apps.accounts.providers.local.provider import LocalProvider
from apps.accounts.providers.local.tokens import issue_access_token

EMAIL = "ann@example.com"
PASSWORD = "correct horse battery"
Rows = Callable[[], list[dict[str, Any]]]
provider = LocalProvider()


def access_token(user_id: str) -> str:
    return issue_access_token(user_id, email=EMAIL, session_id="session-1")


def switch_on(user_id: str) -> None:
    provider.confirm_totp(user_id, "", pyotp.TOTP(provider.begin_totp(user_id, "")).now())


@pytest.fixture
def state(ann: str) -> str:
    """The state behind Ann's password; her second factor is on."""
    switch_on(ann)
    outcome = provider.sign_in(EMAIL, PASSWORD)
    assert isinstance(outcome, Challenge)
    return outcome.state


def test_a_state_names_its_account_and_no_hash(state: str, ann: str) -> None:
    account = registrations.by_id(ann)
    assert account is not None
    assert provider.challenged_user(state) == ann
    assert account.password_hash not in state
    assert str(account.totp_secret) not in state


def test_who_gave_a_recovery_code_is_signed_in(state: str, ann: str) -> None:
    tokens = provider.pass_without_code(state)
    assert provider.claims(tokens.access).user_id == ann


def another_password(ann: str) -> None:
    provider.change_password(ann, access_token(ann), PASSWORD, "another password")


def no_second_factor(ann: str) -> None:
    provider.disable_totp(ann)


def another_second_factor(ann: str) -> None:
    provider.disable_totp(ann)
    switch_on(ann)


@pytest.mark.parametrize("change", [another_password, no_second_factor, another_second_factor])
def test_a_change_of_password_or_second_factor_ends_it(
    state: str, ann: str, rows: Rows, change: Callable[[str], None]
) -> None:
    change(ann)
    before = rows()
    for use in (
        lambda: provider.answer("SOFTWARE_TOKEN_MFA", state, "000000"),
        lambda: provider.pass_without_code(state),
        lambda: provider.challenged_user(state),
        lambda: provider.check_code(state, "000000"),
    ):
        with pytest.raises(ChallengeExpired):
            use()
    assert rows() == before


def test_other_challenges_are_never_ours(state: str) -> None:
    with pytest.raises(ChallengeExpired):
        provider.answer("NEW_PASSWORD_REQUIRED", state, "a good password")


def test_a_state_of_one_account_is_none_of_another(state: str, ann: str) -> None:
    account = registrations.by_id(ann)
    assert account is not None
    other = states.state_of(replace(account, user_id="bob-id"))
    with pytest.raises(ChallengeExpired):
        states.account_behind(other.replace("bob-id", ann))


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(st.text(), st.just("."), st.text().map(lambda text: f"{text}.ann-id")))
def test_any_other_text_is_expired(ann: str, text: str) -> None:
    with pytest.raises(ChallengeExpired):
        states.account_behind(text)
