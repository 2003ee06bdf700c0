from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any

import pyotp
import pytest
import time_machine
from django.core import mail

from apps.accounts.qr import totp_setup
from tests.apps.accounts.api.asking import CODE, NEW_PASSWORD, SECRET
from tests.apps.accounts.api.conftest import CREDENTIALS, Browser

Call = Callable[..., Any]
Rows = Callable[[], list[dict[str, Any]]]
PASSWORD = CREDENTIALS["password"]
FORGED = {
    "userId": "root",
    "user_id": "root",
    "sub": "root",
    "confirmed": True,
    "groups": ["admin"],
    "passwordHash": "x",
    "caller": "x",
    "login": "root",
}


def paths(answer: Any) -> list[str]:
    return [detail["path"] for detail in answer.json()["details"]]


@pytest.mark.parametrize(
    ("body", "missing"),
    [
        ({}, ["username", "password"]),
        ({"password": PASSWORD}, ["username"]),
        ({"username": "", "email": None, "password": PASSWORD}, ["username"]),
        ({"username": " ", "password": PASSWORD}, ["username"]),
        ({"email": " ", "password": PASSWORD}, ["username"]),
        ({"username": "\t", "email": "\n", "password": PASSWORD}, ["username"]),
        ({"username": "ann"}, ["password"]),
        ({"email": "ann@example.com", "password": ""}, ["password"]),
    ],
)
def test_the_plain_sign_in_names_what_is_missing(call: Call, body: dict[str, Any], missing: list[str]) -> None:
    answer = call("POST", "/auth/login", body)
    assert answer.status_code == 400
    assert answer.json()["error"] == answer.json()["message"] == "Email and password are required"
    assert answer.json()["code"] == "InvalidParameterException"
    assert paths(answer) == missing


@pytest.mark.parametrize("unused", ["", None])
def test_the_plain_sign_in_takes_one_name(call: Call, ann: str, unused: Any) -> None:
    assert call("POST", "/auth/login", {**CREDENTIALS, "username": unused}).status_code == 200
    both = call("POST", "/auth/login", {**CREDENTIALS, "username": "ann"})
    assert both.status_code == 400
    assert paths(both) == ["username"]


@pytest.mark.parametrize("name", ["signin", "login"])
@pytest.mark.parametrize("restore", ["true", "false", 1, 0, None, [], {}])
def test_restore_is_true_or_false(call: Call, rows: Rows, ann: str, name: str, restore: Any) -> None:
    before = rows()
    answer = call("POST", f"/auth/{name}", {**CREDENTIALS, "restore": restore})
    assert answer.status_code == 400
    assert paths(answer) == ["restore"]
    assert rows() == before


def test_restore_takes_a_deletion_back(call: Call, token: str) -> None:
    assert call("DELETE", "/user", {"password": PASSWORD}, token).status_code == 200
    for body in (CREDENTIALS, {**CREDENTIALS, "restore": False}):
        refused = call("POST", "/auth/signin", body)
        assert (refused.status_code, refused.json()["code"]) == (403, "AccountDeletionPending")
        assert paths(refused) == ["restore"]
    assert call("POST", "/auth/signin", {**CREDENTIALS, "restore": True}).status_code == 200
    assert call("POST", "/auth/signin", CREDENTIALS).status_code == 200


@pytest.mark.parametrize("name", ["signin", "login"])
def test_members_that_no_sign_in_has_change_nothing(call: Call, rows: Rows, ann: str, name: str) -> None:
    before = {row["sk"]: row for row in rows() if row["sk"] in ("PROFILE", "ACCOUNT")}
    answer = call("POST", f"/auth/{name}", {**CREDENTIALS, **FORGED})
    assert answer.status_code == 200
    stored = rows()
    assert {row["sk"]: row for row in stored if row["sk"] in ("PROFILE", "ACCOUNT")} == before
    assert [row for row in stored if "root" in str(row) or "admin" in str(row)] == []


