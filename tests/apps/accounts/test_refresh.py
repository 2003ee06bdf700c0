from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.test import Client

from apps.accounts.models import Account
from apps.accounts.providers.local.tokens import access_claims

NOW = 1_800_000_000
Post = Callable[..., Any]
Rows = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def signed_in(post: Post, ann: str) -> dict[str, Any]:
    """The answer of a sign-in at NOW."""
    with time_machine.travel(NOW, tick=False):
        answer: dict[str, Any] = post(
            "signin", {"email": "ann@example.com", "password": "correct horse battery"}
        ).json()
    return answer


def refresh(post: Post, token: str, at: int) -> Any:
    with time_machine.travel(at, tick=False):
        return post("refresh", {"refreshToken": token})


def test_refresh_answers_new_tokens_of_the_same_session(post: Post, signed_in: dict[str, Any], ann: str) -> None:
    answer = refresh(post, signed_in["refreshToken"], NOW + 3700)
    body = answer.json()
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    assert sorted(body) == ["accessToken", "expiresIn", "idToken", "refreshToken"]
    assert body["expiresIn"] == 3600
    with time_machine.travel(NOW + 3700, tick=False):
        claims = access_claims(body["accessToken"])
    assert (claims["sub"], claims["email"], claims["iat"]) == (ann, "Ann@Example.com", NOW + 3700)
    with time_machine.travel(NOW, tick=False):
        assert claims["origin_jti"] == access_claims(signed_in["accessToken"])["origin_jti"]
    assert refresh(post, body["refreshToken"], NOW + 7400).status_code == 200


def test_a_lost_answer_can_be_asked_for_again(post: Post, signed_in: dict[str, Any]) -> None:
    lost = refresh(post, signed_in["refreshToken"], NOW + 3700).json()
    again = refresh(post, signed_in["refreshToken"], NOW + 3705).json()
    assert again["refreshToken"] == lost["refreshToken"]
    assert refresh(post, again["refreshToken"], NOW + 7400).status_code == 200


def assert_refused(answer: Any) -> None:
    assert answer.status_code == 401
    assert answer.json()["error"] == "Invalid refresh token"
    assert answer.json()["message"] == "Unauthorized"
    assert answer.json()["code"] == "NotAuthorizedException"


def test_a_stolen_token_ends_the_session(post: Post, signed_in: dict[str, Any]) -> None:
    fresh = refresh(post, signed_in["refreshToken"], NOW + 3700).json()["refreshToken"]
    assert_refused(refresh(post, signed_in["refreshToken"], NOW + 3800))
    assert_refused(refresh(post, fresh, NOW + 3801))


@pytest.mark.parametrize("token", ["x", "a.b.c", "A" * 80, "é"])
def test_unknown_tokens_are_refused_and_change_nothing(
    post: Post, rows: Rows, signed_in: dict[str, Any], token: str
) -> None:
    before = rows()
    assert_refused(refresh(post, token, NOW + 1))
    assert rows() == before


def test_an_access_token_is_no_refresh_token(post: Post, signed_in: dict[str, Any]) -> None:
    assert_refused(refresh(post, signed_in["accessToken"], NOW + 1))


def test_a_removed_account_has_no_new_tokens(post: Post, signed_in: dict[str, Any], ann: str) -> None:
    Account(f"USER#{ann}", "PROFILE").delete()
    assert_refused(refresh(post, signed_in["refreshToken"], NOW + 1))


@pytest.mark.parametrize("body", [{}, {"refreshToken": ""}, {"refreshToken": None}])
@pytest.mark.parametrize("name", ["refresh", "signout"])
def test_a_missing_token_is_named(post: Post, name: str, body: dict[str, Any]) -> None:
    answer = post(name, body)
    assert answer.status_code == 400
    assert answer.json()["error"] == "Refresh token is required"
    assert answer.json()["details"] == [{"path": "refreshToken", "message": "This field is required."}]


@pytest.mark.parametrize("token", [5, True, ["x"], {"a": 1}, "x" * 8193, "\x00"])
@pytest.mark.parametrize("name", ["refresh", "signout"])
def test_wrong_types_of_tokens_are_named(post: Post, name: str, token: Any) -> None:
    answer = post(name, {"refreshToken": token})
    assert answer.status_code == 400
    assert [detail["path"] for detail in answer.json()["details"]] == ["refreshToken"]


def test_an_expired_access_token_in_the_header_does_not_matter(client: Client, signed_in: dict[str, Any]) -> None:
    with time_machine.travel(NOW + 7200, tick=False):
        answer = client.post(
            "/auth/refresh",
            {"refreshToken": signed_in["refreshToken"]},
            content_type="application/json",
            headers={"authorization": f"Bearer {signed_in['accessToken']}"},
        )
    assert answer.status_code == 200


def test_sign_out_ends_the_session_and_only_this(post: Post, signed_in: dict[str, Any]) -> None:
    other = post("signin", {"email": "ann@example.com", "password": "correct horse battery"}).json()
    with time_machine.travel(NOW + 1, tick=False):
        answer = post("signout", {"refreshToken": signed_in["refreshToken"]})
    assert answer.status_code == 200
    assert answer.json() == {"message": "Signed out"}
    assert answer.cookies == {}
    assert_refused(refresh(post, signed_in["refreshToken"], NOW + 2))
    assert post("refresh", {"refreshToken": other["refreshToken"]}).status_code == 200


def test_sign_out_with_an_older_token_ends_its_successors(post: Post, signed_in: dict[str, Any]) -> None:
    fresh = refresh(post, signed_in["refreshToken"], NOW + 1).json()["refreshToken"]
    with time_machine.travel(NOW + 60, tick=False):
        assert post("signout", {"refreshToken": signed_in["refreshToken"]}).status_code == 200
    assert_refused(refresh(post, fresh, NOW + 61))


def test_sign_out_with_an_unknown_token_is_no_error_and_changes_nothing(
    post: Post, rows: Rows, signed_in: dict[str, Any]
) -> None:
    before = rows()
    assert post("signout", {"refreshToken": "unknown"}).status_code == 200
    assert rows() == before
