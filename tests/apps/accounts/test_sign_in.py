from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.test import Client

from apps.accounts import passwords
from apps.accounts.providers.local.tokens import access_claims

EMAIL = "Ann@Example.com"
PASSWORD = "correct horse battery"
Post = Callable[..., Any]
Rows = Callable[[], list[dict[str, Any]]]


def test_sign_in_answers_tokens_in_both_spellings(post: Post, ann: str) -> None:
    answer = post("signin", {"email": "ann@example.COM", "password": PASSWORD})
    body = answer.json()
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    assert answer.cookies == {}
    assert sorted(body) == sorted(
        [
            "AccessToken",
            "IdToken",
            "RefreshToken",
            "ExpiresIn",
            "accessToken",
            "idToken",
            "refreshToken",
            "expiresIn",
            "email",
        ]
    )
    for name in ("AccessToken", "IdToken", "RefreshToken", "ExpiresIn"):
        assert body[name] == body[name[0].lower() + name[1:]]
    assert (body["expiresIn"], body["email"]) == (3600, "Ann@Example.com")
    claims = access_claims(body["accessToken"])
    assert (claims["sub"], claims["email"]) == (ann, "Ann@Example.com")


def test_the_access_token_opens_the_api(client: Client, post: Post, ann: str) -> None:
    token = post("signin", {"email": EMAIL, "password": PASSWORD}).json()["AccessToken"]
    answer = client.get("/user/preferences", headers={"authorization": f"Bearer {token}"})
    assert answer.status_code in (200, 404)


def test_an_old_token_in_the_header_does_not_keep_one_from_signing_in(client: Client, ann: str) -> None:
    body = {"email": EMAIL, "password": PASSWORD}
    answer = client.post(
        "/auth/signin", body, content_type="application/json", headers={"authorization": "Bearer a.b.c"}
    )
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        {"email": EMAIL, "password": "wrong password"},
        {"email": EMAIL, "password": PASSWORD + " "},
        {"email": "nobody@example.com", "password": PASSWORD},
        {"email": "no address", "password": PASSWORD},
    ],
)
def test_wrong_credentials_are_a_401_that_stores_their_count_alone(
    post: Post, rows: Rows, ann: str, body: dict[str, str]
) -> None:
    before = rows()
    answer = post("signin", body)
    found = answer.json()
    assert answer.status_code == 401
    assert found.pop("requestId")
    assert found.pop("timestamp")
    assert found == {
        "error": "Invalid email or password",
        "message": "Unauthorized",
        "code": "NotAuthorizedException",
    }
    (counted,) = [row for row in rows() if row not in before]
    assert (counted["pk"], counted["sk"], counted["tries"]) == (f"EMAIL#{body['email'].lower()}", "ATTEMPTS", 1)
    assert [row for row in rows() if row != counted] == before


def test_an_unconfirmed_account_is_told_only_with_its_password(post: Post, rows: Rows) -> None:
    post("signup", {"email": "bob@example.com", "password": PASSWORD})
    before = rows()
    wrong = post("signin", {"email": "bob@example.com", "password": "wrong password"})
    right = post("signin", {"email": "bob@example.com", "password": PASSWORD})
    assert (wrong.status_code, wrong.json()["code"]) == (401, "NotAuthorizedException")
    assert (right.status_code, right.json()["code"]) == (403, "UserNotConfirmedException")
    assert right.json()["error"] == right.json()["message"] == "User account not confirmed"
    (counted,) = [row for row in rows() if row not in before]
    assert (counted["pk"], counted["sk"], counted["tries"]) == ("EMAIL#bob@example.com", "ATTEMPTS", 1)
    assert [row for row in rows() if row != counted] == before


@pytest.mark.parametrize(
    ("body", "paths"),
    [
        ({}, ["email", "password"]),
        ({"email": "", "password": ""}, ["email", "password"]),
        ({"email": EMAIL}, ["password"]),
        ({"email": EMAIL, "password": None}, ["password"]),
        ({"password": PASSWORD}, ["email"]),
    ],
)
def test_missing_credentials_are_named(post: Post, rows: Rows, body: dict[str, Any], paths: list[str]) -> None:
    answer = post("signin", body)
    assert answer.status_code == 400
    assert answer.json()["error"] == answer.json()["message"] == "Email and password are required"
    assert [detail["path"] for detail in answer.json()["details"]] == paths
    assert rows() == []


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"email": 5, "password": PASSWORD}, "email"),
        ({"email": True, "password": PASSWORD}, "email"),
        ({"email": [EMAIL], "password": PASSWORD}, "email"),
        ({"email": "a" * 255, "password": PASSWORD}, "email"),
        ({"email": EMAIL, "password": {"$ne": ""}}, "password"),
        ({"email": EMAIL, "password": 0}, "password"),
        ({"email": EMAIL, "password": "x" * 1025}, "password"),
        ({"email": EMAIL, "password": "nul\x00"}, "password"),
    ],
)
def test_wrong_types_are_named(post: Post, body: dict[str, Any], path: str) -> None:
    answer = post("signin", body)
    assert answer.status_code == 400
    assert answer.json()["code"] == "InvalidParameterException"
    assert [detail["path"] for detail in answer.json()["details"]] == [path]


