"""What a good token says, and what clients read without one; test_token_attacks.py has those that are refused."""

from __future__ import annotations

from typing import Any

import jwt
import pytest
from django.conf import settings
from django.test import Client

from apps.accounts.providers.local.tokens import issue_access_token


def asked(client: Client, authorization: str) -> Any:
    return client.get("/user/favourites", headers={"authorization": authorization})


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


def test_an_access_token_lives_an_hour_and_has_no_audience(tables: None) -> None:
    token = issue_access_token("user-1", email="user-1@example.com", session_id="session")
    claims = jwt.decode(token, options={"verify_signature": False})
    assert claims["exp"] - claims["iat"] == 3600
    assert (claims["token_use"], claims["client_id"], claims["sub"]) == ("access", "movierec-web", "user-1")
    assert "aud" not in claims


def test_the_client_id_is_the_settings() -> None:
    assert settings.TOKEN_CLIENT_ID == "movierec-web"
