"""What processes count comes to the rows, whole and once, and a fault costs nothing."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from time import time
from typing import Any, get_args

import pytest
import time_machine
from django.test import Client
from django.urls import get_resolver

from movierec.dynamo.connection import shared_connection
from movierec.dynamo.data_table import DataRow
from movierec.dynamo.table import Row
from movierec.telemetry import series as labelled_series
from movierec.telemetry.figures import Name
from movierec.telemetry.jobs import reported
from movierec.telemetry.series import counters, sending
from movierec.telemetry.series.counters import MOST_NAMES, MOST_PERIODS, OTHER, Counters, add_request, short
from movierec.telemetry.series.histogram import BUCKETS
from movierec.telemetry.series.reading import by_route, counted, labelled
from movierec.telemetry.series.sending import MOST_AMOUNTS, Sender
from movierec.telemetry.tally import count, tallied

START = datetime(2026, 5, 1, 23, 58, 30, tzinfo=UTC).timestamp()

pytestmark = pytest.mark.usefixtures("tables")


def at(seconds: float) -> Any:
    return time_machine.travel(START + seconds, tick=False)


@pytest.fixture
def begun(series: None) -> None:
    """A process that began at START."""
    with at(0):
        sending._sender.begin()


@pytest.fixture
def sent() -> Iterator[list[str]]:
    """The rows that were written to, by partition and sort key."""
    keys: list[str] = []

    def note(params: Any, **_: Any) -> None:
        keys.append("/".join(params["Key"][name]["S"] for name in ("pk", "sk")))

    events = shared_connection().client.meta.events
    events.register("provide-client-params.dynamodb.UpdateItem", note)
    yield keys
    events.unregister("provide-client-params.dynamodb.UpdateItem", note)


def rows(kind: str) -> list[Row]:
    return DataRow.query_all(f"METRICS#{kind}")


def test_a_minute_is_sent_by_the_first_request_after_it(client: Client, begun: None) -> None:
    with at(0):
        client.get("/health")
        client.get("/nowhere")
        assert (rows("MINUTE"), rows("HOUR")) == ([], [])
    with at(40):
        client.get("/health")
    (row,) = rows("MINUTE")
    ours = {"DynamoCalls", "DynamoMilliseconds", *BUCKETS}
    assert {name: value for name, value in row.items() if name not in ours} == {
        "pk": "METRICS#MINUTE",
        "sk": "2026-05-01T23:58",
        "expiresAt": int(datetime(2026, 5, 3, 1, 59, tzinfo=UTC).timestamp()),
        "Requests": 2,
        "Errors4xx": 1,
    }
    assert sum(row.get(bucket, 0) for bucket in BUCKETS) == 2


def test_hours_routes_and_days_follow_after_a_minute_and_later_every_five(client: Client, begun: None) -> None:
    with at(0):
        labelled_series.add("model.v1.shown", 3)
        client.get("/media/movie/603")
    with at(70):
        client.get("/health")
    assert [(row["sk"], row["Requests"], row["Errors4xx"]) for row in rows("HOUR")] == [("2026-05-01T23", 2, 1)]
    (routes,) = rows("ROUTE")
    assert {name.rpartition(" ")[0] for name in routes if name not in ("pk", "sk", "expiresAt")} == {
        "/media/*/*",
        "/health",
    }
    assert [(row["sk"], row["model.v1.shown"]) for row in rows("DAY")] == [("2026-05-01", 3)]
    # Ten minutes old, it sends a minute whenever one is over, and the others after five.
    hours = []
    for minute in range(10, 21):
        with at(60 * minute):
            client.get("/health")
        hours.append(sum(row["Requests"] for row in rows("HOUR")))
    assert hours == [3, 3, 3, 3, 3, 8, 8, 8, 8, 8, 13]


def test_midnight_parts_the_rows(client: Client, begun: None) -> None:
    for seconds in (0, 89, 91, 200):
        with at(seconds):
            client.get("/health")
    with at(400):
        sending._sender.send_all()
    assert [(row["sk"], row["Requests"]) for row in rows("MINUTE")] == [
        ("2026-05-01T23:58", 1),
        ("2026-05-01T23:59", 1),
        ("2026-05-02T00:00", 1),
        ("2026-05-02T00:01", 1),
    ]
    assert [(row["sk"], row["Requests"]) for row in rows("HOUR")] == [("2026-05-01T23", 2), ("2026-05-02T00", 2)]


def test_a_request_within_the_minute_asks_dynamodb_nothing(client: Client, begun: None, sent: list[str]) -> None:
    with at(0):
        client.get("/health")
    with at(31):
        for _ in range(3):
            client.get("/health")
    # The minute alone: a young process sends the rest after a minute.
    assert sent == ["METRICS#MINUTE/2026-05-01T23:58"]


def test_what_requests_and_jobs_count_is_a_figure(begun: None) -> None:
    with at(0):
        with tallied():
            count("CacheHits", 2)
        with reported("some_job"):
            count("TmdbMilliseconds", 12.3456)
        count("CacheHits")
    # A job sends what it counted at its end.
    (row,) = rows("MINUTE")
    figures = {name: value for name, value in row.items() if name not in ("pk", "sk", "expiresAt")}
    assert figures == {"CacheHits": 2, "TmdbMilliseconds": 12.346, "JobSucceeded": 1, "JobFailed": 0}


def test_sums_of_threads_are_exact(begun: None) -> None:
    with at(0), ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: (labelled_series.add("model.v1.shown"), add_request("/health", 200, 3)), range(2_000)))
    with at(100):
        sending._sender.send_all()
    assert rows("DAY")[0]["model.v1.shown"] == 2_000
    assert (rows("HOUR")[0]["Requests"], rows("HOUR")[0]["le5"]) == (2_000, 2_000)
    assert rows("ROUTE")[0]["/health le5"] == 2_000


def test_processes_add_up(begun: None) -> None:
    for amount in (2, 3):
        counts = Counters()
        with at(0):
            counts.add("MINUTE", "Requests", amount)
            Sender(counts).send_all()
    assert [row["Requests"] for row in rows("MINUTE")] == [5]


def test_a_fault_keeps_what_was_counted_and_harms_nobody(
    client: Client, begun: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    sends = sending.add_to_row

    def refuse(period: Any, amounts: Any) -> None:
        raise TimeoutError("the table is away")

    with at(0):
        client.get("/health")
    monkeypatch.setattr(sending, "add_to_row", refuse)
    with caplog.at_level(logging.WARNING, "movierec.telemetry.series"):
        for minute in (2, 3):
            with at(60 * minute):
                assert client.get("/health").status_code == 200
    assert rows("MINUTE") == []
    assert [record.getMessage() for record in caplog.records if record.name == sending.__name__] == [
        "What was counted could not be stored yet; it is kept and sent later: the table is away"
    ]
    monkeypatch.setattr(sending, "add_to_row", sends)
    with at(60 * 10):
        client.get("/health")
    assert [(row["sk"][-5:], row["Requests"]) for row in rows("MINUTE")] == [("23:58", 1), ("00:00", 1), ("00:01", 1)]
    assert sum(row["Requests"] for row in rows("HOUR")) == 4


def test_a_dynamodb_that_is_away_is_such_a_fault(client: Client, begun: None, monkeypatch: pytest.MonkeyPatch) -> None:
    with at(0):
        client.get("/health")
    monkeypatch.setattr(DataRow.Meta, "table_name", "gone")
    with at(60):
        assert client.get("/health").status_code == 200
    monkeypatch.undo()
    with at(120):
        client.get("/health")
    assert [row["Requests"] for row in rows("MINUTE")] == [1, 1]


def test_what_was_sent_of_a_row_in_parts_is_not_sent_again(begun: None, monkeypatch: pytest.MonkeyPatch) -> None:
    sends, left = sending.add_to_row, 1

    def send_one(period: Any, amounts: Any) -> None:
        nonlocal left
        if left == 0:
            raise TimeoutError
        left -= 1
        sends(period, amounts)

    counts = Counters()
    with at(0):
        for place in range(MOST_NAMES["ROUTE"]):
            counts.add("ROUTE", f"/{place} le5", 1)
        sender = Sender(counts)
        monkeypatch.setattr(sending, "add_to_row", send_one)
        sender.send_all()
        assert len(by_route(counted("ROUTE", START, START))) in (MOST_AMOUNTS, MOST_NAMES["ROUTE"] % MOST_AMOUNTS)
        monkeypatch.setattr(sending, "add_to_row", sends)
        sender.send_all()
        found = by_route(counted("ROUTE", START, START))
    assert found == {f"/{place}": {"le5": 1} for place in range(MOST_NAMES["ROUTE"])}


def test_names_and_periods_are_bounded(begun: None) -> None:
    for minute in range(MOST_PERIODS + 50):
        with at(60 * minute):
            counters.add_figure("Requests", 1)
    with at(60 * MOST_PERIODS):
        for place in range(MOST_NAMES["DAY"] + 5):
            labelled_series.add(f"label.{place}")
    (labels,) = counters.process.waiting("DAY").values()
    assert (len(labels), labels[OTHER]) == (MOST_NAMES["DAY"] + 1, 5)
    held = sum(len(counters.process.waiting(kind)) for kind in ("MINUTE", "HOUR", "DAY", "ROUTE"))
    assert held == MOST_PERIODS
    # The oldest went.
    assert START // 60 not in counters.process.waiting("MINUTE")


def test_routes_beyond_the_bound_are_one(begun: None) -> None:
    with at(0):
        for place in range(MOST_NAMES["ROUTE"] + 3):
            add_request(f"/{place}", 200, 1)
        (routes,) = counters.process.waiting("ROUTE").values()
    assert routes[f"{OTHER} le5"] == 3


@pytest.mark.parametrize(
    ("route", "name"),
    [
        ("/media/<str:media_type>/<int:media_id>/similar", "/media/*/*/similar"),
        ("/ops/people/<str:user_id>", "/ops/*"),
        ("/ops", "/ops/*"),
        ("/opsis", "/opsis"),
        ("(none)", "(none)"),
    ],
)
def test_routes_have_short_names(route: str, name: str) -> None:
    assert short(route) == name


def test_a_child_sends_nothing_of_its_parent(begun: None) -> None:
    counters.add_figure("Requests", 1)
    child = os.fork()
    if child == 0:
        os._exit(len(counters.process.waiting("MINUTE")))
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert len(counters.process.waiting("MINUTE")) == 1


def test_labels_are_read_by_their_prefix_over_days_with_what_waits(begun: None, sent: list[str]) -> None:
    with at(0):
        labelled_series.add("model.v1.shown", 2)
        labelled_series.add("other.v1", 5)
        sending._sender.send_all()
    with at(3600):
        labelled_series.add("model.v1.shown")
        sent.clear()
        assert labelled("model.", START - 86_400, time()) == {"model.v1.shown": 3}
    assert sent == []


def size_of(row: Row) -> int:
    """What DynamoDB takes for the size of a row: names, texts, and half a byte a digit of numbers."""
    return sum(
        len(name) + (len(value) if isinstance(value, str) else 2 + len(str(value)) // 2) for name, value in row.items()
    )


def test_rows_are_small_enough_for_what_they_cost_and_for_one_query_a_range(begun: None) -> None:
    routes = {short(f"/{pattern}") for pattern in patterns(get_resolver())}
    with at(0):
        for name in get_args(Name):
            counters.add_figure(name, 98_765)
        for route in routes:
            for milliseconds in (3, 20, 80, 300):
                add_request(route, 200, milliseconds)
        for milliseconds in (7, 40, 200, 700, 2_000, 4_000, 9_000):
            add_request("/health", 500, milliseconds)
        sending._sender.send_all()
    assert len(routes) > 30
    (minute,), (hour,), (by_routes,) = rows("MINUTE"), rows("HOUR"), rows("ROUTE")
    assert size_of(minute) * 1_441 < 1_000_000
    assert size_of(hour) < 1_024
    assert size_of(by_routes) < 4 * 1_024


def patterns(resolver: Any, before: str = "") -> list[str]:
    found: list[str] = []
    for entry in resolver.url_patterns:
        here = before + str(entry.pattern)
        found.extend(patterns(entry, here) if hasattr(entry, "url_patterns") else [here])
    return found


def test_a_process_that_has_sent_sends_the_rest_at_its_end(begun: None, monkeypatch: pytest.MonkeyPatch) -> None:
    at_exit: list[Callable[[], None]] = []
    monkeypatch.setattr(sending.atexit, "register", at_exit.append)
    counts = Counters()
    with at(0):
        sender = Sender(counts)
        counts.add("MINUTE", "Requests", 1)
        sender.send_due()
    assert at_exit == []
    for minute in (1, 2):
        with at(60 * minute):
            sender.send_due()
            counts.add("MINUTE", "Requests", 1)
    (end,) = at_exit
    with at(130):
        end()
    assert [row["Requests"] for row in rows("MINUTE")] == [1, 1, 1]


def test_nothing_is_sent_where_that_is_off(client: Client, begun: None, settings: Any, sent: list[str]) -> None:
    settings.TELEMETRY_SERIES = False
    for seconds in (0, 600):
        with at(seconds):
            client.get("/health")
    sending._sender.send_all()
    assert sent == []