def test_what_is_not_json_is_refused(client: Client) -> None:
    broken = client.post("/auth/signin", "{", content_type="application/json")
    form = client.post("/auth/signin", {"email": EMAIL, "password": PASSWORD})
    assert (broken.status_code, broken.json()["error"]) == (400, "Invalid JSON in request body")
    assert form.status_code == 415


@pytest.mark.parametrize("name", ["signin", "signup", "refresh", "signout"])
@pytest.mark.parametrize("method", ["get", "put", "delete", "patch"])
def test_other_methods_are_a_405_for_programs(client: Client, name: str, method: str) -> None:
    answer = getattr(client, method)(f"/auth/{name}")
    assert answer.status_code == 405
    assert answer.json()["error"] == "Method not allowed"


def test_a_slash_at_the_end_changes_nothing(client: Client, ann: str) -> None:
    answer = client.post("/auth/signin/", {"email": EMAIL, "password": PASSWORD}, content_type="application/json")
    assert answer.status_code == 200


def test_a_hash_of_older_parameters_is_renewed_at_sign_in(
    post: Post, rows: Rows, ann: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stored() -> str:
        return next(str(row["passwordHash"]) for row in rows() if row["sk"] == "PROFILE")

    old = stored()
    monkeypatch.setattr(passwords, "COST", passwords.Cost(2**6, 8, 1))
    assert post("signin", {"email": EMAIL, "password": "wrong password"}).status_code == 401
    assert stored() == old
    assert post("signin", {"email": EMAIL, "password": PASSWORD}).status_code == 200
    new = stored()
    assert new.startswith("scrypt$64$8$1$")
    assert post("signin", {"email": EMAIL, "password": PASSWORD}).status_code == 200
    assert stored() == new


@pytest.fixture
def scrypts(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int, int, int]]:
    """The parameters of every scrypt that is computed from now on."""
    seen: list[tuple[int, int, int, int]] = []
    compute = hashlib.scrypt

    def spy(password: bytes, *, n: int, r: int, p: int, dklen: int, **rest: Any) -> bytes:
        seen.append((n, r, p, dklen))
        return compute(password, n=n, r=r, p=p, dklen=dklen, **rest)

    monkeypatch.setattr(hashlib, "scrypt", spy)
    return seen


@pytest.mark.parametrize("email", [EMAIL, "nobody@example.com", "bob@example.com"])
def test_known_and_unknown_addresses_cost_the_same(
    post: Post, ann: str, scrypts: list[tuple[int, int, int, int]], email: str
) -> None:
    post("signup", {"email": "bob@example.com", "password": PASSWORD})
    scrypts.clear()
    post("signin", {"email": email, "password": "wrong password"})
    # That of the account, and that of a sign-up that waits for its code.
    assert scrypts == [(32, 8, 1, 64)] * 2
    scrypts.clear()
    post("signup", {"email": email, "password": "a good password"})
    assert scrypts == [(32, 8, 1, 64)] * 2


def plain(answer: Any) -> tuple[int, dict[str, Any], list[str]]:
    """An answer without what differs from one request to the next, and the names of its headers."""
    changing = ("requestId", "timestamp", "userSub")
    body = {name: value for name, value in answer.json().items() if name not in changing}
    return answer.status_code, body, sorted(answer.headers)


@time_machine.travel(1_800_000_000, tick=False)
def test_no_endpoint_tells_who_has_an_account(post: Post, ann: str) -> None:
    def story(email: str) -> list[tuple[int, dict[str, Any], list[str]]]:
        steps = [
            ("signin", {"email": email, "password": "wrong password"}),
            ("signup", {"email": email, "code": "000000"}),
            ("signup", {"email": email, "password": "password"}),
            *[("signup", {"email": email, "password": "a good password"})] * 2,
            *[("signup", {"email": email, "code": "not it"})] * 6,
            ("signin", {"email": email, "password": "wrong password"}),
            *[("signup", {"email": email, "password": "a good password"})] * 4,
        ]
        return [plain(post(name, body)) for name, body in steps]

    known, unknown = story("ann@example.com"), story("nobody@example.com")
    assert known == unknown
    assert [status for status, _, _ in known] == [401, 400, 400, 200, 200, *[400] * 5, 429, 401, 200, 200, 200, 429]
    assert len(mail.outbox) == 10
