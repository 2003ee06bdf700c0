from __future__ import annotations

from typing import Any

import jwt
import pytest

from tests.contract.identity.service import ANN, BOB, OTHER_PASSWORD, PASSWORD, Identity, coded, wrong


def test_signing_up_confirming_and_signing_in(identity: Identity) -> None:
    answer = identity.post("signup", {"email": ANN, "password": PASSWORD})
    assert answer.status_code == 200
    assert answer.json() == {
        "message": "We sent a mail to this address; its code confirms the account.",
        "userSub": answer.json()["userSub"],
    }
    confirmed = identity.post("signup", {"email": ANN, "code": identity.code(ANN, "sign-up")})
    assert confirmed.status_code == 200
    assert confirmed.json() == {"message": "The account is confirmed; you can sign in now.", "email": ANN}
    claims = jwt.decode(identity.token(), options={"verify_signature": False})
    assert claims["sub"] == answer.json()["userSub"]


def test_a_taken_address_answers_as_a_new_one_and_nothing_changes(identity: Identity) -> None:
    user_id = identity.account()
    assert identity.sign_up(ANN, password=OTHER_PASSWORD) != user_id
    assert not identity.can_sign_in(OTHER_PASSWORD)
    assert identity.can_sign_in(PASSWORD)


def test_the_last_of_two_sign_ups_counts(identity: Identity) -> None:
    identity.sign_up()
    identity.sign_up(password=OTHER_PASSWORD)
    assert identity.post("signup", {"email": ANN, "code": identity.code(ANN, "sign-up")}).status_code == 200
    assert not identity.can_sign_in(PASSWORD)
    assert identity.can_sign_in(OTHER_PASSWORD)


def test_a_wrong_code_confirms_nothing_and_the_right_one_does_so_once(identity: Identity) -> None:
    identity.sign_up()
    code = identity.code(ANN, "sign-up")
    refused = identity.post("signup", {"email": ANN, "code": wrong(code)})
    assert coded(refused) == (400, "CodeMismatchException")
    assert coded(identity.post("signin", {"email": ANN, "password": PASSWORD})) == (403, "UserNotConfirmedException")
    assert identity.post("signup", {"email": ANN, "code": code}).status_code == 200
    assert coded(identity.post("signup", {"email": ANN, "code": code})) == (400, "CodeMismatchException")
    assert identity.can_sign_in(PASSWORD)


def test_a_code_that_is_sent_again_confirms(identity: Identity) -> None:
    identity.sign_up()
    answer = identity.post("resend", {"email": ANN})
    assert answer.status_code == 200
    assert answer.json() == {"message": "If a sign-up with this address waits for its code, a new one is in the mail."}
    assert identity.post("signup", {"email": ANN, "code": identity.code(ANN, "sign-up")}).status_code == 200
    assert identity.can_sign_in(PASSWORD)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"email": ANN, "password": "short"}, "InvalidPasswordException"),
        ({"email": ANN, "password": "password123"}, "InvalidPasswordException"),
        ({"email": "no address", "password": PASSWORD}, "InvalidParameterException"),
        ({"email": ANN, "password": PASSWORD, "username": "a b"}, "InvalidParameterException"),
    ],
)
def test_what_is_refused_registers_nothing(identity: Identity, body: dict[str, Any], code: str) -> None:
    assert coded(identity.post("signup", body)) == (400, code)
    assert coded(identity.post("signin", {"email": ANN, "password": body["password"]})) == (
        401,
        "NotAuthorizedException",
    )


def test_a_username_signs_in_once_the_account_is_confirmed(identity: Identity) -> None:
    identity.sign_up(username="Ann.Lee")
    assert not identity.can_sign_in(PASSWORD, "Ann.Lee")
    identity.post("signup", {"email": ANN, "code": identity.code(ANN, "sign-up")})
    assert identity.tokens("ann.lee")["email"] == ANN
    assert identity.get("/auth/user", identity.token()).json()["username"] == "Ann.Lee"


def test_a_username_that_another_has_is_not_given_and_the_sign_up_looks_the_same(identity: Identity) -> None:
    identity.account(ANN, username="annlee")
    identity.account(BOB, username="ANNLEE")
    assert identity.tokens("annlee")["email"] == ANN
    assert identity.get("/auth/user", identity.token(BOB)).json()["username"] is None


def test_members_that_no_sign_up_has_change_nothing(identity: Identity) -> None:
    forged = {"userId": "root", "sub": "root", "confirmed": True, "groups": ["forged"], "passwordHash": "forged"}
    user_id = identity.sign_up(ANN, **forged)
    assert user_id != "root"
    assert coded(identity.post("signin", {"email": ANN, "password": PASSWORD})) == (403, "UserNotConfirmedException")
    identity.post("signup", {"email": ANN, "code": identity.code(ANN, "sign-up"), **forged})
    claims = jwt.decode(identity.token(), options={"verify_signature": False})
    assert claims["sub"] == user_id
    assert "forged" not in str(claims)
