from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.http import StreamingHttpResponse
from django.test import Client

from apps.accounts import exports
from apps.lists.services import RatingRow, put_ratings
from apps.preferences.models import UserPreferences
from movierec import jobs
from movierec.dynamo import pages
from movierec.dynamo.connection import shared_connection
from movierec.jobs.recorder import log_of
from tests.apps.accounts.whole_person import WholePerson, everything

TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"
UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"


@pytest.fixture
def zoe(client: Client, cheap_scrypt: None) -> Iterator[WholePerson]:
    with time_machine.travel(datetime(2027, 1, 15, 12, 0, tzinfo=UTC), tick=False):
        yield WholePerson(client)


@pytest.fixture
def headers(ann: str, sign_in: Callable[[str], dict[str, str]]) -> dict[str, str]:
    return sign_in(ann)


def text_of(response: Any) -> str:
    assert isinstance(response, StreamingHttpResponse)
    parts = response.streaming_content
    assert isinstance(parts, Iterator)
    return b"".join(parts).decode()


def masked(text: str) -> Any:
    return json.loads(re.sub(UUID, "UUID", re.sub(TIME, "TIME", text)))


def test_everything_that_was_stored_is_in_the_file(zoe: WholePerson) -> None:
    response = zoe.client.get("/user/export", headers=zoe.headers)
    exported = masked(text_of(response))
    session = {
        "id": "UUID",
        "createdAt": "TIME",
        "seenAt": "TIME",
        "device": "curl",
        "place": "127.0.0.0/24",
        "expiresAt": "TIME",
    }
    film = {"movieId": "603", "mediaType": "movie", "addedAt": "TIME", "title": "The Matrix"}
    series = {"movieId": "tv#1396", "mediaType": "tv", "addedAt": "TIME", "title": "Breaking Bad"}
    said = {"kind": "not_interested", "scope": "for_now", "createdAt": "TIME", "expiresAt": "TIME"}
    stats = exported.pop("stats")
    assert (stats["totalXP"], stats["moviesWatched"], stats["badge"]) == (1500, 3, "first")
    events = exported["securityEvents"]
    # Their order within the one moment of this test is nobody's.
    assert sorted(event["event"] for event in events) == [
        # Refused, since the password was wrong.
        "account:deletion:ask",
        "account:person:confirm",
        "account:person:sign-up",
        "account:second-factor:enable",
        *["account:session:begin"] * 3,
        "account:session:end",
    ]
    assert events[0].keys() == {"at", "event", "outcome", "by", "address", "details"}
    outcomes = {event["event"]: event["outcome"] for event in events}
    assert outcomes.pop("account:deletion:ask") == "refused"
    assert set(outcomes.values()) == {"done"}
    assert {(event["by"], event["address"]) for event in events} == {("you", "127.0.0.1")}
    assert exported == {
        "exportedAt": "TIME",
        "preferences": {
            "preferences": {"contentType": "both", "favoriteGenres": [18], "ownField": "kept"},
            "updatedAt": "TIME",
        },
        "favourites": [film],
        "watchlist": [series],
        "ratings": [{"mediaType": "movie", "mediaId": 603, "rating": 4.5, "watchedAt": "TIME"}],
        "feedback": [{**said, "mediaType": "movie", "mediaId": 949}],
        "account": {
            "userId": "UUID",
            "email": "Zoe.Quux@Example.com",
            "username": "Zuzu.Quux",
            "displayName": "Zoë",
            "createdAt": "TIME",
            "mfaEnabled": True,
        },
        "sessions": [session, session],
        "endedSessions": [{"id": "UUID", "expiresAt": "TIME"}],
        "devices": [{"expiresAt": "TIME"}, {"expiresAt": "TIME"}],
        "recoveryCodesLeft": 10,
        "mails": [{"hour": "TIME", "sent": 4}],
        "securityEvents": events,
        "attempts": [{"expiresAt": "TIME", "tries": 1}, {"expiresAt": "TIME", "tries": 1}],
    }


def test_an_export_is_a_run_that_says_whose(client: Client, headers: dict[str, str]) -> None:
    sent = text_of(client.get("/user/export", headers=headers))
    (run,) = jobs.newest("export")
    assert (run.state, run.schedule, run.figures()) == ("done", "own", {"bytes": len(sent.encode())})
    (line,) = log_of(run)
    assert line.endswith(" Everything about person/ann-id, asked for by themselves.")


