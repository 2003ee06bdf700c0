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


def test_with_an_older_sign_in_setting_it_up_takes_the_password(identity: Identity, settings: Any) -> None:
    identity.account()
    token = identity.token()
    # Any sign-in is older than that.
    settings.RECENT_SECONDS = -1
    assert coded(identity.post("mfa/totp", {}, token)) == (403, "PasswordRequired")
    refused = identity.post("mfa/totp", {"password": "Wrong horse 9#"}, token)
    assert coded(refused) == (403, "NotAuthorizedException")
    begun = identity.post("mfa/totp", {"password": PASSWORD}, token)
    assert begun.status_code == 200
    code = identity.app_code(begun.json()["secret"])
    assert identity.post("mfa/totp/confirm", {"code": code}, token).status_code == 200


def test_new_recovery_codes_take_the_password_and_a_code(
    identity: Identity, guarded: tuple[str, str, list[str]]
) -> None:
    token, secret, old = guarded
    path = "mfa/recovery-codes"
    assert coded(identity.post(path, {"password": PASSWORD}, token)) == (403, "SecondFactorRequired")
    refused = identity.post(path, {"password": "Wrong horse 9#", "recoveryCode": old[0]}, token)
    assert coded(refused) == (403, "NotAuthorizedException")
    answer = identity.post(path, {"password": PASSWORD, "code": identity.app_code(secret)}, token)
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    new = answer.json()["recoveryCodes"]
    assert len(set(new)) == 10
    session = challenged(identity)
    spent = identity.post("challenge", {"session": session, "recoveryCode": old[0]})
    assert coded(spent) == (400, "CodeMismatchException")
    assert identity.post("challenge", {"session": session, "recoveryCode": new[0]}).status_code == 200


def test_a_recovery_code_gets_new_ones(identity: Identity, guarded: tuple[str, str, list[str]]) -> None:
    token, _, old = guarded
    answer = identity.post("mfa/recovery-codes", {"password": PASSWORD, "recoveryCode": old[0]}, token)
    assert answer.status_code == 200
    assert set(answer.json()["recoveryCodes"]).isdisjoint(old)
    assert identity.get("/auth/mfa/totp", token).json() == {"enabled": True, "recoveryCodesLeft": 10}


def test_there_are_no_recovery_codes_while_it_is_off(identity: Identity) -> None:
    identity.account()
    answer = identity.post("mfa/recovery-codes", {"password": PASSWORD}, identity.token())
    assert coded(answer) == (409, "SecondFactorNotBegun")


@pytest.mark.parametrize("step", ["password", "sign-in", "confirmation", "recovery-codes"])
def test_no_step_but_a_complete_one_gives_guesses_back(
    identity: Identity, guarded: tuple[str, str, list[str]], step: str
) -> None:
    token = guarded[0]
    same = {"oldPassword": PASSWORD, "newPassword": PASSWORD}
    steps = {
        "password": lambda: identity.post("password", same, token),
        "sign-in": lambda: identity.post("signin", {"email": ANN, "password": PASSWORD}),
        "confirmation": lambda: identity.post("mfa/totp/confirm", {"code": "no code"}, token),
        "recovery-codes": lambda: identity.post("mfa/recovery-codes", {"password": PASSWORD}, token),
    }
    guess = {"password": PASSWORD, "recoveryCode": NEVER_A_CODE}
    for _ in range(4):
        assert coded(identity.delete("/auth/mfa/totp", token, guess)) == (400, "CodeMismatchException")
        assert steps[step]().status_code in (200, 403, 409, 429)
    assert identity.delete("/auth/mfa/totp", token, guess).status_code == 429
