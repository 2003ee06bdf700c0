from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import time_machine

from apps.accounts import passwords, sessions
from apps.accounts.caller import NOBODY
from apps.accounts.errors import InvalidPassword, InvalidRefreshToken, WrongCredentials, WrongPassword
from apps.accounts.models import Account
from apps.accounts.passwords import Cost
from apps.accounts.providers.interface import AccountFacts, Challenge, Claims, SessionKey, Tokens
from apps.accounts.providers.local.provider import LocalProvider
from apps.accounts.providers.local.tokens import issue_access_token

EMAIL = "ann@example.com"
PASSWORD = "correct horse battery"
NOW = 1_800_000_000
Rows = Callable[[], list[dict[str, Any]]]
provider = LocalProvider()


def access_token(user_id: str) -> str:
    return issue_access_token(user_id, email=EMAIL, session_id="session-1")


def signed_in(at: int = NOW) -> Tokens:
    """Ann's tokens, with her session listed."""
    with time_machine.travel(at, tick=False):
        tokens = provider.sign_in(EMAIL, PASSWORD)
        assert isinstance(tokens, Tokens)
        sessions.begin(tokens.user_id, tokens.session_id, NOBODY)
    return tokens


def stored_hash() -> str:
    row = Account.get_row("USER#ann-id", "PROFILE")
    assert row is not None
    return str(row["passwordHash"])


def test_tokens_say_who_signed_in_and_when(ann: str) -> None:
    tokens = signed_in()
    assert (tokens.user_id, tokens.email, tokens.expires_in) == (ann, "Ann@Example.com", 3600)
    with time_machine.travel(NOW + 60, tick=False):
        assert provider.claims(tokens.access) == Claims(ann, tokens.session_id, NOW, "Ann@Example.com")


def test_the_time_of_the_sign_in_stays_through_refreshes(ann: str) -> None:
    tokens = signed_in()
    for at in (NOW + 3600, NOW + 7200):
        with time_machine.travel(at, tick=False):
            tokens = provider.refresh(tokens.refresh)
            assert provider.claims(tokens.access).signed_in_at == NOW


def test_a_refresh_token_of_an_account_that_is_gone_is_refused(ann: str) -> None:
    tokens = signed_in()
    Account("USER#ann-id", "PROFILE").delete()
    with time_machine.travel(NOW, tick=False), pytest.raises(InvalidRefreshToken):
        provider.refresh(tokens.refresh)


def test_revoking_names_the_session(ann: str) -> None:
    tokens = signed_in()
    with time_machine.travel(NOW, tick=False):
        assert provider.revoke(tokens.refresh) == SessionKey(ann, tokens.session_id)
        assert provider.revoke("x") is None


@pytest.mark.parametrize("name", ["nobody@example.com", "a name that nobody has", "", "@", "\x00", "ann-id"])
def test_a_name_without_an_account_is_like_a_wrong_password(ann: str, rows: Rows, name: str) -> None:
    before = rows()
    with pytest.raises(WrongCredentials):
        provider.sign_in(name, PASSWORD)
    assert rows() == before


def test_each_failed_sign_in_costs_one_scrypt(ann: str, monkeypatch: pytest.MonkeyPatch) -> None:
    provider.sign_up("bob@example.com", PASSWORD)
    computed, key = [], passwords._key

    def counted(*arguments: Any) -> bytes:
        computed.append(arguments)
        return key(*arguments)

    monkeypatch.setattr(passwords, "_key", counted)
    for email in (EMAIL, "bob@example.com", "nobody@example.com"):
        computed.clear()
        with pytest.raises(WrongCredentials):
            provider.sign_in(email, "wrong password")
        assert len(computed) == 1


