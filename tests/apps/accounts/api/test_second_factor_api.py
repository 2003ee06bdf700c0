from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from apps.accounts.qr import totp_setup

Call = Callable[..., Any]
PATH = "/auth/mfa/totp"


def test_beginning_answers_the_secret_in_three_forms_and_begins_anew_each_time(call: Call, token: str) -> None:
    first, second = (call("POST", PATH, {}, token).json() for _ in range(2))
    assert first == totp_setup(first["secret"], "Ann@Example.com")
    assert first["secret"] != second["secret"]


@pytest.mark.parametrize("body", [{}, {"code": ""}, {"code": 123456}, {"code": None}, {"code": "1" * 65}])
def test_confirming_takes_a_code(call: Call, token: str, body: dict[str, Any]) -> None:
    call("POST", PATH, {}, token)
    answer = call("POST", f"{PATH}/confirm", body, token)
    assert answer.status_code == 400
    assert [detail["path"] for detail in answer.json()["details"]] == ["code"]


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({}, "password"),
        ({"code": "123456"}, "password"),
        ({"password": "x", "code": "123456", "recoveryCode": "abcd"}, "recoveryCode"),
        ({"password": ["x"]}, "password"),
    ],
)
def test_switching_off_takes_the_password_and_one_code(
    call: Call, token: str, body: dict[str, Any], wrong: str
) -> None:
    answer = call("DELETE", PATH, body, token)
    assert answer.status_code == 400
    assert [detail["path"] for detail in answer.json()["details"]] == [wrong]


def test_switching_off_what_is_not_on(call: Call, token: str) -> None:
    answer = call("DELETE", PATH, {"password": "correct horse battery"}, token)
    assert (answer.status_code, answer.json()) == (200, {"message": "The second factor is off."})
