from __future__ import annotations

from typing import Any

import pytest

from tests.contract.identity.service import ANN, BOB, PASSWORD, Identity, coded

PROFILE = "/user/profile"


def put(identity: Identity, token: str, body: dict[str, Any]) -> Any:
    return identity.call("PUT", PROFILE, body, token)


def test_the_profile_is_read_and_changed(identity: Identity) -> None:
    user_id = identity.account()
    token = identity.token()
    body = identity.get(PROFILE, token).json()
    created_at = body["profile"]["createdAt"]
    expected = {
        "userId": user_id,
        "email": ANN,
        "username": None,
        "displayName": None,
        "createdAt": created_at,
        "mfaEnabled": False,
    }
    assert body == {"profile": expected}
    changed = put(identity, token, {"displayName": "Ann Lee", "username": "ann-lee"})
    expected |= {"displayName": "Ann Lee", "username": "ann-lee"}
    assert changed.status_code == 200
    assert changed.json()["profile"] == expected
    assert identity.get(PROFILE, token).json() == {"profile": expected}
    assert identity.can_sign_in(PASSWORD, "ANN-LEE")


def test_a_username_belongs_to_one(identity: Identity) -> None:
    identity.account(ANN, username="ann")
    identity.account(BOB)
    assert coded(put(identity, identity.token(BOB), {"username": "Ann"})) == (409, "UsernameTaken")
    assert identity.tokens("ann")["email"] == ANN


@pytest.mark.parametrize("forged", ["userId", "email", "confirmed", "groups", "sub", "passwordHash", "mfaEnabled"])
def test_members_that_no_profile_lets_set(identity: Identity, forged: str) -> None:
    identity.account()
    token = identity.token()
    before = identity.get(PROFILE, token).json()
    answer = put(identity, token, {"displayName": "Ann", forged: "forged"})
    assert coded(answer) == (400, "InvalidParameterException")
    assert [detail["path"] for detail in answer.json()["details"]] == [forged]
    assert identity.get(PROFILE, token).json() == before
