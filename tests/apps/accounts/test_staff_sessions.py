"""Sessions in the admin end with all that ends a person's sessions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from apps.accounts import deletions, services, staff_sessions
from apps.accounts.caller import NOBODY
from apps.accounts.directory import directory
from apps.accounts.services import Person, Proof
from movierec.switches.values import ReadOnly, Switches
from tests.apps.accounts.conftest import EMAIL, PASSWORD

Post = Callable[..., Any]
NEW = "another one 2"


def enter_admin(user_id: str) -> str:
    return staff_sessions.begin(user_id=user_id, email=EMAIL, groups=("ops",), address="192.0.2.1", device="")


def person(ann: str) -> Person:
    tokens: Any = services.sign_in(login=EMAIL, password=PASSWORD, caller=NOBODY)
    return Person(ann, tokens.session_id, tokens.access, 0)


DEEDS: dict[str, Callable[[Person], Any]] = {
    "password": lambda who: services.change_password(person=who, old=PASSWORD, new=NEW),
    "everywhere": lambda who: services.sign_out_everywhere(person=who),
    "elsewhere": lambda who: services.sign_out_everywhere(person=who, keep_this=True),
    "second factor": lambda who: services.disable_totp(person=who, proof=Proof(PASSWORD)),
    "deletion": lambda who: services.request_deletion(person=who, proof=Proof(PASSWORD)),
}


@pytest.mark.parametrize("deed", DEEDS)
def test_the_owners_deeds_end_the_sessions_in_the_admin(ann: str, deed: str) -> None:
    enter_admin(ann)
    enter_admin("other-id")
    DEEDS[deed](person(ann))
    assert [session.user_id for session in staff_sessions.listed()] == ["other-id"]


def test_a_reset_by_a_mailed_code_ends_them(ann: str, post: Post, mailed_code: Callable[[], str]) -> None:
    enter_admin(ann)
    post("forgot", {"email": EMAIL})
    assert post("reset", {"email": EMAIL, "code": mailed_code(), "password": NEW}).status_code == 200
    assert staff_sessions.listed() == []


def test_who_is_not_in_the_admin_costs_one_query_more(ann: str, operations: list[str]) -> None:
    sent = []
    for begin in (lambda: None, lambda: enter_admin(ann)):
        who = person(ann)
        begin()
        operations.clear()
        DEEDS["everywhere"](who)
        sent.append(list(operations))
    without, with_one = sent
    # Of the admin; the moment that counts, the list and its sessions twice; and the audit's event.
    assert without == ["Query", "UpdateItem", "Query", "BatchWriteItem", "BatchWriteItem", "TransactWriteItems"]
    assert with_one == ["Query", "BatchWriteItem", *without[1:]]


def test_a_made_up_cookie_ends_nothing_and_costs_nothing(ann: str, operations: list[str]) -> None:
    cookie = enter_admin(ann)
    operations.clear()
    staff_sessions.end_behind("ann-id.secret")
    assert operations == []
    staff_sessions.end_behind(cookie)
    assert operations == ["BatchWriteItem"]
    assert staff_sessions.listed() == []


def test_a_forced_reset_does_not_take_the_same_password(
    ann: str, post: Post, mailed_code: Callable[[], str], rows: Callable[[], Any]
) -> None:
    directory().force_reset(ann)
    post("forgot", {"email": EMAIL})
    code = mailed_code()
    response = post("reset", {"email": EMAIL, "code": code, "password": PASSWORD})
    assert (response.status_code, response.json()["code"]) == (400, "InvalidPasswordException")
    assert [each["path"] for each in response.json()["details"]] == ["password"]
    assert directory().groups_of(ann) == ()
    assert [row["resetRequired"] for row in rows() if row["sk"] == "PROFILE"] == [True]
    assert post("reset", {"email": EMAIL, "code": code, "password": NEW}).status_code == 200
    assert post("signin", {"email": EMAIL, "password": NEW}).status_code == 200


def test_without_a_forced_reset_the_same_password_may_stay(
    ann: str, post: Post, mailed_code: Callable[[], str]
) -> None:
    post("forgot", {"email": EMAIL})
    assert post("reset", {"email": EMAIL, "code": mailed_code(), "password": PASSWORD}).status_code == 200


@pytest.mark.parametrize("name", ["signin", "login"])
def test_read_only_mode_takes_no_deletion_back(
    ann: str, post: Post, rows: Callable[[], Any], go_by: Callable[[Switches], None], name: str
) -> None:
    deletions.request(ann)
    go_by(Switches(read_only=ReadOnly(on=True, sentence="We are moving.")))
    before = rows()
    response = post(name, {"email": EMAIL, "password": PASSWORD, "restore": True})
    assert (response.status_code, response.json()["code"]) == (503, "ReadOnly")
    assert rows() == before
