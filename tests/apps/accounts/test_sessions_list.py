from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

import pytest
import time_machine

from apps.accounts import denials, sessions
from apps.accounts.caller import NOBODY, Caller
from apps.accounts.providers.interface import Claims
from apps.accounts.sessions import ListedSession
from movierec.dynamo.connection import shared_connection
from movierec.dynamo.data_table import DataRow

NOW = 1_800_000_000
MONTH = 30 * 24 * 3600
LAPTOP = Caller("Firefox on Linux", "203.0.113.0/24")
Rows = Callable[[], list[dict[str, Any]]]
pytestmark = pytest.mark.usefixtures("tables")


@pytest.fixture
def clock() -> Any:
    """The clock at NOW; it stands still unless it is moved."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


class Killed(Exception):
    """The process ends here."""


@pytest.fixture
def killed_after() -> Callable[[int], Any]:
    """Ends the process when it sends one more request to DynamoDB than so many."""

    @contextmanager
    def until(requests: int) -> Iterator[None]:
        sent = count()

        def stop(**_: Any) -> None:
            if next(sent) == requests:
                raise Killed

        events = shared_connection().client.meta.events
        events.register("before-call.dynamodb", stop)
        yield
        events.unregister("before-call.dynamodb", stop)

    return until


def ids(user_id: str = "ann") -> list[str]:
    return [session.session_id for session in sessions.listed(user_id)]


def denied(session_id: str, *, signed_in_at: int = NOW) -> bool:
    return denials.is_denied(Claims("ann", session_id, signed_in_at, None), fresh=True)


class TestBegin:
    def test_the_row_of_a_session(self, clock: Any, rows: Rows) -> None:
        sessions.begin("ann", "s1", LAPTOP)
        assert rows() == [
            {
                "pk": "USER#ann",
                "sk": "SESSION#s1",
                "createdAt": "2027-01-15T08:00:00.000Z",
                "seenAt": "2027-01-15T08:00:00.000Z",
                "device": "Firefox on Linux",
                "place": "203.0.113.0/24",
                "expiresAt": NOW + MONTH,
            }
        ]

    def test_it_is_one_write_and_one_query(self, operations: list[str]) -> None:
        operations.clear()
        sessions.begin("ann", "s1", LAPTOP)
        assert operations == ["BatchWriteItem", "Query"]

    def test_beyond_100_the_oldest_ends(self, clock: Any) -> None:
        list(DataRow.put_rows(_row(f"s{number:03}") for number in range(99)))
        clock.move_to(NOW + 1)
        sessions.begin("ann", "s099", NOBODY)
        assert len(ids()) == 100
        assert not denied("s000")
        sessions.begin("ann", "s100", NOBODY)
        assert ids() == [f"s{number:03}" for number in range(100, 0, -1)]
        assert denied("s000")
        assert not denied("s001")

    def test_another_persons_sessions_do_not_count(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sessions, "MOST_SESSIONS", 1)
        sessions.begin("ann", "s1", NOBODY)
        sessions.begin("bob", "s2", NOBODY)
        assert (ids("ann"), ids("bob")) == (["s1"], ["s2"])


class TestAdopt:
    def test_at_the_local_provider_no_session_begins_elsewhere(self, rows: Rows) -> None:
        assert sessions.adopt("ann", "s1") is False
        assert rows() == []

    def test_a_pools_session_is_listed(self, settings: Any) -> None:
        settings.IDENTITY_PROVIDER = "cognito"
        assert sessions.adopt("ann", "s1") is True
        assert [(session.session_id, session.device) for session in sessions.listed("ann")] == [("s1", "")]


class TestSeen:
    def test_it_notes_the_time_and_nothing_else(self, clock: Any, rows: Rows, operations: list[str]) -> None:
        sessions.begin("ann", "s1", LAPTOP)
        (before,) = rows()
        clock.move_to(NOW + 60)
        operations.clear()
        assert sessions.seen("ann", "s1") is True
        assert operations == ["UpdateItem"]
        assert rows() == [{**before, "seenAt": "2027-01-15T08:01:00.000Z"}]

    def test_what_is_not_listed_is_not_made(self, rows: Rows) -> None:
        sessions.begin("bob", "s1", LAPTOP)
        before = rows()
        assert sessions.seen("ann", "s1") is False
        assert rows() == before

    def test_a_session_of_30_days_is_over(self, clock: Any, rows: Rows) -> None:
        sessions.begin("ann", "s1", LAPTOP)
        before = rows()
        clock.move_to(NOW + MONTH - 1)
        assert sessions.seen("ann", "s1") is True
        clock.move_to(NOW + MONTH)
        assert sessions.seen("ann", "s1") is False
        assert rows()[0]["expiresAt"] == before[0]["expiresAt"]


class TestListed:
    def test_the_newest_first_in_one_query(self, clock: Any, operations: list[str]) -> None:
        sessions.begin("ann", "z", LAPTOP)
        clock.move_to(NOW + 1)
        sessions.begin("ann", "a", NOBODY)
        clock.move_to(NOW + 61)
        sessions.seen("ann", "z")
        operations.clear()
        assert sessions.listed("ann") == [
            ListedSession("a", "", "", "2027-01-15T08:00:01.000Z", "2027-01-15T08:00:01.000Z"),
            ListedSession(
                "z", "Firefox on Linux", "203.0.113.0/24", "2027-01-15T08:00:00.000Z", "2027-01-15T08:01:01.000Z"
            ),
        ]
        assert operations == ["Query"]

    def test_nobody_has_none(self) -> None:
        assert sessions.listed("nobody") == []

    def test_one_that_dynamodb_has_not_removed_yet_is_left_out(self, clock: Any) -> None:
        sessions.begin("ann", "s1", NOBODY)
        clock.move_to(NOW + MONTH)
        assert sessions.listed("ann") == []

    def test_a_row_of_an_older_version_has_gaps(self, clock: Any) -> None:
        row = {"pk": "USER#ann", "sk": "SESSION#s1", "createdAt": "2026-01-01T00:00:00.000Z", "expiresAt": NOW + 1}
        list(DataRow.put_rows([row]))
        assert sessions.listed("ann") == [
            ListedSession("s1", "", "", "2026-01-01T00:00:00.000Z", "2026-01-01T00:00:00.000Z")
        ]


class TestEnd:
    def test_the_row_goes_and_the_token_is_denied_in_one_transaction(
        self, clock: Any, rows: Rows, operations: list[str]
    ) -> None:
        sessions.begin("ann", "s1", LAPTOP)
        sessions.begin("ann", "s2", LAPTOP)
        operations.clear()
        sessions.end("ann", "s1")
        assert operations == ["TransactWriteItems"]
        assert [row["sk"] for row in rows()] == ["ENDED#s1", "SESSION#s2"]
        assert (denied("s1"), denied("s2")) == (True, False)

    def test_it_can_be_repeated(self, clock: Any, rows: Rows) -> None:
        sessions.begin("ann", "s1", LAPTOP)
        sessions.end("ann", "s1")
        before = rows()
        sessions.end("ann", "s1")
        assert rows() == before

    def test_a_session_on_no_list_is_denied_as_well(self) -> None:
        sessions.end("ann", "elsewhere")
        assert denied("elsewhere")


class TestEndAll:
    def test_all_are_gone(self, clock: Any, rows: Rows) -> None:
        for name in ("s1", "s2"):
            sessions.begin("ann", name, NOBODY)
        sessions.begin("bob", "s1", NOBODY)
        sessions.end_all("ann", kept=None)
        assert [(row["pk"], row["sk"]) for row in rows()] == [
            ("USER#ann", "ENDED"),
            ("USER#ann", "ENDED#s1"),
            ("USER#ann", "ENDED#s2"),
            ("USER#bob", "SESSION#s1"),
        ]
        assert denied("s1", signed_in_at=NOW)
        assert denied("on no list", signed_in_at=NOW - 1)

    def test_one_may_be_kept(self, clock: Any) -> None:
        for name in ("s1", "s2", "s3"):
            sessions.begin("ann", name, NOBODY)
        clock.move_to(NOW + 10)
        sessions.end_all("ann", kept="s2")
        assert ids() == ["s2"]
        assert [denied(name) for name in ("s1", "s2", "s3")] == [True, False, True]
        assert denied("on no list")

    def test_a_sign_in_of_the_same_second_works(self, clock: Any) -> None:
        sessions.begin("ann", "old", NOBODY)
        sessions.end_all("ann", kept=None)
        sessions.begin("ann", "new", NOBODY)
        assert (denied("old"), denied("new")) == (True, False)
        assert ids() == ["new"]

    def test_a_thousand_end_in_batches(self, clock: Any, rows: Rows, operations: list[str]) -> None:
        list(DataRow.put_rows(_row(f"s{number:03}") for number in range(1000)))
        operations.clear()
        sessions.end_all("ann", kept="s007")
        assert operations == ["TransactWriteItems", "Query", *["BatchWriteItem"] * 80]
        assert ids() == ["s007"]
        assert sum(row["sk"].startswith("ENDED#") for row in rows()) == 999

    @pytest.mark.parametrize("requests", range(6))
    def test_stopped_half_way_it_can_be_run_again(
        self, clock: Any, killed_after: Callable[[int], Any], requests: int
    ) -> None:
        list(DataRow.put_rows(_row(f"s{number:02}") for number in range(40)))
        clock.move_to(NOW + 1)
        with killed_after(requests), pytest.raises(Killed):
            sessions.end_all("ann", kept="s00")
        if requests:
            assert all(denied(f"s{number:02}") for number in range(1, 40))
        sessions.end_all("ann", kept="s00")
        assert ids() == ["s00"]
        assert [denied(name) for name in ("s00", "s01", "s39")] == [False, True, True]


def _row(session_id: str) -> dict[str, Any]:
    return {
        "pk": "USER#ann",
        "sk": f"SESSION#{session_id}",
        "createdAt": "2027-01-15T08:00:00.000Z",
        "expiresAt": NOW + MONTH,
    }
