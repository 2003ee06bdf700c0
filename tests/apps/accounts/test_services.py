from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail

from apps.accounts.errors import AccountConflict, InvalidEmail, InvalidPassword
from apps.accounts.providers.local.registrations import Registration, replace_hash
from apps.accounts.selectors import account_id
from apps.accounts.services import create_confirmed_account

Post = Callable[..., Any]
Rows = Callable[[], list[dict[str, Any]]]


def sign_in(post: Post, email: str, password: str) -> int:
    return int(post("signin", {"email": email, "password": password}).status_code)


def test_a_confirmed_account_can_sign_in_at_once(post: Post) -> None:
    identity = create_confirmed_account("bob@example.com", "a good password")
    assert len(identity) == 36
    assert account_id("BOB@example.com") == identity
    assert sign_in(post, "bob@example.com", "a good password") == 200
    assert mail.outbox == []


def test_the_same_address_again_keeps_the_account(post: Post, rows: Rows, ann: str) -> None:
    before = rows()
    assert create_confirmed_account("ANN@example.com", "another password") == ann
    assert create_confirmed_account("ann@example.com", "another password", ann) == ann
    assert rows() == before


def test_the_password_is_replaced_only_when_asked(post: Post, ann: str) -> None:
    assert create_confirmed_account("ann@example.com", "another password", replace_password=True) == ann
    assert sign_in(post, "ann@example.com", "correct horse battery") == 401
    assert sign_in(post, "ann@example.com", "another password") == 200


@pytest.mark.parametrize("user_id", [None, "viewer-7"])
def test_an_unconfirmed_account_gives_way(post: Post, rows: Rows, user_id: str | None) -> None:
    waiting = post("signup", {"email": "bob@example.com", "password": "their password"}).json()["userSub"]
    identity = create_confirmed_account("bob@example.com", "a good password", user_id)
    assert identity != waiting
    assert identity == user_id or user_id is None
    assert [row["pk"] for row in rows() if row["sk"] == "PROFILE"] == [f"USER#{identity}"]
    assert sign_in(post, "bob@example.com", "their password") == 401


def test_an_unconfirmed_account_of_the_same_id_is_confirmed(post: Post, rows: Rows) -> None:
    waiting = post("signup", {"email": "bob@example.com", "password": "their password"}).json()["userSub"]
    assert create_confirmed_account("bob@example.com", "a good password", waiting) == waiting
    assert [row["confirmed"] for row in rows() if row["sk"] == "PROFILE"] == [True]


def test_the_code_of_an_account_that_gave_way_confirms_nothing(
    post: Post, rows: Rows, mailed_code: Callable[[], str]
) -> None:
    post("signup", {"email": "bob@example.com", "password": "their password"})
    create_confirmed_account("bob@example.com", "a good password")
    before = [row for row in rows() if row["sk"] == "PROFILE"]
    answer = post("signup", {"email": "bob@example.com", "code": mailed_code()})
    assert (answer.status_code, answer.json()["code"]) == (400, "CodeMismatchException")
    assert [row for row in rows() if row["sk"] == "PROFILE"] == before


@pytest.mark.parametrize(("email", "user_id"), [("ann@example.com", "other-id"), ("bob@example.com", "ann-id")])
def test_an_address_or_id_of_another_account_is_a_conflict(rows: Rows, ann: str, email: str, user_id: str) -> None:
    before = rows()
    with pytest.raises(AccountConflict):
        create_confirmed_account(email, "a good password", user_id)
    assert rows() == before


@pytest.mark.parametrize(
    ("email", "password", "error"),
    [("no address", "a good password", InvalidEmail), ("bob@example.com", "password", InvalidPassword)],
)
def test_refused_input_stores_nothing(rows: Rows, email: str, password: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        create_confirmed_account(email, password)
    assert rows() == []


def test_a_waiting_address_has_no_account_yet(post: Post) -> None:
    post("signup", {"email": "bob@example.com", "password": "a good password"})
    assert account_id("bob@example.com") is None
    assert account_id("nobody@example.com") is None


def test_a_password_that_was_changed_meanwhile_is_not_overwritten(rows: Rows, ann: str) -> None:
    stale = Registration(ann, "Ann@Example.com", "scrypt$older", confirmed=True)
    before = rows()
    replace_hash(stale, "scrypt$newer")
    assert rows() == before
