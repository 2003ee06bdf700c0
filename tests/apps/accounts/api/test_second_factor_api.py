from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pyotp
import pytest
import time_machine
from botocore.exceptions import EndpointConnectionError

from apps.accounts import recovery
from apps.accounts.errors import CodeMismatch
from apps.accounts.qr import totp_setup
from movierec.dynamo.connection import shared_connection
from tests.apps.accounts.api.conftest import CREDENTIALS

Call = Callable[..., Any]
PATH = "/auth/mfa/totp"
NOW = 1_800_000_000


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    """The clock at NOW; it stands still unless it is moved."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


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


# New recovery codes.

CODES = "/auth/mfa/recovery-codes"
PASSWORD = CREDENTIALS["password"]


@pytest.fixture
def app(call: Call, token: str) -> pyotp.TOTP:
    """An authenticator app with the secret that is to be confirmed."""
    return pyotp.TOTP(call("POST", PATH, {}, token).json()["secret"])


@pytest.fixture
def old_codes(clock: time_machine.Traveller, app: pyotp.TOTP, call: Call, token: str) -> list[str]:
    """The recovery codes of a second factor that was switched on a minute ago."""
    codes: list[str] = call("POST", f"{PATH}/confirm", {"code": app.at(NOW)}, token).json()["recoveryCodes"]
    clock.move_to(NOW + 60)
    return codes


def are_good(codes: list[str]) -> list[bool]:
    """Which of ann's codes are good; they are spent by it."""
    return [is_good(code) for code in codes]


def is_good(code: str) -> bool:
    try:
        recovery.use("ann-id", code)
    except CodeMismatch:
        return False
    return True


@pytest.mark.parametrize("by", ["code", "recoveryCode"])
def test_ten_new_codes_take_the_place_of_the_old_ones(
    call: Call, token: str, app: pyotp.TOTP, old_codes: list[str], by: str
) -> None:
    given = app.at(NOW + 60) if by == "code" else old_codes[0]
    answer = call("POST", CODES, {"password": PASSWORD, by: given}, token)
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    assert sorted(answer.json()) == ["message", "recoveryCodes"]
    new_codes = answer.json()["recoveryCodes"]
    assert len(set(new_codes)) == 10
    assert call("GET", PATH, token=token).json() == {"enabled": True, "recoveryCodesLeft": 10}
    assert are_good(old_codes) == [False] * 10
    assert are_good(new_codes) == [True] * 10


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, (400, "InvalidParameterException")),
        ({"code": "123456"}, (400, "InvalidParameterException")),
        ({"password": PASSWORD, "code": "123456", "recoveryCode": "abcd"}, (400, "InvalidParameterException")),
        ({"password": PASSWORD}, (403, "SecondFactorRequired")),
        ({"password": PASSWORD, "code": "no code"}, (400, "CodeMismatchException")),
        ({"password": PASSWORD, "recoveryCode": "abcd-efgh-ijkl-mnop"}, (400, "CodeMismatchException")),
        ({"password": "wrong password"}, (403, "NotAuthorizedException")),
    ],
)
def test_whoever_is_not_the_owner_gets_no_codes(
    call: Call, token: str, old_codes: list[str], body: dict[str, str], expected: tuple[int, str]
) -> None:
    answer = call("POST", CODES, body, token)
    assert (answer.status_code, answer.json()["code"]) == expected
    assert are_good(old_codes) == [True] * 10


def test_a_wrong_password_spends_no_recovery_code(call: Call, token: str, old_codes: list[str]) -> None:
    answer = call("POST", CODES, {"password": "wrong password", "recoveryCode": old_codes[0]}, token)
    assert answer.status_code == 403
    assert are_good(old_codes) == [True] * 10


def test_there_are_none_while_the_second_factor_is_off(
    call: Call, token: str, app: pyotp.TOTP, rows: Callable[[], list[dict[str, Any]]]
) -> None:
    before = rows()
    answer = call("POST", CODES, {"password": PASSWORD}, token)
    assert (answer.status_code, answer.json()["code"]) == (409, "SecondFactorNotBegun")
    assert rows() == before


def test_nobody_gets_any_without_signing_in(call: Call, ann: str) -> None:
    assert call("POST", CODES, {"password": PASSWORD}).status_code == 401


def test_where_dynamodb_failed_before_the_first_codes_they_are_got_by_the_next_code(
    call: Call, token: str, app: pyotp.TOTP, clock: time_machine.Traveller
) -> None:
    def fail(**_: Any) -> None:
        raise EndpointConnectionError(endpoint_url="https://dynamodb.eu-north-1.amazonaws.com")

    events = shared_connection().client.meta.events
    events.register("before-call.dynamodb.TransactWriteItems", fail)
    assert call("POST", f"{PATH}/confirm", {"code": app.at(NOW)}, token).status_code == 503
    events.unregister("before-call.dynamodb.TransactWriteItems", fail)
    assert call("GET", PATH, token=token).json() == {"enabled": True, "recoveryCodesLeft": 0}
    again = call("POST", f"{PATH}/confirm", {"code": app.at(NOW)}, token)
    assert (again.status_code, again.json()["code"]) == (409, "SecondFactorAlreadyOn")
    clock.move_to(NOW + 60)
    answer = call("POST", CODES, {"password": PASSWORD, "code": app.at(NOW + 60)}, token)
    assert answer.status_code == 200
    assert are_good(answer.json()["recoveryCodes"]) == [True] * 10
