"""Leaving: while a deletion waits nobody is in; it is taken back by a sign-in, or everything is gone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from apps.accounts.deletions import erase_due
from apps.accounts.providers import provider
from apps.accounts.providers.interface import Tokens
from tests.apps.accounts.interruptions import meanwhile
from tests.apps.accounts.whole_person import rows_about
from tests.contract.identity.service import ANN, OTHER_PASSWORD, PASSWORD, Identity, coded

# After the 7 days.
LATER = timedelta(days=8)


def elsewhere() -> Tokens:
    """A sign-in that the service knows nothing of, such as at the pool itself."""
    outcome = provider().sign_in(ANN, PASSWORD)
    assert isinstance(outcome, Tokens)
    return outcome


def leave(identity: Identity, token: str) -> None:
    answer = identity.delete("/user", token, {"password": PASSWORD})
    assert answer.status_code == 200, answer.content


def restored(identity: Identity) -> Any:
    return identity.post("signin", {"email": ANN, "password": PASSWORD, "restore": True})


def refreshes(identity: Identity, refresh_token: str) -> bool:
    return bool(identity.post("refresh", {"refreshToken": refresh_token}).status_code == 200)


def test_while_it_waits_nobody_is_in_until_it_is_taken_back(identity: Identity) -> None:
    identity.account()
    own, earlier = identity.tokens(), elsewhere()
    assert identity.is_good(earlier.access)
    leave(identity, own["accessToken"])
    later = elsewhere()
    assert [identity.is_good(token) for token in (own["accessToken"], earlier.access, later.access)] == [False] * 3
    assert [refreshes(identity, token) for token in (own["refreshToken"], earlier.refresh, later.refresh)] == [
        False
    ] * 3
    refused = identity.post("signin", {"email": ANN, "password": PASSWORD})
    assert coded(refused) == (403, "AccountDeletionPending")
    assert coded(identity.post("signin", {"email": ANN, "password": OTHER_PASSWORD})) == (
        401,
        "NotAuthorizedException",
    )
    answer = restored(identity)
    assert answer.status_code == 200
    assert identity.is_good(answer.json()["accessToken"])
    assert refreshes(identity, answer.json()["refreshToken"])
    assert not identity.is_good(own["accessToken"])
    assert not refreshes(identity, own["refreshToken"])


def test_a_sign_in_on_its_way_does_not_survive_the_request(identity: Identity) -> None:
    identity.account()
    own = identity.token()
    # The session is about to be listed.
    with meanwhile(0, lambda: leave(identity, own), "BatchWriteItem"):
        late = identity.post("signin", {"email": ANN, "password": PASSWORD})
    assert coded(late) == (403, "AccountDeletionPending")
    answer = restored(identity)
    (left,) = identity.get("/auth/sessions", answer.json()["accessToken"]).json()["sessions"]
    assert left["current"] is True


# Our own tokens have all expired by that day; a pool gives them out until it.
@pytest.mark.parametrize("identity", [pytest.param("cognito", marks=pytest.mark.embedded)], indirect=True)
def test_of_an_erased_person_no_token_writes_anything(identity: Identity) -> None:
    user_id = identity.account()
    own, other = identity.tokens(), elsewhere()
    leave(identity, own["accessToken"])
    assert list(erase_due(datetime.now(UTC) + LATER)) == [user_id]
    for token in (own["accessToken"], other.access):
        refused = identity.call("POST", "/user/preferences", {"contentType": "tv"}, token)
        assert (refused.status_code, refused.json()["error"]) == (401, "Authentication failed")
    assert not refreshes(identity, own["refreshToken"])
    assert not refreshes(identity, other.refresh)
    assert not identity.can_sign_in(PASSWORD)
    assert restored(identity).status_code == 401
    assert [row for row in rows_about(user_id) if not row["pk"].startswith("RATE#")] == []
