from __future__ import annotations

import pytest

from tests.apps.accounts.interruptions import meanwhile
from tests.contract.identity.service import ANN, OTHER_PASSWORD, PASSWORD, Identity, coded, wrong


def test_a_forgotten_password_is_set_anew_by_the_mailed_code(identity: Identity) -> None:
    identity.account()
    session = identity.tokens()
    asked = identity.post("forgot", {"email": ANN})
    assert asked.status_code == 200
    assert asked.json() == {"message": "If this address has an account, a code for a new password is in the mail."}
    body = {"email": ANN, "code": identity.code(ANN, "reset"), "password": OTHER_PASSWORD}
    answer = identity.post("reset", body)
    assert answer.status_code == 200
    assert answer.json() == {"message": "The password is changed; you can sign in now.", "email": ANN}
    assert not identity.is_good(session["accessToken"])
    assert identity.post("refresh", {"refreshToken": session["refreshToken"]}).status_code == 401
    assert not identity.can_sign_in(PASSWORD)
    assert identity.can_sign_in(OTHER_PASSWORD)


def test_the_password_may_be_called_new_password(identity: Identity) -> None:
    identity.account()
    identity.post("forgot", {"email": ANN})
    body = {"email": ANN, "code": identity.code(ANN, "reset"), "newPassword": OTHER_PASSWORD}
    assert identity.post("reset", body).status_code == 200
    assert identity.can_sign_in(OTHER_PASSWORD)


def test_a_wrong_code_resets_nothing(identity: Identity) -> None:
    identity.account()
    token = identity.token()
    identity.post("forgot", {"email": ANN})
    code = identity.code(ANN, "reset")
    refused = identity.post("reset", {"email": ANN, "code": wrong(code), "password": OTHER_PASSWORD})
    assert coded(refused) == (400, "CodeMismatchException")
    assert identity.is_good(token)
    assert identity.can_sign_in(PASSWORD)
    assert not identity.can_sign_in(OTHER_PASSWORD)


@pytest.mark.parametrize("password", ["short", "password123"])
def test_a_password_that_may_not_be_used_does_not_spend_the_code(identity: Identity, password: str) -> None:
    identity.account()
    identity.post("forgot", {"email": ANN})
    body = {"email": ANN, "code": identity.code(ANN, "reset"), "password": password}
    assert coded(identity.post("reset", body)) == (400, "InvalidPasswordException")
    assert identity.post("reset", {**body, "password": OTHER_PASSWORD}).status_code == 200


def test_a_sign_up_code_resets_nothing(identity: Identity) -> None:
    identity.sign_up()
    body = {"email": ANN, "code": identity.code(ANN, "sign-up"), "password": OTHER_PASSWORD}
    assert coded(identity.post("reset", body)) == (400, "CodeMismatchException")


def test_changing_the_password_ends_every_other_session(identity: Identity) -> None:
    identity.account()
    other, own = identity.tokens(), identity.tokens()
    answer = identity.post("password", {"oldPassword": PASSWORD, "newPassword": OTHER_PASSWORD}, own["accessToken"])
    assert answer.status_code == 200
    assert answer.json() == {"message": "The password is changed; every other session is ended."}
    assert identity.is_good(own["accessToken"])
    assert not identity.is_good(other["accessToken"])
    assert identity.post("refresh", {"refreshToken": other["refreshToken"]}).status_code == 401
    assert not identity.can_sign_in(PASSWORD)
    assert identity.can_sign_in(OTHER_PASSWORD)


def test_the_password_is_not_changed_without_the_old_one(identity: Identity) -> None:
    identity.account()
    other, own = identity.token(), identity.token()
    answer = identity.post("password", {"oldPassword": "Wrong horse 9#", "newPassword": OTHER_PASSWORD}, own)
    assert coded(answer) == (403, "NotAuthorizedException")
    weak = identity.post("password", {"oldPassword": PASSWORD, "newPassword": "short"}, own)
    assert coded(weak) == (400, "InvalidPasswordException")
    assert identity.is_good(other)
    assert identity.can_sign_in(PASSWORD)


@pytest.mark.parametrize("how", ["reset", "password"])
def test_a_sign_in_with_the_old_password_does_not_survive_the_new_one(identity: Identity, how: str) -> None:
    identity.account()
    own = identity.tokens()
    identity.post("forgot", {"email": ANN})
    bodies = {
        "reset": {"email": ANN, "code": identity.code(ANN, "reset"), "password": OTHER_PASSWORD},
        "password": {"oldPassword": PASSWORD, "newPassword": OTHER_PASSWORD},
    }

    def replace_password() -> None:
        assert identity.post(how, bodies[how], own["accessToken"]).status_code == 200

    # The password is right when it is checked, and another when the session is about to be listed.
    with meanwhile(0, replace_password, "BatchWriteItem"):
        late = identity.post("signin", {"email": ANN, "password": PASSWORD})
    assert coded(late) == (401, "NotAuthorizedException")
    found = identity.tokens(password=OTHER_PASSWORD)
    sessions = identity.get("/auth/sessions", found["accessToken"]).json()["sessions"]
    assert len(sessions) == (1 if how == "reset" else 2)
