from __future__ import annotations

from typing import Any

from django.test import Client
from joserfc import jwt
from joserfc.jwk import KeySet

from apps.accounts.providers.local.tokens import issue_access_token


def test_the_keys_check_our_tokens_and_hold_nothing_private(client: Client, rows: Any) -> None:
    answer = client.get("/.well-known/jwks.json")
    keys = answer.json()["keys"]
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "public, max-age=300"
    assert [sorted(key) for key in keys] == [["alg", "e", "kid", "kty", "n", "use"]]
    token = issue_access_token("user-1", email="user-1@example.com", session_id="session")
    read = jwt.decode(token, KeySet.import_key_set({"keys": keys}), algorithms=["RS256"])
    assert (read.claims["sub"], read.header["kid"]) == ("user-1", keys[0]["kid"])


def test_everyone_may_ask_as_often_as_they_like(client: Client, rows: Any) -> None:
    answer = client.get("/.well-known/jwks.json", headers={"authorization": "Bearer a.b.c"})
    assert answer.status_code == 200
    assert "X-RateLimit-Limit" not in answer.headers
    assert "WWW-Authenticate" not in answer.headers
