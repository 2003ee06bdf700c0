from __future__ import annotations

from typing import Any

import pytest

from tests.contract.identity.service import ANN, OTHER_PASSWORD, PASSWORD, Identity, coded, wrong

NEVER_A_CODE = "abcd-efgh-ijkl-mnop"


@pytest.fixture
def guarded(identity: Identity) -> tuple[str, str, list[str]]:
    """An access token, the TOTP secret and the recovery codes of an account whose second factor is on."""
    identity.account()
    token = identity.token()
    secret = identity.post("mfa/totp", {}, token).json()["secret"]
    answer = identity.post("mfa/totp/confirm", {"code": identity.app_code(secret)}, token)
    assert answer.status_code == 200, answer.content
    return token, secret, answer.json()["recoveryCodes"]


def challenged(identity: Identity, password: str = PASSWORD) -> str:
    answer = identity.post("signin", {"email": ANN, "password": password})
    body = answer.json()
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    assert body == {
        "challengeName": "SOFTWARE_TOKEN_MFA",
        "session": body["session"],
        "ChallengeName": "SOFTWARE_TOKEN_MFA",
        "Session": body["session"],
    }
    assert PASSWORD not in body["session"]
    return str(body["session"])


def test_setting_it_up(identity: Identity) -> None:
    identity.account()
    token = identity.token()
    assert identity.get("/auth/mfa/totp", token).json() == {"enabled": False, "recoveryCodesLeft": 0}
    begun = identity.post("mfa/totp", {}, token)
    setup = begun.json()
    assert begun.status_code == 200
    assert sorted(setup) == ["otpauthUri", "qrCode", "secret"]
    assert setup["otpauthUri"].startswith(f"otpauth://totp/MovieRec:ann%40example.com?secret={setup['secret']}&")
    assert setup["qrCode"].startswith("data:image/svg+xml;base64,")
    assert identity.can_sign_in(PASSWORD)
    code = identity.app_code(setup["secret"])
    refused = identity.post("mfa/totp/confirm", {"code": wrong(code)}, token)
    assert coded(refused) == (400, "CodeMismatchException")
    assert identity.get("/auth/mfa/totp", token).json()["enabled"] is False
    answer = identity.post("mfa/totp/confirm", {"code": code}, token)
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    assert len(set(answer.json()["recoveryCodes"])) == 10
    assert identity.get("/auth/mfa/totp", token).json() == {"enabled": True, "recoveryCodesLeft": 10}
    assert identity.get("/auth/user", token).json()["mfaEnabled"] is True


def test_it_is_set_up_once(identity: Identity, guarded: tuple[str, str, list[str]]) -> None:
    token, secret, _ = guarded
    assert coded(identity.post("mfa/totp", {}, token)) == (409, "SecondFactorAlreadyOn")
    again = identity.post("mfa/totp/confirm", {"code": identity.app_code(secret)}, token)
    assert coded(again) == (409, "SecondFactorAlreadyOn")


def test_signing_in_takes_the_code(identity: Identity, guarded: tuple[str, str, list[str]]) -> None:
    session = challenged(identity)
    answer = identity.post("challenge", {"session": session, "code": identity.app_code(guarded[1])})
    body = answer.json()
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    assert (body["email"], body["AccessToken"]) == (ANN, body["accessToken"])
    assert identity.is_good(body["accessToken"])
    assert len(identity.get("/auth/sessions", body["accessToken"]).json()["sessions"]) == 2
    assert identity.post("refresh", {"refreshToken": body["refreshToken"]}).status_code == 200


def test_the_plain_sign_in_takes_the_code_as_well(identity: Identity, guarded: tuple[str, str, list[str]]) -> None:
    asked = identity.post("login", {"email": ANN, "password": PASSWORD}).json()
    assert sorted(asked) == ["ChallengeName", "Session", "challengeName", "session"]
    answer = identity.post("challenge", {"session": asked["session"], "code": identity.app_code(guarded[1])})
    assert answer.status_code == 200


@pytest.mark.parametrize("password", ["Wrong horse 9#", ""])
def test_a_wrong_password_gets_no_challenge(
    identity: Identity, guarded: tuple[str, str, list[str]], password: str
) -> None:
    answer = identity.post("signin", {"email": ANN, "password": password})
    assert answer.status_code == (401 if password else 400)
    assert "session" not in answer.json()