def test_no_secret_is_in_the_file(zoe: WholePerson) -> None:
    text = text_of(zoe.client.get("/user/export", headers=zoe.headers))
    rows = [row for found in everything().values() for row in found]
    kept = {str(row[name]) for row in rows for name in ("passwordHash", "totpSecret", "codeHash") if name in row}
    hashed = [row["sk"].partition("#") for row in rows if row.get("sk", "").startswith(("RECOVERY#", "REFRESH#"))]
    hashed += [row["sk"].partition("#") for row in rows if row.get("sk", "").startswith("DEVICE#")]
    assert len(kept) == 4
    assert len(hashed) == 10 + 5 + 2
    for secret in [*kept, *(digest for _, _, digest in hashed), *zoe.recovery_codes]:
        assert secret not in text
    # Neither a SHA-256 in hexadecimal digits nor a Fernet token.
    assert not re.search(r"[0-9a-f]{64}|gAAAAA", text)


def test_the_sections_follow_the_list_of_apps(ann: str) -> None:
    text = b"".join(exports.stream(ann)).decode()
    assert list(json.loads(text))[:8] == [
        "exportedAt",
        "preferences",
        "favourites",
        "watchlist",
        "ratings",
        "feedback",
        "stats",
        "account",
    ]


def test_a_person_with_nothing_gets_empty_sections(client: Client, headers: dict[str, str]) -> None:
    exported = json.loads(text_of(client.get("/user/export", headers=headers)))
    assert exported["preferences"] is None
    assert [exported[name] for name in ("favourites", "watchlist", "ratings", "sessions", "devices")] == [[]] * 5
    assert exported["recoveryCodesLeft"] == 0


def test_the_answer_is_a_file_that_no_cache_keeps(client: Client, headers: dict[str, str]) -> None:
    response = client.get("/user/export", headers=headers)
    assert response.status_code == 200
    assert response["Content-Type"] == "application/json"
    assert response["Content-Disposition"] == 'attachment; filename="movierec-export.json"'
    assert response["Cache-Control"] == "no-store"
    assert re.fullmatch(UUID, response["X-Request-Id"])
    assert {"X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"} <= set(response.headers)


def test_a_browser_gets_the_same_file(client: Client, headers: dict[str, str]) -> None:
    response = client.get("/user/export", headers={**headers, "accept": "text/html"})
    assert json.loads(text_of(response))["account"]["userId"] == "ann-id"


def test_only_the_person_signed_in_gets_a_file(client: Client) -> None:
    response = client.get("/user/export")
    assert response.status_code == 401
    assert response.json()["error"] == "Authorization header required"


def test_an_account_that_is_gone_gets_none(client: Client, sign_in: Callable[[str], dict[str, str]]) -> None:
    assert client.get("/user/export", headers=sign_in("gone")).status_code == 401


def test_bytes_that_an_older_service_stored_come_in_base64(ann: str) -> None:
    list(UserPreferences.put_rows([{"userId": ann, "avatar": b"\x00\xff"}]))
    assert json.loads(b"".join(exports.stream(ann)))["preferences"] == {"avatar": "AP8="}


def store_ratings(count: int) -> None:
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    list(put_ratings(RatingRow("ann-id", ("movie", number), 3.0, moment) for number in range(1, count + 1)))


def test_pages_are_read_while_the_file_is_sent(
    ann: str, operations: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "PAGE_ROWS", 4)
    store_ratings(10)
    stream = exports.stream(ann)
    first_pages = operations.count("Query")
    exported = json.loads(b"".join(stream))
    # Two more pages of ratings; nothing else has a second page.
    assert operations.count("Query") == first_pages + 2
    assert sorted(row["mediaId"] for row in exported["ratings"]) == list(range(1, 11))


def test_a_full_last_page_ends_the_list_properly(ann: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "PAGE_ROWS", 5)
    store_ratings(10)
    assert len(json.loads(b"".join(exports.stream(ann)))["ratings"]) == 10


@pytest.mark.parametrize("failing", ["GetItem", "Query"])
def test_a_fault_of_the_database_is_an_error_and_not_half_a_file(
    client: Client, headers: dict[str, str], failing: str
) -> None:
    def fail(model: Any, **_: Any) -> None:
        if model.name == failing:
            raise TimeoutError("DynamoDB does not answer")

    events = shared_connection().client.meta.events
    events.register("before-call.dynamodb", fail)
    try:
        response = client.get("/user/export", headers=headers)
    finally:
        events.unregister("before-call.dynamodb", fail)
    assert response.status_code == 503
    assert response.json()["code"] == "ServiceUnavailable"
    assert "Content-Disposition" not in response
    assert [run.state for run in jobs.newest("export")] == ["failed"]
