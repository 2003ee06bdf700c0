from __future__ import annotations

import string
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from apps.accounts import usernames
from apps.accounts.errors import UsernameTaken
from apps.accounts.models import Profile
from apps.accounts.services import confirm, create_confirmed_account, sign_up
from apps.accounts.usernames import InvalidUsername, address_behind, check_username, claim, forget, grant_wish, wish
from movierec.api.errors import Unauthorized, Unavailable

Rows = Callable[[], list[dict[str, Any]]]

ALLOWED = string.ascii_letters + string.digits + "._-"


@pytest.fixture
def bob(tables: None, cheap_scrypt: None) -> str:
    return create_confirmed_account("bob@example.com", "correct horse battery", "bob-id")


def claims(rows: Rows) -> list[dict[str, Any]]:
    return [row for row in rows() if row["pk"].startswith("USERNAME#")]


def shown(user_id: str) -> str | None:
    row = Profile.get_row(f"USER#{user_id}", "PROFILE")
    assert row
    return row.get("username")


@given(st.text(ALLOWED, min_size=3, max_size=30))
def test_letters_digits_dots_underscores_and_hyphens_are_taken(name: str) -> None:
    check_username(name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "ab",
        "a" * 31,
        "a b",
        "ann@example.com",
        "änn",
        "ann\n",
        "\uff41\uff4e\uff4e",
        "ann\0",
        "ann/1",
        "a" * 100_000,
    ],
)
def test_other_texts_are_refused(name: str) -> None:
    with pytest.raises(InvalidUsername) as caught:
        check_username(name)
    assert caught.value.details == [
        {"path": "username", "message": "Use 3 to 30 of the letters A to Z, digits, dots, underscores and hyphens."}
    ]


def test_a_name_leads_to_the_address_however_it_is_written(ann: str) -> None:
    claim(ann, "Ann@Example.com", "Ann.B")
    assert [address_behind(name) for name in ("Ann.B", "ann.b", "ANN.B")] == ["Ann@Example.com"] * 3


@pytest.mark.parametrize(
    ("login", "reads"),
    [("nobody", ["GetItem"]), ("ann@example.com", []), ("", []), ("x" * 5000, []), ("not a name", [])],
)
def test_whatever_is_nobodys_name_stays_as_it_is(operations: list[str], login: str, reads: list[str]) -> None:
    assert address_behind(login) == login
    assert operations == reads


def test_a_claim_shows_in_the_profile(ann: str, rows: Rows) -> None:
    claim(ann, "Ann@Example.com", "Ann.B")
    assert claims(rows) == [{"pk": "USERNAME#ann.b", "sk": "ACCOUNT", "userId": "ann-id", "email": "Ann@Example.com"}]
    assert shown(ann) == "Ann.B"


def test_a_new_name_frees_the_old_one(ann: str, bob: str, rows: Rows) -> None:
    claim(ann, "Ann@Example.com", "first")
    claim(ann, "Ann@Example.com", "second")
    claim(bob, "bob@example.com", "first")
    assert [(row["pk"], row["userId"]) for row in claims(rows)] == [
        ("USERNAME#first", "bob-id"),
        ("USERNAME#second", "ann-id"),
    ]
    assert (shown(ann), shown(bob)) == ("second", "first")


def test_the_same_name_in_other_letters_is_no_other_name(ann: str, rows: Rows) -> None:
    claim(ann, "Ann@Example.com", "annie")
    claim(ann, "Ann@Example.com", "Annie")
    assert [row["pk"] for row in claims(rows)] == ["USERNAME#annie"]
    assert shown(ann) == "Annie"


def test_none_removes_the_name(ann: str, rows: Rows) -> None:
    claim(ann, "Ann@Example.com", "annie")
    claim(ann, "Ann@Example.com", None)
    assert claims(rows) == []
    assert shown(ann) is None
    claim(ann, "Ann@Example.com", None)
    assert shown(ann) is None


def test_anothers_name_is_refused_and_nothing_changes(ann: str, bob: str, rows: Rows) -> None:
    claim(bob, "bob@example.com", "Taken")
    claim(ann, "Ann@Example.com", "annie")
    before = rows()
    with pytest.raises(UsernameTaken):
        claim(ann, "Ann@Example.com", "tAKEN", also=[Profile.display_name.set("Ann")])
    assert rows() == before


def test_an_invalid_name_is_refused_before_anything_is_asked(ann: str, operations: list[str]) -> None:
    operations.clear()
    with pytest.raises(InvalidUsername):
        claim(ann, "Ann@Example.com", "no")
    assert operations == []


def test_an_account_that_is_gone_gets_no_name(tables: None, rows: Rows) -> None:
    with pytest.raises(Unauthorized):
        claim("gone", "gone@example.com", "ghost")
    assert rows() == []