def test_a_wrong_code_signs_nobody_in(identity: Identity, guarded: tuple[str, str, list[str]]) -> None:
    token, secret, _ = guarded
    session = challenged(identity)
    answer = identity.post("challenge", {"session": session, "code": wrong(identity.app_code(secret))})
    assert coded(answer) == (400, "CodeMismatchException")
    assert len(identity.get("/auth/sessions", token).json()["sessions"]) == 1


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ({}, (400, "InvalidParameterException")),
        ({"newPassword": OTHER_PASSWORD}, (400, "InvalidParameterException")),
        ({"code": "123456", "recoveryCode": NEVER_A_CODE}, (400, "InvalidParameterException")),
        ({"code": 123456}, (400, "InvalidParameterException")),
        ({"recoveryCode": NEVER_A_CODE}, (400, "CodeMismatchException")),
    ],
)
def test_other_answers_sign_nobody_in(
    identity: Identity,
    guarded: tuple[str, str, list[str]],
    answer: dict[str, Any],
    expected: tuple[int, str],
) -> None:
    session = challenged(identity)
    assert coded(identity.post("challenge", {"session": session, **answer})) == expected
    assert len(identity.get("/auth/sessions", guarded[0]).json()["sessions"]) == 1


@pytest.mark.parametrize("session", ["nonsense", "gAAAAA", "é", "x" * 4000])
def test_a_session_that_is_not_ours(identity: Identity, session: str) -> None:
    answer = identity.post("challenge", {"session": session, "code": "123456"})
    assert coded(answer) == (401, "NotAuthorizedException")


def test_a_recovery_code_signs_in_once(identity: Identity, guarded: tuple[str, str, list[str]]) -> None:
    _, _, codes = guarded
    entered = identity.post("challenge", {"session": challenged(identity), "recoveryCode": codes[0].upper()})
    assert entered.status_code == 200
    token = entered.json()["accessToken"]
    assert identity.get("/auth/mfa/totp", token).json() == {"enabled": True, "recoveryCodesLeft": 9}
    again = identity.post("challenge", {"session": challenged(identity), "recoveryCode": codes[0]})
    assert coded(again) == (400, "CodeMismatchException")
    other = identity.post("challenge", {"session": challenged(identity), "recoveryCode": codes[1]})
    assert other.status_code == 200


def test_switching_it_off_takes_the_password_and_a_code(
    identity: Identity, guarded: tuple[str, str, list[str]]
) -> None:
    token, secret, codes = guarded
    path = "/auth/mfa/totp"
    assert coded(identity.delete(path, token, {"password": PASSWORD})) == (403, "SecondFactorRequired")
    assert coded(identity.delete(path, token, {"password": "Wrong horse 9#", "recoveryCode": codes[0]})) == (
        403,
        "NotAuthorizedException",
    )
    code = identity.app_code(secret)
    assert coded(identity.delete(path, token, {"password": PASSWORD, "code": wrong(code)})) == (
        400,
        "CodeMismatchException",
    )
    assert identity.get(path, token).json() == {"enabled": True, "recoveryCodesLeft": 10}
    off = identity.delete(path, token, {"password": PASSWORD, "code": code})
    assert (off.status_code, off.json()) == (200, {"message": "The second factor is off."})
    assert identity.get(path, token).json() == {"enabled": False, "recoveryCodesLeft": 0}
    assert identity.is_good(identity.token())


def test_a_recovery_code_switches_it_off(identity: Identity, guarded: tuple[str, str, list[str]]) -> None:
    token, _, codes = guarded
    body = {"password": PASSWORD, "recoveryCode": codes[3]}
    assert identity.delete("/auth/mfa/totp", token, body).status_code == 200
    assert identity.is_good(identity.token())


def test_a_reset_does_not_get_round_it(identity: Identity, guarded: tuple[str, str, list[str]]) -> None:
    identity.post("forgot", {"email": ANN})
    body = {"email": ANN, "code": identity.code(ANN, "reset"), "password": OTHER_PASSWORD}
    assert identity.post("reset", body).status_code == 200
    session = challenged(identity, OTHER_PASSWORD)
    answer = identity.post("challenge", {"session": session, "code": identity.app_code(guarded[1])})
    assert answer.status_code == 200


def test_nothing_is_confirmed_that_was_not_begun(identity: Identity) -> None:
    identity.account()
    answer = identity.post("mfa/totp/confirm", {"code": "123456"}, identity.token())
    assert coded(answer) == (409, "SecondFactorNotBegun")
