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
from movierec.switches.values import ReadOnly, Switches
from movierec.telemetry import series as labelled_series
from movierec.telemetry.figures import Name
from movierec.telemetry.jobs import reported
from movierec.telemetry.routes import UNKNOWN, UNROUTED
from movierec.telemetry.series import counters, sending
from movierec.telemetry.series.counters import FAULTS, MOST_NAMES, MOST_PERIODS, OTHER, Counters, add_request, short
from movierec.telemetry.series.histogram import BUCKETS
from movierec.telemetry.series.reading import by_route, counted, labelled
from movierec.telemetry.series.sending import MANY_ROWS, MOST_AMOUNTS, MOST_ROWS, Sender
from movierec.telemetry.tally import count, tallied

FILE = "/static/web/movierec.css"
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


def ask(client: Client, times: int = 1) -> None:
    for _ in range(times):
        client.get("/health")


def test_a_young_process_sends_a_row_a_request_from_its_second_one_on(
    client: Client, begun: None, sent: list[str]
) -> None:
    found = []
    with at(0):
        labelled_series.add("model.v1.shown", 3)
        for _ in range(6):
            ask(client)
            found.append([*sent])
            sent.clear()
    minute, hour, day, route = (
        ["METRICS#MINUTE/2026-05-01T23:58"],
        ["METRICS#HOUR/2026-05-01T23"],
        ["METRICS#DAY/2026-05-01"],
        ["METRICS#ROUTE/2026-05-01T23"],
    )
    assert found == [[], minute, hour, day, route, []]


def test_the_minute_under_way_is_sent_early_and_added_to(client: Client, begun: None) -> None:
    with at(0):
        client.get("/health")
        client.get("/nowhere")
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


def test_pauses_grow(begun: None, sent: list[str]) -> None:
    """A request a second for half an hour: when each kind is sent, in seconds since the start."""
    times: dict[str, list[int]] = {"MINUTE": [], "HOUR": [], "ROUTE": []}
    # Off the bounds of minutes and hours, which have rows of their own.
    for second in range(90, 90 + 1_750):
        with at(second):
            counters.add_request("/health", 200, 3)
            if second > 90:
                sending._sender.send_due()
        for key in sent:
            times[key[len("METRICS#") : key.index("/")]].append(second - 90)
        sent.clear()
    # Those that come due together follow one on another.
    assert times["HOUR"] == [2, 12, 62, 361, 661, 961, 1261, 1561]
    assert times["ROUTE"] == [3, 63, 962]
    # Thrice the one under way, then each that is over.
    assert times["MINUTE"] == [1, 11, 60, 61, *range(120, 1_750, 60)]


def test_the_row_of_routes_gets_one_update_a_pause(begun: None, sent: list[str]) -> None:
    """As many names as a process has of an hour: a hundred each time, and no more than three times after the hour."""
    with at(90):
        sending._sender.send_due()
        for place in range(MOST_NAMES["ROUTE"]):
            counters.process.add("ROUTE", f"/{place} le5", 1)
    found = []
    for second in range(91, 91 + 3_600, 10):
        with at(second):
            sending._sender.send_due()
        found += [(second - 91, key) for key in sent]
        sent.clear()
    assert found == [(seconds, "METRICS#ROUTE/2026-05-02T00") for seconds in (0, 60, 960)]
    with at(91):
        assert len(by_route(counted("ROUTE", time(), time()))) == MOST_NAMES["ROUTE"]
    assert counters.process.periods() == []


@pytest.mark.parametrize("apart", [60, 600, 3_600])
def test_requests_that_are_minutes_apart_do_not_fall_behind(begun: None, sent: list[str], apart: int) -> None:
    most = 0
    for place in range(200):
        with at(apart * place):
            labelled_series.add("model.v1.shown")
            add_request("/health", 200, 3)
            sent.clear()
            sending._sender.send_due()
            most = max(most, len(sent))
    assert 1 < most <= MOST_ROWS
    assert len(counters.process.periods()) < 5 * MANY_ROWS


def test_pages_of_the_admin_and_files_send_nothing(client: Client, begun: None, sent: list[str]) -> None:
    with at(0):
        client.get("/health")
    with at(20):
        for address in ("/ops", "/ops/signin", FILE):
            client.get(address).close()
        assert sent == []
        client.get("/health")
        assert len(sent) == 1


def test_a_row_that_refuses_is_given_up_and_the_others_go_on(
    client: Client, begun: None, caplog: pytest.LogCaptureFixture
) -> None:
    DataRow.put_row({"pk": "METRICS#MINUTE", "sk": "2026-05-01T23:58", "Requests": "many"})
    with at(0), caplog.at_level(logging.WARNING, "movierec.telemetry.series"):
        ask(client, 4)
        (line,) = [record for record in caplog.records if record.name == sending.__name__]
        assert line.levelname == "ERROR"
        assert line.getMessage().startswith("The row METRICS#MINUTE/2026-05-01T23:58 refuses what was counted")
        assert [row["Requests"] for row in rows("HOUR")] == [3]
        assert counters.process.waiting("MINUTE")[int(START // 60)]["Requests"] == 2


def test_routes_have_their_faults_and_read_only_mode_is_none(
    client: Client, begun: None, go_by: Callable[[Switches], None], sign_in: Callable[..., dict[str, str]]
) -> None:
    with at(0):
        headers = sign_in()
        add_request("/search", 500, 3)
        go_by(Switches(read_only=ReadOnly(on=True)))
        assert client.put("/user/preferences", {}, content_type="application/json", headers=headers).status_code == 503
        (minute,) = counters.process.waiting("MINUTE").values()
        routes = by_route(counted("ROUTE", START, START))
    assert (minute["Requests"], minute["Errors5xx"], "Errors4xx" in minute) == (2, 1, False)
    assert routes["/search"] == {"le5": 1, "5xx": 1}
    assert [route for route, amounts in routes.items() if "5xx" in amounts] == ["/search"]
    assert len(routes) == 2


def test_files_are_no_requests(client: Client, begun: None) -> None:
    response = client.get(FILE)
    response.close()
    assert response.status_code == 200
    assert counters.process.periods() == []


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
        ask(client, 8)
        assert [(row["sk"][-5:], row["Requests"]) for row in rows("MINUTE")[:3]] == [
            ("23:58", 1),
            ("00:00", 1),
            ("00:01", 1),
        ]
        sending._sender.send_all()
    assert sum(row["Requests"] for row in rows("HOUR")) == 3 + 8


def test_a_dynamodb_that_is_away_is_such_a_fault(client: Client, begun: None, monkeypatch: pytest.MonkeyPatch) -> None:
    with at(0):
        client.get("/health")
    monkeypatch.setattr(DataRow.Meta, "table_name", "gone")
    with at(60):
        assert client.get("/health").status_code == 200
    monkeypatch.undo()
    with at(120):
        ask(client, 2)
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
    # A row of routes that many processes add to, with all that there may be.
    whole = {f"{route} {what}": 999 for route in {*routes, OTHER, UNKNOWN, UNROUTED} for what in (*BUCKETS, FAULTS)}
    assert len(routes) > 30
    (minute,), (hour,), (by_routes,) = rows("MINUTE"), rows("HOUR"), rows("ROUTE")
    assert size_of(minute) * 1_441 < 1_000_000
    assert size_of(hour) < 1_024
    assert size_of(by_routes) < 5 * 1_024
    assert size_of(whole) < 14 * 1_024


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
