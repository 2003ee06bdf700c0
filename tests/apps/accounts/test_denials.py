from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import time_machine
from django.test import Client
from pynamodb.transactions import TransactWrite

from apps.accounts import deletions, denials, sessions
from apps.accounts.caller import NOBODY
from apps.accounts.models import Session
from apps.accounts.providers.interface import Claims
from movierec.dynamo.connection import shared_connection
from movierec.dynamo.transactions import write_together

NOW = 1_800_000_000
# 30 days in which a session may be refreshed elsewhere, the hour of its last access token, and the leeway.
KEPT_FOR = 30 * 24 * 3600 + 3600 + 60
Rows = Callable[[], list[dict[str, Any]]]


def claims(session_id: str = "s1", *, user_id: str = "ann", signed_in_at: int = NOW - 100) -> Claims:
    return Claims(user_id, session_id, signed_in_at, None)


@pytest.fixture(autouse=True)
def process(tables: None, monkeypatch: pytest.MonkeyPatch) -> Callable[[], denials.Cache]:
    """Goes on as another process, which knows nothing yet; answers its cache."""

    def begin() -> denials.Cache:
        cache = denials.Cache()
        monkeypatch.setattr(denials, "cache", cache)
        return cache

    begin()
    return begin


@pytest.fixture
def clock() -> Any:
    """The clock at NOW; it stands still unless it is moved."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


class TestAskingOften:
    def test_an_answer_is_one_request_in_30_seconds(self, clock: Any, operations: list[str]) -> None:
        operations.clear()
        assert [denials.is_denied(claims()) for _ in range(3)] == [False] * 3
        assert operations == ["BatchGetItem"]
        clock.move_to(NOW + 29)
        assert not denials.is_denied(claims())
        assert operations == ["BatchGetItem"]
        clock.move_to(NOW + 30)
        assert not denials.is_denied(claims())
        assert operations == ["BatchGetItem"] * 2

    def test_a_clock_that_was_set_back_does_not_keep_an_answer_for_ever(
        self, clock: Any, operations: list[str]
    ) -> None:
        operations.clear()
        denials.is_denied(claims())
        clock.move_to(NOW - 3600)
        denials.is_denied(claims())
        assert operations == ["BatchGetItem"] * 2

    def test_the_read_is_consistent(self, tables: None) -> None:
        requests: list[dict[str, Any]] = []

        def note(params: dict[str, Any], **_: Any) -> None:
            requests.append(params)

        events = shared_connection().client.meta.events
        events.register("before-call.dynamodb.BatchGetItem", note)
        denials.is_denied(claims())
        events.unregister("before-call.dynamodb.BatchGetItem", note)
        assert ['"ConsistentRead": true' in str(request["body"]) for request in requests] == [True]

    def test_only_so_many_sessions_are_remembered(
        self, clock: Any, operations: list[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(denials, "CACHED_SESSIONS", 3)
        for number in range(5):
            denials.is_denied(claims(f"s{number}"))
        operations.clear()
        for number in (2, 3, 4):
            denials.is_denied(claims(f"s{number}"))
        assert operations == []
        denials.is_denied(claims("s0"))
        assert operations == ["BatchGetItem"]


class TestOneSession:
    def test_the_row_of_an_end(self, clock: Any, rows: Rows) -> None:
        denials.deny_each("ann", ["s1"])
        assert rows() == [{"pk": "USER#ann", "sk": "ENDED#s1", "expiresAt": NOW + KEPT_FOR}]

    def test_it_is_denied_at_once_where_it_was_ended(self, clock: Any) -> None:
        assert not denials.is_denied(claims())
        denials.deny_each("ann", ["s1"])
        assert denials.is_denied(claims())
        assert denials.is_denied(claims(signed_in_at=NOW + 5))

    def test_other_sessions_and_people_stay(self, clock: Any) -> None:
        denials.deny_each("ann", ["s1"])
        assert not denials.is_denied(claims("s2"))
        assert not denials.is_denied(claims(user_id="bob"))

    def test_another_process_knows_after_30_seconds(
        self, clock: Any, process: Callable[[], denials.Cache], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        other = denials.cache
        assert not denials.is_denied(claims())
        process()
        denials.deny_each("ann", ["s1"])
        monkeypatch.setattr(denials, "cache", other)
        assert not denials.is_denied(claims())
        clock.move_to(NOW + 30)
        assert denials.is_denied(claims())

    def test_a_fresh_answer_does_not_come_from_the_cache(
        self, clock: Any, process: Callable[[], denials.Cache], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        other = denials.cache
        assert not denials.is_denied(claims())
        process()
        denials.deny_each("ann", ["s1"])
        monkeypatch.setattr(denials, "cache", other)
        assert denials.is_denied(claims(), fresh=True)
        assert denials.is_denied(claims())

    def test_an_answer_from_before_the_end_is_not_kept(self, clock: Any) -> None:
        def end_meanwhile(**_: Any) -> None:
            denials.deny_each("ann", ["s1"])

        events = shared_connection().client.meta.events
        events.register("after-call.dynamodb.BatchGetItem", end_meanwhile)
        denials.is_denied(claims())
        events.unregister("after-call.dynamodb.BatchGetItem", end_meanwhile)
        assert denials.is_denied(claims())

    def test_a_row_that_dynamodb_has_not_removed_yet_does_not_count(self, clock: Any) -> None:
        denials.deny_each("ann", ["s1"])
        clock.move_to(NOW + KEPT_FOR - 1)
        assert denials.is_denied(claims())
        clock.move_to(NOW + KEPT_FOR)
        assert not denials.is_denied(claims(), fresh=True)

    def test_many_at_once_come_25_a_request(self, clock: Any, operations: list[str], rows: Rows) -> None:
        operations.clear()
        denials.deny_each("ann", [f"s{number}" for number in range(60)])
        assert operations == ["BatchWriteItem"] * 3
        assert len(rows()) == 60
        assert denials.is_denied(claims("s59"))


class TestAllSessions:
    def test_the_row_of_the_moment(self, clock: Any, rows: Rows) -> None:
        denials.deny_all("ann", kept=None)
        moment = {"before": NOW, "exactly": NOW}
        assert rows() == [{"pk": "USER#ann", "sk": "ENDED", **moment, "expiresAt": NOW + KEPT_FOR}]

    @pytest.mark.parametrize(("signed_in_at", "denied"), [(NOW - 1, True), (NOW, False), (NOW + 1, False)])
    def test_sign_ins_before_this_second_no_longer_count(self, clock: Any, signed_in_at: int, denied: bool) -> None:
        assert not denials.is_denied(claims(signed_in_at=signed_in_at))
        denials.deny_all("ann", kept=None)
        assert denials.is_denied(claims(signed_in_at=signed_in_at)) is denied
        assert not denials.is_denied(claims(user_id="bob", signed_in_at=signed_in_at))

    def test_the_session_to_keep_still_counts(self, clock: Any, rows: Rows) -> None:
        sessions.begin("ann", "mine", NOBODY)
        denials.deny_all("ann", kept="mine")
        assert [row["keptSession"] for row in rows() if row["sk"] == "ENDED"] == ["mine"]
        assert not denials.is_denied(claims("mine"))
        assert denials.is_denied(claims("other"))

    def test_only_a_session_on_the_list_can_be_kept(self, clock: Any, rows: Rows) -> None:
        denials.deny_all("ann", kept="long gone")
        assert denials.is_denied(claims("long gone"))
        assert [sorted(row) for row in rows()] == [["before", "exactly", "expiresAt", "pk", "sk"]]

    def test_the_next_time_another_session_is_kept_or_none(self, clock: Any) -> None:
        sessions.begin("ann", "first", NOBODY)
        sessions.begin("ann", "second", NOBODY)
        denials.deny_all("ann", kept="first")
        denials.deny_all("ann", kept="second")
        assert denials.is_denied(claims("first"))
        assert not denials.is_denied(claims("second"))
        denials.deny_all("ann", kept=None)
        assert denials.is_denied(claims("second"))

    @pytest.mark.parametrize("kept", [None, "mine"])
    def test_a_slow_clock_moves_nothing_back(self, clock: Any, rows: Rows, kept: str | None) -> None:
        sessions.begin("ann", "mine", NOBODY)
        denials.deny_all("ann", kept=None)
        before = rows()
        clock.move_to(NOW - 5)
        denials.deny_all("ann", kept=kept)
        assert rows() == before
        assert denials.is_denied(claims("mine", signed_in_at=NOW - 1))

    def test_a_later_call_moves_the_moment_on(self, clock: Any) -> None:
        denials.deny_all("ann", kept=None)
        clock.move_to(NOW + 10)
        denials.deny_all("ann", kept=None)
        assert denials.is_denied(claims(signed_in_at=NOW + 9))

    def test_it_stays_until_no_older_session_can_be_alive(self, clock: Any) -> None:
        denials.deny_all("ann", kept=None)
        clock.move_to(NOW + KEPT_FOR - 1)
        assert denials.is_denied(claims())
        clock.move_to(NOW + KEPT_FOR)
        assert not denials.is_denied(claims(), fresh=True)


class TestWithANewPassword:
    """The moment is stored in the transaction that stores the password."""

    @staticmethod
    def sign_out(*, kept: str | None = None, done: bool = True) -> None:
        def fill(transaction: TransactWrite) -> None:
            denials.sign_out_with(transaction, "ann", kept=kept)
            if not done:
                transaction.condition_check(Session, "USER#ann", "SESSION#none", condition=Session.pk.exists())

        assert write_together(fill) is done
        denials.cache.forget("ann")

    @pytest.mark.parametrize("kept", [None, "mine"])
    def test_the_row_is_that_of_signing_out_everywhere(self, clock: Any, rows: Rows, kept: str | None) -> None:
        self.sign_out(kept=kept)
        row = {"pk": "USER#ann", "sk": "ENDED", "before": NOW, "exactly": NOW, "expiresAt": NOW + KEPT_FOR}
        assert rows() == [row if kept is None else {**row, "keptSession": kept}]

    def test_earlier_sign_ins_no_longer_count_but_for_the_one_to_keep(self, clock: Any) -> None:
        self.sign_out(kept="mine")
        assert [denials.is_denied(claims(session_id)) for session_id in ("mine", "other")] == [False, True]
        assert not denials.is_denied(claims("new", signed_in_at=NOW))

    def test_the_one_kept_before_is_not_kept_again(self, clock: Any) -> None:
        self.sign_out(kept="mine")
        clock.move_to(NOW + 10)
        self.sign_out()
        assert denials.is_denied(claims("mine"))

    def test_a_transaction_that_is_not_done_ends_nothing(self, clock: Any, rows: Rows) -> None:
        self.sign_out(done=False)
        assert rows() == []
        assert not denials.is_denied(claims())


class TestADeletion:
    def test_while_it_waits_no_sign_in_counts_whenever_it_was(self, clock: Any) -> None:
        deletions.request("ann")
        for signed_in_at in (NOW - 100, NOW, NOW + 3600):
            assert denials.is_denied(claims(signed_in_at=signed_in_at))
        assert not denials.is_denied(claims(user_id="bob"))

    def test_the_process_that_took_the_request_knows_at_once(self, clock: Any) -> None:
        assert not denials.is_denied(claims())
        deletions.request("ann")
        assert denials.is_denied(claims())
        deletions.take_back("ann")
        assert not denials.is_denied(claims())

    def test_another_process_knows_after_30_seconds(
        self, clock: Any, process: Callable[[], denials.Cache], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        other = denials.cache
        assert not denials.is_denied(claims())
        process()
        deletions.request("ann")
        monkeypatch.setattr(denials, "cache", other)
        clock.move_to(NOW + 30)
        assert denials.is_denied(claims())


class TestAnErasure:
    def test_earlier_sign_ins_of_the_person_count_no_longer(self, clock: Any) -> None:
        assert not denials.is_denied(claims())
        denials.deny_erased("ann")
        assert denials.is_denied(claims())
        assert denials.is_denied(claims("any other"))
        assert not denials.is_denied(claims(user_id="bob"))

    def test_processes_that_sign_by_another_key_know(self, clock: Any, settings: Any) -> None:
        denials.deny_erased("ann")
        settings.SECRET_KEY = "another" * 10
        assert denials.is_denied(claims(), fresh=True)

    def test_it_outlives_the_rows_of_the_person_for_a_day_and_the_leeway(self, clock: Any, rows: Rows) -> None:
        denials.deny_erased("ann")
        assert [row for row in rows() if "ann" in repr(row)] == []
        clock.move_to(NOW + 24 * 3600 + 59)
        assert denials.is_denied(claims())
        clock.move_to(NOW + 24 * 3600 + 60)
        assert not denials.is_denied(claims(), fresh=True)


def test_threads_may_ask_and_end_at_once(atomic_requests: None) -> None:
    def work(number: int) -> None:
        denials.is_denied(claims(f"s{number % 5}"))
        if number % 3 == 0:
            denials.deny_each("ann", [f"s{number % 5}"])

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(60)))
    assert all(denials.is_denied(claims(f"s{number}")) for number in range(5))


class TestOverHttp:
    def test_a_token_of_an_ended_session_is_refused_and_changes_nothing(
        self, client: Client, sign_in: Callable[[str], dict[str, str]], rows: Rows
    ) -> None:
        headers = sign_in("ann")
        assert client.post("/user/preferences", {}, content_type="application/json", headers=headers).status_code == 200
        sessions.end("ann", "test-session")
        before = rows()
        answer = client.post(
            "/user/preferences", {"contentType": "tv"}, content_type="application/json", headers=headers
        )
        assert answer.status_code == 401
        assert answer.json()["error"] == "Authentication failed"
        assert answer.json()["details"] == "Invalid or expired token"
        assert answer["WWW-Authenticate"] == 'Bearer realm="movierec"'
        assert rows() == before

    def test_every_process_refuses_it_within_a_minute(
        self,
        client: Client,
        clock: Any,
        sign_in: Callable[[str], dict[str, str]],
        process: Callable[[], denials.Cache],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        headers = sign_in("ann")

        def ask() -> int:
            return int(client.get("/user/stats/stats", headers=headers).status_code)

        other = denials.cache
        assert ask() == 200
        process()
        clock.move_to(NOW + 1)
        sessions.end_all("ann", kept=None)
        assert ask() == 401
        monkeypatch.setattr(denials, "cache", other)
        clock.move_to(NOW + 60)
        assert ask() == 401