def test_a_hash_of_older_parameters_is_renewed_also_before_a_challenge(
    ann: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    older = stored_hash()
    monkeypatch.setattr(passwords, "COST", Cost(2**6, 8, 1))
    signed_in()
    newer = stored_hash()
    assert newer != older
    assert newer.split("$")[1] == "64"
    signed_in()
    assert stored_hash() == newer
    Account("USER#ann-id", "PROFILE").update([Account.totp_secret.set("sealed")])
    monkeypatch.setattr(passwords, "COST", Cost(2**7, 8, 1))
    outcome = provider.sign_in(EMAIL, PASSWORD)
    assert isinstance(outcome, Challenge)
    assert stored_hash().split("$")[1] == "128"
    assert provider.challenged_user(outcome.state) == ann


def test_the_password_is_changed_by_its_owner(ann: str) -> None:
    provider.change_password(ann, access_token(ann), PASSWORD, "another password")
    with pytest.raises(WrongCredentials):
        provider.sign_in(EMAIL, PASSWORD)
    assert isinstance(provider.sign_in(EMAIL, "another password"), Tokens)


@pytest.mark.parametrize(
    ("user_id", "old", "new", "error"),
    [
        ("ann-id", "wrong password", "another password", WrongPassword),
        ("ann-id", PASSWORD, "password", InvalidPassword),
        ("ann-id", PASSWORD, "x" * 129, InvalidPassword),
        ("nobody", PASSWORD, "another password", WrongPassword),
    ],
)
def test_a_refused_change_stores_nothing(
    ann: str, rows: Rows, user_id: str, old: str, new: str, error: type[Exception]
) -> None:
    before = rows()
    with pytest.raises(error):
        provider.change_password(user_id, access_token(user_id), old, new)
    assert rows() == before


def test_parallel_changes_of_a_password_have_one_winner(ann: str, atomic_requests: None) -> None:
    def won(number: int) -> str | None:
        try:
            provider.change_password(ann, access_token(ann), PASSWORD, f"another password {number}")
        except WrongPassword:
            return None
        return f"another password {number}"

    with ThreadPoolExecutor(8) as pool:
        (winner,) = [password for password in pool.map(won, range(8)) if password]
    assert isinstance(provider.sign_in(EMAIL, winner), Tokens)


def test_a_signed_in_person_is_checked_by_the_password(ann: str, rows: Rows) -> None:
    before = rows()
    assert provider.check_password(ann, PASSWORD) is None
    for user_id, password in ((ann, "wrong password"), ("nobody", PASSWORD)):
        with pytest.raises(WrongPassword):
            provider.check_password(user_id, password)
    assert rows() == before


def test_the_facts_of_an_account(tables: None, cheap_scrypt: None) -> None:
    with time_machine.travel(NOW, tick=False):
        user_id = provider.create_confirmed("Ann@Example.com", PASSWORD, None, replace_password=False)
        waiting = provider.sign_up("bob@example.com", PASSWORD)
    assert provider.account(user_id) == AccountFacts(
        user_id, "Ann@Example.com", "2027-01-15T08:00:00.000Z", has_totp=False
    )
    assert provider.account(waiting) is None
    assert provider.account("nobody") is None


def test_tokens_need_no_revoking_here(ann: str, rows: Rows) -> None:
    before = rows()
    provider.revoke_all(ann)
    assert rows() == before


def test_the_account_its_claim_and_what_lists_it_are_deleted_together_and_nothing_else(
    ann: str, rows: Rows, operations: list[str]
) -> None:
    provider.create_confirmed("bob@example.com", PASSWORD, "bob-id", replace_password=False)
    provider.sign_in("Ann@Example.com", PASSWORD)
    before = rows()
    operations.clear()
    provider.delete(ann)
    assert operations == ["GetItem", "BatchGetItem", "TransactWriteItems"]
    gone = {
        ("USER#ann-id", "PROFILE"),
        ("EMAIL#ann@example.com", "ACCOUNT"),
        ("PEOPLE", "ann@example.com"),
    }
    left = [row for row in before if (row["pk"], row["sk"]) not in gone]
    assert rows() == left
    assert len(left) == len(before) - 3
    assert [row["sk"].partition("#")[0] for row in left if row["pk"] == "USER#ann-id"] == ["REFRESH"]
    provider.delete(ann)
    provider.delete("nobody")
    assert rows() == left
