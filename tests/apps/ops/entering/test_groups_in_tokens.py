from __future__ import annotations

import jwt
from django.test import Client

from tests.apps.ops.entering.conftest import PASSWORD, Hire


def tokens_of(client: Client) -> list[dict[str, object]]:
    answer = client.post(
        "/auth/signin", {"email": "ann@example.com", "password": PASSWORD}, content_type="application/json"
    ).json()
    return [jwt.decode(answer[name], options={"verify_signature": False}) for name in ("accessToken", "idToken")]


def test_tokens_of_staff_name_their_groups_as_a_pools_do(client: Client, hire: Hire) -> None:
    hire("ann@example.com", "ops", "support")
    assert [token["cognito:groups"] for token in tokens_of(client)] == [["ops", "support"]] * 2


def test_tokens_of_others_name_none(client: Client, hire: Hire) -> None:
    hire("ann@example.com")
    assert ["cognito:groups" in token for token in tokens_of(client)] == [False, False]
