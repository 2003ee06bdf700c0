"""Which tokens the API takes, and what clients read when it does not."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from django.conf import settings
from django.test import Client

from apps.accounts.providers.local.keys import signing_key
from apps.accounts.providers.local.tokens import issue_access_token, issue_id_token

SignIn = Callable[..., dict[str, str]]


def asked(client: Client, authorization: str) -> Any:
    return client.get("/user/favourites", headers={"authorization": authorization})


def claims_of(token: str) -> dict[str, Any]:
    return jwt.decode(token, options={"verify_signature": False})


@pytest.fixture
def good(tables: None) -> dict[str, Any]:
    """The claims of a good access token."""
    return claims_of(issue_access_token("user-1", email="user-1@example.com", session_id="session"))


def signed(claims: dict[str, Any], **header: Any) -> str:
    ours = signing_key()
    return jwt.encode(claims, ours.private, algorithm="RS256", headers={"kid": ours.kid, **header})


class TestTexts:
    @pytest.mark.parametrize(
        ("authorization", "error", "details"),
        [
            ("Basic YTpi", "Authorization header must start with 'Bearer '", None),
            ("bearer abc", "Authorization header must start with 'Bearer '", None),
            ("Bearer", "Token is empty", None),
            ("token abc", "Authorization header must start with 'Bearer '", None),
            ("Bearer ", "Token is empty", None),
            ("Bearer    ", "Token is empty", None),
            ("Bearer abc", "Invalid JWT token format", "Expected 3 parts separated by dots, got 1 parts"),
            ("Bearer a.b", "Invalid JWT token format", "Expected 3 parts separated by dots, got 2 parts"),
            ("Bearer a.b.c.d", "Invalid JWT token format", "Expected 3 parts separated by dots, got 4 parts"),
            ("Bearer a.b.c", "Authentication failed", "Invalid or expired token"),
        ],
    )
    def test_each_way_to_be_wrong(self, client: Client, authorization: str, error: str, details: str | None) -> None:
        response = asked(client, authorization)
        body = response.json()
        assert response.status_code == 401
        assert (body["error"], body["message"], body.get("details")) == (error, "Unauthorized", details)

    def test_no_header(self, client: Client) -> None:
        assert client.get("/user/favourites").json()["error"] == "Authorization header required"


class TestClaims:
    def test_an_access_token_lives_an_hour_and_has_no_audience(self, good: dict[str, Any]) -> None:
        assert good["exp"] - good["iat"] == 3600
        assert (good["token_use"], good["client_id"], good["sub"]) == ("access", "movierec-web", "user-1")
        assert "aud" not in good

    def test_a_good_one_is_taken(self, client: Client, good: dict[str, Any]) -> None:
        assert asked(client, f"Bearer {signed(good)}").status_code == 200

    @pytest.mark.parametrize(
        "change",
        [
            {"iss": "https://evil.example"},
            {"iss": None},
            {"token_use": "id"},
            {"token_use": None},
            {"client_id": "another"},
            {"client_id": None},
            {"exp": None},
            {"sub": None},
        ],
    )
    def test_every_claim_is_checked(self, client: Client, good: dict[str, Any], change: dict[str, Any]) -> None:
        claims = {name: value for name, value in {**good, **change}.items() if value is not None}
        response = asked(client, f"Bearer {signed(claims)}")
        assert response.status_code == 401
        assert response.json()["error"] == "Authentication failed"
        assert response.json()["details"] == "Invalid or expired token"

    @pytest.mark.parametrize(("ago", "status"), [(30, 200), (90, 401)])
    def test_sixty_seconds_of_skew(self, client: Client, good: dict[str, Any], ago: int, status: int) -> None:
        token = signed({**good, "exp": int(time.time()) - ago})
        assert asked(client, f"Bearer {token}").status_code == status

    def test_an_id_token_is_not_taken(self, client: Client) -> None:
        token = issue_id_token("user-1", email="user-1@example.com", session_id="session")
        assert asked(client, f"Bearer {token}").status_code == 401


class TestAlgorithms:
    def test_none(self, client: Client, good: dict[str, Any]) -> None:
        token = jwt.encode(good, None, algorithm="none")
        assert asked(client, f"Bearer {token}").status_code == 401

    def test_hmac_under_our_key_id(self, client: Client, good: dict[str, Any]) -> None:
        kid = signing_key().kid
        token = jwt.encode(good, "s" * 32, algorithm="HS256", headers={"kid": kid})
        assert asked(client, f"Bearer {token}").status_code == 401

    @pytest.mark.parametrize("header", [{}, {"jku": "https://evil.example/keys"}, {"x5u": "https://evil.example"}])
    def test_another_key_under_our_key_id(self, client: Client, good: dict[str, Any], header: dict[str, Any]) -> None:
        theirs = generate_private_key(65537, 2048)
        token = jwt.encode(good, theirs, algorithm="RS256", headers={"kid": signing_key().kid, **header})
        assert asked(client, f"Bearer {token}").status_code == 401


def test_the_client_id_is_the_settings(good: dict[str, Any]) -> None:
    assert good["client_id"] == settings.TOKEN_CLIENT_ID