def test_a_person_of_a_pool_gets_a_profile_by_the_first_name(tables: None, rows: Rows, settings: Any) -> None:
    settings.IDENTITY_PROVIDER = "cognito"
    claim("pool-id", "cara@example.com", "cara")
    assert rows() == [
        {"pk": "USER#pool-id", "sk": "PROFILE", "username": "cara"},
        {"pk": "USERNAME#cara", "sk": "ACCOUNT", "userId": "pool-id", "email": "cara@example.com"},
    ]


@pytest.mark.usefixtures("atomic_requests")
def test_of_people_who_claim_a_name_at_once_one_gets_it(tables: None, cheap_scrypt: None, rows: Rows) -> None:
    people = [
        create_confirmed_account(f"p{number}@example.com", "correct horse battery", f"p{number}") for number in range(8)
    ]

    def won(user_id: str) -> bool:
        try:
            claim(user_id, f"{user_id}@example.com", "wanted")
        except UsernameTaken:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        outcomes = dict(zip(people, pool.map(won, people), strict=True))
    (winner,) = [user_id for user_id, outcome in outcomes.items() if outcome]
    assert [row["userId"] for row in claims(rows)] == [winner]
    assert [user_id for user_id in people if shown(user_id)] == [winner]


@pytest.mark.usefixtures("atomic_requests")
def test_names_that_one_person_claims_at_once_leave_no_claim_behind(ann: str, rows: Rows) -> None:
    def try_claim(name: str) -> None:
        try:
            claim(ann, "Ann@Example.com", name)
        except Unavailable:
            return

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(try_claim, ["one-name", "two-name", "three-name", "four-name"]))
    assert [row["pk"] for row in claims(rows)] == [f"USERNAME#{shown(ann)}"]


def test_someone_who_is_never_fast_enough_is_told_to_try_again(ann: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(usernames, "TRIES", 0)
    with pytest.raises(Unavailable):
        claim(ann, "Ann@Example.com", "annie")


def test_a_wish_is_granted_when_the_code_is_right(
    tables: None, cheap_scrypt: None, mailed_code: Callable[[], str], rows: Rows
) -> None:
    sign_up(email="Cara@example.com", password="correct horse battery", username="Cara")
    assert claims(rows) == []
    confirm(email="cara@example.com", code=mailed_code())
    (claimed,) = claims(rows)
    assert claimed["pk"] == "USERNAME#cara"
    assert shown(claimed["userId"]) == "Cara"
    assert [row for row in rows() if row["sk"] == "WISH"] == []


def test_a_wish_that_another_was_granted_meanwhile_leaves_the_account_without(ann: str, bob: str, rows: Rows) -> None:
    wish("Ann@Example.com", "wanted")
    claim(bob, "bob@example.com", "wanted")
    grant_wish("ann@example.com", ann)
    assert shown(ann) is None
    assert [row["userId"] for row in claims(rows)] == ["bob-id"]
    assert [row for row in rows() if row["sk"] == "WISH"] == []


def test_a_wish_expires_with_the_registration(ann: str, rows: Rows, settings: Any) -> None:
    with time_machine.travel(1_800_000_000, tick=False) as clock:
        wish("Ann@Example.com", "annie")
        kept = [row for row in rows() if row["sk"] == "WISH"]
        assert kept == [
            {"pk": "EMAIL#ann@example.com", "sk": "WISH", "username": "annie", "expiresAt": 1_800_000_000 + 24 * 3600}
        ]
        clock.shift(settings.UNCONFIRMED_SECONDS)
        grant_wish("Ann@Example.com", ann)
    assert shown(ann) is None
    assert claims(rows) == []


def test_a_sign_up_without_a_name_forgets_the_wish_of_the_one_before(ann: str, rows: Rows) -> None:
    wish("Ann@Example.com", "annie")
    wish("ann@example.com", None)
    grant_wish("Ann@Example.com", ann)
    assert shown(ann) is None
    assert [row for row in rows() if row["sk"] == "WISH"] == []


@pytest.mark.parametrize(("name", "write"), [("annie", "PutItem"), (None, "DeleteItem")])
@pytest.mark.parametrize("email", ["Ann@Example.com", "nobody@example.com"])
def test_a_wish_costs_one_write_whoever_has_the_address(
    ann: str, operations: list[str], email: str, name: str | None, write: str
) -> None:
    operations.clear()
    wish(email, name)
    assert operations == [write]


def test_a_forgotten_name_is_free_and_anothers_stays(ann: str, bob: str, rows: Rows) -> None:
    claim(ann, "Ann@Example.com", "wanted")
    forget(ann)
    claim(bob, "bob@example.com", "wanted")
    forget(ann)
    assert [(row["pk"], row["userId"]) for row in claims(rows)] == [("USERNAME#wanted", "bob-id")]
