from __future__ import annotations

from typing import Any

import jwt
import pytest

from tests.contract.identity.service import ANN, PASSWORD, Identity, coded

WRONG = "Wrong horse 9#"
NAMES = ["AccessToken", "IdToken", "RefreshToken", "ExpiresIn"]

embedded = pytest.mark.embedded
with_every_kind_of_refresh = pytest.mark.parametrize(
    "identity",
    ["local", pytest.param("cognito", marks=embedded), pytest.param("rotating", marks=embedded)],
    indirect=True,
)


def claims_of(token: str) -> dict[str, Any]:
    return jwt.decode(token, options={"verify_signature": False})


def test_signing_in_answers_tokens_in_both_spellings(identity: Identity) -> None:
    user_id = identity.account()
    answer = identity.post("signin", {"email": ANN, "password": PASSWORD})
    body = answer.json()
    assert answer["Cache-Control"] == "no-store"
    assert sorted(body) == sorted([*NAMES, *(name[0].lower() + name[1:] for name in NAMES), "email"])
    assert [body[name] for name in NAMES] == [body[name[0].lower() + name[1:]] for name in NAMES]
    assert (body["expiresIn"], body["email"]) == (3600, ANN)
    access, identity_token = claims_of(body["accessToken"]), claims_of(body["idToken"])
    assert (access["sub"], access["token_use"]) == (user_id, "access")
    assert "aud" not in access
    assert (identity_token["sub"], identity_token["token_use"], identity_token["email"]) == (user_id, "id", ANN)


@pytest.mark.parametrize("email", [ANN, "nobody@example.com", "no address", "nobody"])
def test_wrong_credentials(identity: Identity, email: str) -> None:
    identity.account()
    answer = identity.post("signin", {"email": email, "password": WRONG})
    assert coded(answer) == (401, "NotAuthorizedException")
    assert answer.json()["error"] == "Invalid email or password"


def test_an_unconfirmed_account_is_told_to_those_who_know_its_password_only(identity: Identity) -> None:
    identity.sign_up()
    answer = identity.post("signin", {"email": ANN, "password": PASSWORD})
    assert coded(answer) == (403, "UserNotConfirmedException")
    assert answer.json()["error"] == "User account not confirmed"
    assert coded(identity.post("signin", {"email": ANN, "password": WRONG})) == (401, "NotAuthorizedException")


@pytest.mark.parametrize("name", [{"username": "ann-lee"}, {"email": ANN}, {"username": ANN}, {"email": "Ann-Lee"}])
def test_the_plain_sign_in_answers_the_token_by_its_plain_name(identity: Identity, name: dict[str, str]) -> None:
    user_id = identity.account(username="Ann-Lee")
    answer = identity.post("login", {**name, "password": PASSWORD})
    body = answer.json()
    assert answer.status_code == 200
    assert body["token"] == body["accessToken"]
    assert sorted(body) == sorted([*NAMES, *(n[0].lower() + n[1:] for n in NAMES), "email", "token"])
    assert identity.get("/auth/user", body["token"]).json()["id"] == user_id


@pytest.mark.parametrize("body", [{"username": "nobody", "password": WRONG}, {"email": ANN, "password": WRONG}])
def test_the_plain_sign_in_refuses_as_the_other_does(identity: Identity, body: dict[str, str]) -> None:
    identity.account()
    assert coded(identity.post("login", body)) == (401, "NotAuthorizedException")


@with_every_kind_of_refresh
def test_refreshing_keeps_the_session(identity: Identity) -> None:
    user_id = identity.account()
    first = identity.tokens()
    answer = identity.post("refresh", {"refreshToken": first["refreshToken"]})
    body = answer.json()
    assert answer.status_code == 200
    assert sorted(body) == ["accessToken", "expiresIn", "idToken", "refreshToken"]
    assert body["expiresIn"] == 3600
    assert claims_of(body["accessToken"])["sub"] == user_id
    assert claims_of(body["accessToken"])["origin_jti"] == claims_of(first["accessToken"])["origin_jti"]
    assert identity.post("refresh", {"refreshToken": body["refreshToken"]}).status_code == 200
    assert len(identity.get("/auth/sessions", body["accessToken"]).json()["sessions"]) == 1


@with_every_kind_of_refresh
def test_what_does_not_refresh(identity: Identity) -> None:
    identity.account()
    found = identity.tokens()
    for token in ("nonsense", "a.b.c", found["accessToken"], found["idToken"]):
        answer = identity.post("refresh", {"refreshToken": token})
        assert coded(answer) == (401, "NotAuthorizedException")
        assert answer.json()["error"] == "Invalid refresh token"


@with_every_kind_of_refresh
def test_signing_out_ends_the_session_and_no_other(identity: Identity) -> None:
    identity.account()
    ended, other = identity.tokens(), identity.tokens()
    answer = identity.post("signout", {"refreshToken": ended["refreshToken"]})
    assert (answer.status_code, answer.json()) == (200, {"message": "Signed out"})
    assert coded(identity.post("refresh", {"refreshToken": ended["refreshToken"]})) == (401, "NotAuthorizedException")
    refused = identity.get("/auth/user", ended["accessToken"])
    assert (refused.status_code, refused.json()["error"]) == (401, "Authentication failed")
    assert refused.json()["details"] == "Invalid or expired token"
    assert identity.is_good(other["accessToken"])
    assert identity.post("refresh", {"refreshToken": other["refreshToken"]}).status_code == 200
    assert identity.post("signout", {"refreshToken": ended["refreshToken"]}).status_code == 200


def test_an_id_token_opens_nothing(identity: Identity) -> None:
    identity.account()
    assert not identity.is_good(identity.tokens()["idToken"])


def test_the_account_without_anything_secret(identity: Identity) -> None:
    user_id = identity.account(username="ann")
    answer = identity.get("/auth/user", identity.token())
    body = answer.json()
    assert answer["Cache-Control"] == "no-store"
    assert body.pop("createdAt")[:4].isdigit()
    assert body == {
        "id": user_id,
        "userId": user_id,
        "email": ANN,
        "username": "ann",
        "displayName": None,
        "mfaEnabled": False,
    }
