from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import time_machine

from apps.accounts.attempts import counted, forget
from apps.accounts.errors import CodeMismatch, TooManyAttempts, WrongCredentials
from movierec.api.errors import Unavailable
from movierec.dynamo.connection import shared_connection
from movierec.dynamo.data_table import DataRow

NOW = 1_800_000_000
WINDOW = 15 * 60
ANN = "EMAIL#ann@example.com"
Rows = Callable[[], list[dict[str, Any]]]
pytestmark = pytest.mark.usefixtures("tables")


@pytest.fixture
def clock() -> Any:
    """The clock at NOW; it stands still unless it is moved."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def guess(
    partition: str = ANN, error: BaseException | None = None, meanwhile: Callable[[], object] = lambda: None
) -> None:
    with counted(partition, failures=(WrongCredentials,)):
        meanwhile()
        if error:
            raise error


def wrong(partition: str = ANN, meanwhile: Callable[[], object] = lambda: None) -> None:
    with pytest.raises(WrongCredentials):
        guess(partition, WrongCredentials(), meanwhile)


def wait_of_the_next(partition: str = ANN) -> int:
    """For how many seconds the next try is refused, 0 when it is taken."""
    try:
        guess(partition, Unavailable())
    except TooManyAttempts as error:
        return int(error.headers["Retry-After"])
    except Unavailable:
        return 0
    raise AssertionError


class TestCounting:
    def test_the_row_of_a_first_try(self, clock: Any, rows: Rows) -> None:
        wrong()
        assert rows() == [{"pk": ANN, "sk": "ATTEMPTS", "tries": 1, "expiresAt": NOW + WINDOW}]

    def test_a_success_gives_the_try_back_and_forgets_no_wrong_one(self, clock: Any, rows: Rows) -> None:
        wrong()
        guess()
        guess()
        assert rows()[0]["tries"] == 1
        forget(ANN)
        assert rows() == []
        forget(ANN)

    def test_the_time_runs_from_the_first_try(self, clock: Any, rows: Rows) -> None:
        wrong()
        clock.move_to(NOW + 300)
        wrong()
        assert [(row["tries"], row["expiresAt"]) for row in rows()] == [(2, NOW + WINDOW)]

    @pytest.mark.parametrize("error", [Unavailable(), CodeMismatch(), RuntimeError(), KeyboardInterrupt()])
    def test_what_is_no_wrong_guess_gives_the_try_back(self, clock: Any, rows: Rows, error: BaseException) -> None:
        wrong()
        before = rows()
        with pytest.raises(type(error)):
            guess(ANN, error)
        assert rows() == before

    def test_a_try_that_was_forgotten_meanwhile_is_not_given_back(self, rows: Rows) -> None:
        with pytest.raises(Unavailable):
            guess(ANN, Unavailable(), lambda: forget(ANN))
        assert rows() == []

    def test_a_wrong_guess_brings_no_forgotten_count_back(self, clock: Any, rows: Rows) -> None:
        for _ in range(3):
            wrong()
        wrong(ANN, lambda: forget(ANN))
        assert rows() == []

    def test_accounts_count_apart(self, clock: Any) -> None:
        for _ in range(4):
            wrong()
        assert wait_of_the_next() == 2
        assert wait_of_the_next("EMAIL#bob@example.com") == 0
        assert wait_of_the_next("USER#ann") == 0


class TestWaiting:
    def test_from_the_fourth_wrong_one_on_the_wait_doubles(self, clock: Any) -> None:
        waits = []
        now = NOW
        for _ in range(10):
            wrong()
            waits.append(wait_of_the_next())
            now += waits[-1]
            clock.move_to(now)
        # After the tenth no try is left for the rest of the 15 minutes.
        assert waits == [0, 0, 0, 2, 4, 8, 16, 32, 64, WINDOW - 126]
        assert wait_of_the_next() == 0

    def test_a_moment_earlier_is_too_early(self, clock: Any) -> None:
        for _ in range(5):
            if wait_of_the_next():
                clock.move_to(NOW + 2)
            wrong()
        clock.move_to(NOW + 5)
        assert wait_of_the_next() == 1
        clock.move_to(NOW + 6)
        assert wait_of_the_next() == 0

    def test_a_wait_has_a_limit(self, clock: Any, settings: Any) -> None:
        settings.SIGN_IN_TRIES = 20
        settings.SIGN_IN_WINDOW_SECONDS = 24 * 3600
        list(DataRow.put_rows([{"pk": ANN, "sk": "ATTEMPTS", "tries": 14, "expiresAt": NOW + 24 * 3600}]))
        wrong()
        assert wait_of_the_next() == 300

    def test_no_wait_is_longer_than_the_window(self, clock: Any) -> None:
        row = {"pk": ANN, "sk": "ATTEMPTS", "tries": 8, "expiresAt": NOW + 10}
        list(DataRow.put_rows([row]))
        wrong()
        assert wait_of_the_next() == 10
        clock.move_to(NOW + 10)
        assert wait_of_the_next() == 0

    def test_a_refused_try_is_not_made_and_changes_nothing(self, clock: Any, rows: Rows) -> None:
        for _ in range(4):
            wrong()
        before = rows()
        made: list[str] = []
        with pytest.raises(TooManyAttempts) as caught:
            guess(meanwhile=lambda: made.append("guess"))
        assert made == []
        assert (caught.value.status, caught.value.error_code) == (429, "TooManyRequestsException")
        assert rows() == before

    def test_after_15_minutes_the_count_starts_anew(self, clock: Any, rows: Rows, operations: list[str]) -> None:
        for _ in range(4):
            wrong()
        clock.move_to(NOW + WINDOW)
        operations.clear()
        wrong()
        assert operations == ["UpdateItem", "UpdateItem"]
        assert rows() == [{"pk": ANN, "sk": "ATTEMPTS", "tries": 1, "expiresAt": NOW + 2 * WINDOW}]


class TestCalls:
    def test_a_try_is_one_request_and_a_later_wrong_one_two(self, clock: Any, operations: list[str]) -> None:
        for expected in (*[["UpdateItem"]] * 3, ["UpdateItem"] * 2):
            operations.clear()
            wrong()
            assert operations == expected

    def test_a_refusal_is_two_writes_that_fail_and_a_read(self, clock: Any, operations: list[str]) -> None:
        for _ in range(4):
            wrong()
        operations.clear()
        assert wait_of_the_next() == 2
        assert operations == ["UpdateItem", "UpdateItem", "GetItem"]


class TestParallel:
    def test_ten_of_two_hundred_are_made(self, clock: Any, rows: Rows, atomic_requests: None) -> None:
        made: list[int] = []

        def try_once(number: int) -> str:
            try:
                guess(ANN, WrongCredentials(), lambda: made.append(number))
            except (WrongCredentials, TooManyAttempts) as error:
                return type(error).__name__
            raise AssertionError

        with ThreadPoolExecutor(20) as pool:
            outcomes = list(pool.map(try_once, range(200)))
        assert outcomes.count("WrongCredentials") == len(made) <= 10
        assert len(made) >= 4
        assert rows()[0]["tries"] == len(made)

    def test_at_the_end_of_a_window_too(self, clock: Any, rows: Rows, atomic_requests: None) -> None:
        old = {"pk": ANN, "sk": "ATTEMPTS", "tries": 10, "nextAt": NOW + 5, "expiresAt": NOW}
        list(DataRow.put_rows([old]))
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda _: wait_of_the_next(), range(10)))
        assert rows() == [{"pk": ANN, "sk": "ATTEMPTS", "tries": 0, "expiresAt": NOW + WINDOW}]

    def test_a_count_that_is_cleared_while_it_is_looked_at_is_begun_again(self, clock: Any, rows: Rows) -> None:
        for _ in range(4):
            wrong()

        def clear(**_: Any) -> None:
            events.unregister("before-call.dynamodb.GetItem", clear)
            forget(ANN)

        events = shared_connection().client.meta.events
        events.register("before-call.dynamodb.GetItem", clear)
        wrong()
        assert [(row["tries"], "nextAt" in row) for row in rows()] == [(1, False)]

    def test_a_slow_guess_does_not_shorten_a_wait(self, clock: Any, rows: Rows) -> None:
        for _ in range(3):
            wrong()
        list(DataRow.put_rows([{**rows()[0], "nextAt": NOW}]))
        wrong(ANN, lambda: list(DataRow.put_rows([{**rows()[0], "nextAt": NOW + 8}])))
        assert rows()[0]["nextAt"] == NOW + 8