@pytest.mark.parametrize("name", ["resend", "forgot"])
@pytest.mark.parametrize("body", [{}, {"email": ""}, {"email": None}, {"email": 7}, {"email": "no address"}])
def test_asking_for_a_code_takes_an_address(call: Call, rows: Rows, name: str, body: dict[str, Any]) -> None:
    answer = call("POST", f"/auth/{name}", body)
    assert answer.status_code == 400
    assert paths(answer) == ["email"]
    assert (rows(), mail.outbox) == ([], [])


@pytest.mark.parametrize("missing", ["email", "code", "password"])
def test_a_reset_takes_three_fields(call: Call, missing: str) -> None:
    body = {"email": "ann@example.com", "code": "123456", "password": "quite another horse"}
    answer = call("POST", "/auth/reset", {name: value for name, value in body.items() if name != missing})
    assert answer.status_code == 400
    assert paths(answer) == [missing]


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({"code": "123456"}, ["session"]),
        ({"session": "", "code": "123456"}, ["session"]),
        ({"session": 1, "code": "123456"}, ["session"]),
        ({"session": "x" * 8193}, ["session"]),
        ({"session": "x", "code": "123456", "newPassword": "y"}, ["newPassword"]),
        ({"session": "x", "code": "1" * 65}, ["code"]),
    ],
)
def test_what_is_no_answer_to_a_challenge(call: Call, body: dict[str, Any], wrong: list[str]) -> None:
    answer = call("POST", "/auth/challenge", body)
    assert answer.status_code == 400
    assert paths(answer) == wrong


def test_a_newcomer_of_a_pool_sets_a_password_and_a_second_factor(
    call: Call, rows: Rows, asking_provider: None
) -> None:
    asked = call("POST", "/auth/signin", {"email": "new@example.com", "password": "first"}).json()
    assert asked["challengeName"] == asked["ChallengeName"] == "NEW_PASSWORD_REQUIRED"
    assert sorted(asked) == ["ChallengeName", "Session", "challengeName", "session"]
    set_up = call("POST", "/auth/challenge", {"session": asked["session"], "newPassword": NEW_PASSWORD}).json()
    assert (set_up["challengeName"], "secret" in set_up) == ("MFA_SETUP", False)
    shown = call("POST", "/auth/challenge", {"session": set_up["session"], "challengeName": "ignored"}).json()
    assert shown["challengeName"] == "MFA_SETUP"
    assert shown["session"] == shown["Session"] != set_up["session"]
    assert {name: shown[name] for name in ("secret", "otpauthUri", "qrCode")} == totp_setup(SECRET, "new@example.com")
    assert [row["sk"] for row in rows() if row["sk"].startswith("SESSION#")] == []
    entered = call("POST", "/auth/challenge", {"session": shown["session"], "code": CODE})
    assert entered.status_code == 200
    assert entered.json()["email"] == "new@example.com"
    assert [row["sk"] for row in rows() if row["sk"].startswith("SESSION#")] == ["SESSION#session-1"]


def test_the_plain_sign_in_signs_a_browser_in(browser: Browser, ann: str) -> None:
    answer = browser.send("POST", "/auth/login", CREDENTIALS)
    assert answer.status_code == 200
    assert answer.cookies["movierec_access"]["httponly"] is True
    assert browser.client.get("/auth/user").status_code == 200


def test_a_browser_is_signed_in_after_the_challenge_only(call: Call, browser: Browser, token: str) -> None:
    with time_machine.travel(1_900_000_000, tick=False) as clock:
        token = call("POST", "/auth/signin", CREDENTIALS).json()["accessToken"]
        secret = call("POST", "/auth/mfa/totp", {}, token).json()["secret"]
        app = pyotp.TOTP(secret)
        assert call("POST", "/auth/mfa/totp/confirm", {"code": app.now()}, token).status_code == 200
        clock.shift(30)
        asked = browser.send("POST", "/auth/signin", CREDENTIALS)
        assert asked.status_code == 200
        assert not browser.is_signed_in
        found = re.search(r"gAAAA[\w=-]+", html.unescape(asked.content.decode()))
        assert found
        answer = browser.send("POST", "/auth/challenge", {"session": found.group(), "code": app.now()})
        assert answer.status_code == 200
        assert answer["Cache-Control"] == "private, no-store"
        assert answer.cookies["movierec_access"]["samesite"] == "Strict"
        assert browser.client.get("/auth/user").status_code == 200
