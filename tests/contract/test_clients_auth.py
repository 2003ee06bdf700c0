"""Sign-in, sign-up and refresh as clients send them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jwt
import pytest
import time_machine
from django.core import mail

ANN = {"email": "ann@example.com", "password": "correct Horse 1"}
Post = Callable[..., Any]
Code = Callable[[], str]


@pytest.fixture
def user_id(post: Post) -> str:
    """An account that is signed up and not confirmed."""
    return str(post("signup", ANN).json()["userSub"])


@pytest.fixture
def ann(user_id: str, post: Post, mailed_code: Code) -> str:
    """An account that is confirmed."""
    assert post("signup", {"email": ANN["email"], "code": mailed_code()}).status_code == 200
    return user_id


def coded(response: Any) -> tuple[int, str]:
    return response.status_code, response.json()["code"]


class TestSignIn:
    def test_answers_tokens_in_both_spellings(self, post: Post, ann: str) -> None:
        response = post("signin", ANN)
        body = response.json()
        assert response.status_code == 200
        assert body == {
            "AccessToken": body["accessToken"],
            "IdToken": body["idToken"],
            "RefreshToken": body["refreshToken"],
            "ExpiresIn": 3600,
            "accessToken": body["AccessToken"],
            "idToken": body["IdToken"],
            "refreshToken": body["RefreshToken"],
            "expiresIn": 3600,
            "email": ANN["email"],
        }
        claims = jwt.decode(body["accessToken"], options={"verify_signature": False})
        assert (claims["sub"], claims["token_use"]) == (ann, "access")
        assert jwt.decode(body["idToken"], options={"verify_signature": False})["token_use"] == "id"

    def test_the_spelling_of_the_address_does_not_matter(self, post: Post, ann: str) -> None:
        assert post("signin", {**ANN, "email": "ANN@Example.com"}).status_code == 200

    @pytest.mark.parametrize(
        "body",
        [{}, {"email": ANN["email"]}, {"password": "x"}, {"email": "", "password": ""}, {**ANN, "password": ""}],
    )
    def test_both_fields_are_required(self, post: Post, body: dict[str, Any]) -> None:
        response = post("signin", body)
        assert response.status_code == 400
        assert response.json()["error"] == response.json()["message"] == "Email and password are required"

    def test_a_wrong_password_and_an_unknown_user_look_alike(self, post: Post, ann: str) -> None:
        wrong = post("signin", {**ANN, "password": "another Horse 1"})
        unknown = post("signin", {**ANN, "email": "nobody@example.com"})
        for response in (wrong, unknown):
            assert coded(response) == (401, "NotAuthorizedException")
            assert response.json()["error"] == "Invalid email or password"
            assert response.json()["message"] == "Unauthorized"
        assert wrong.json().keys() == unknown.json().keys()

    def test_an_unconfirmed_account(self, post: Post, user_id: str) -> None:
        response = post("signin", ANN)
        assert coded(response) == (403, "UserNotConfirmedException")
        assert response.json()["error"] == response.json()["message"] == "User account not confirmed"


class TestSignUp:
    def test_answers_a_message_and_the_id(self, post: Post) -> None:
        response = post("signup", ANN)
        assert response.status_code == 200
        assert response.json().keys() == {"message", "userSub"}
        assert all(isinstance(value, str) for value in response.json().values())

    def test_a_taken_address_gets_the_same_answer_and_its_owner_a_mail(self, post: Post, ann: str) -> None:
        fresh = post("signup", {**ANN, "email": "bob@example.com"})
        sent = len(mail.outbox)
        taken = post("signup", {**ANN, "password": "somebody Else 2"})
        assert taken.status_code == 200
        assert taken.json().keys() == fresh.json().keys()
        assert taken.json()["message"] == fresh.json()["message"]
        assert taken.json()["userSub"] != ann
        assert [message.to for message in mail.outbox[sent:]] == [[ANN["email"]]]
        assert post("signin", ANN).status_code == 200

    @pytest.mark.parametrize(
        ("body", "code"),
        [
            ({"email": "ann@example.com", "password": "short"}, "InvalidPasswordException"),
            ({"email": "not an address", "password": "correct Horse 1"}, "InvalidParameterException"),
            ({"password": "correct Horse 1"}, "InvalidParameterException"),
            ({}, "InvalidParameterException"),
            ({"email": "ann@example.com"}, "InvalidParameterException"),
        ],
    )
    def test_what_is_refused(self, post: Post, body: dict[str, Any], code: str) -> None:
        assert coded(post("signup", body)) == (400, code)
        assert mail.outbox == []

    def test_confirming_answers_the_address(self, post: Post, user_id: str, mailed_code: Code) -> None:
        response = post("signup", {"email": ANN["email"], "code": mailed_code()})
        assert response.status_code == 200
        assert response.json() == {"message": response.json()["message"], "email": ANN["email"]}

    def test_after_a_wrong_code_the_right_one_is_taken(self, post: Post, user_id: str, mailed_code: Code) -> None:
        code = mailed_code()
        wrong = f"{(int(code) + 1) % 1_000_000:06}"
        assert coded(post("signup", {"email": ANN["email"], "code": wrong})) == (400, "CodeMismatchException")
        assert post("signup", {"email": ANN["email"], "code": code}).status_code == 200

    def test_an_old_code(self, post: Post, mailed_code: Code) -> None:
        with time_machine.travel(1_800_000_000, tick=False) as clock:
            post("signup", ANN)
            clock.shift(24 * 3600 + 1)
            response = post("signup", {"email": ANN["email"], "code": mailed_code()})
        assert coded(response) == (400, "ExpiredCodeException")

    def test_guessing_is_stopped(self, post: Post, user_id: str, mailed_code: Code) -> None:
        wrong = "000000" if mailed_code() != "000000" else "000001"
        answers = [coded(post("signup", {"email": ANN["email"], "code": wrong})) for _ in range(8)]
        assert answers[0] == (400, "CodeMismatchException")
        assert answers[-1] == (429, "TooManyRequestsException")


class TestRefresh:
    def test_answers_new_tokens(self, post: Post, ann: str) -> None:
        old = post("signin", ANN).json()
        response = post("refresh", {"refreshToken": old["refreshToken"]})
        body = response.json()
        assert response.status_code == 200
        assert {"accessToken", "idToken", "expiresIn"} <= body.keys()
        assert body["expiresIn"] == 3600
        assert jwt.decode(body["accessToken"], options={"verify_signature": False})["sub"] == ann

    @pytest.mark.parametrize("body", [{}, {"refreshToken": ""}, {"refreshToken": None}])
    def test_a_missing_token(self, post: Post, body: dict[str, Any]) -> None:
        response = post("refresh", body)
        assert response.status_code == 400
        assert response.json()["error"] == "Refresh token is required"

    @pytest.mark.parametrize("token", ["nonsense", "a.b.c", "x" * 3000])
    def test_a_wrong_token(self, post: Post, token: str) -> None:
        response = post("refresh", {"refreshToken": token})
        assert response.status_code == 401
        assert response.json()["error"] == "Invalid refresh token"
        assert response.json()["message"] == "Unauthorized"

    def test_an_access_token_does_not_refresh(self, post: Post, ann: str) -> None:
        token = post("signin", ANN).json()["accessToken"]
        assert post("refresh", {"refreshToken": token}).status_code == 401

    @pytest.mark.parametrize(("days", "status"), [(29, 200), (31, 401)])
    def test_it_lives_thirty_days(self, post: Post, mailed_code: Code, days: int, status: int) -> None:
        with time_machine.travel(1_800_000_000, tick=False) as clock:
            post("signup", ANN)
            post("signup", {"email": ANN["email"], "code": mailed_code()})
            token = post("signin", ANN).json()["refreshToken"]
            clock.shift(days * 86400)
            assert post("refresh", {"refreshToken": token}).status_code == status
