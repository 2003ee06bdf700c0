"""The page: what it shows of what was counted, by how many requests to DynamoDB."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import time_machine
from django.test import Client

from apps.ops.dashboard.costs import KEY
from apps.ops.dashboard.plots import HALF_TIME, WIDTH
from apps.recommendations.stores.configured import configured_store
from movierec.dynamo.data_table import DataRow
from movierec.objects import objects_at
from movierec.telemetry.series import counters
from movierec.telemetry.series.counters import SECONDS, Kind
from movierec.telemetry.series.histogram import quantile
from movierec.telemetry.series.rows import add_to_row

NOW = datetime(2026, 5, 2, 0, 10, 30, tzinfo=UTC)

pytestmark = pytest.mark.usefixtures("series")


@pytest.fixture(autouse=True)
def now(tables: None, settings: Any, tmp_path: Path) -> Iterator[None]:
    """Ten past midnight, and no model."""
    settings.MODEL_STORE = str(tmp_path / "models")
    with time_machine.travel(NOW, tick=False):
        yield


def put(kind: Kind, ago: float, **amounts: float) -> None:
    add_to_row((kind, int((NOW.timestamp() - ago) // SECONDS[kind])), amounts)


def page(browser: Client, query: str = "") -> str:
    response = browser.get(f"/ops{query}")
    assert response.status_code == 200
    return response.content.decode()


def text(html: str) -> str:
    """What stands on the page, in one line."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def drawings(html: str) -> list[ElementTree.Element]:
    return [ElementTree.fromstring(svg) for svg in re.findall(r"<svg.*?</svg>", html, re.DOTALL)]  # noqa: S314


def test_nothing_was_counted_yet(ops: Client) -> None:
    html = page(ops)
    assert "Nothing was counted yet since 2026-05-01 23:11." in text(html)
    assert "No route was asked for yet" in html
    assert "Cost of this month so far none Nothing is paid for here." in text(html)
    assert "Model trained unknown Look at it No model is active. Train one: manage.py train_recommender." in text(html)
    assert drawings(html) == []


@pytest.mark.parametrize("query", ["", "?range=hour", "?range=day", "?range=week", "?range=month"])
def test_every_range_makes_three_requests(ops: Client, operations: list[str], query: str) -> None:
    for ago in (0, 100, 700, 5_000, 90_000, 900_000):
        put("MINUTE", ago, Requests=1)
        put("HOUR", ago, Requests=1)
        put("ROUTE", ago, **{"/health le5": 1})
    operations.clear()
    html = page(ops, query)
    assert operations == ["UpdateItem", "Query", "BatchGetItem"]
    assert len(drawings(html)) > 7


@pytest.mark.parametrize(
    ("query", "requests", "since"),
    [
        ("", 3, "2026-05-01 23:11"),
        ("?range=day", 4, "2026-05-01 00:15"),
        ("?range=week", 50, "2026-04-25 02:00"),
        ("?range=month", 60, "2026-04-02 08:00"),
    ],
)
def test_ranges_hold_what_is_in_them_across_midnight_and_months(
    ops: Client, query: str, requests: int, since: str
) -> None:
    for ago, amount in ((0, 1), (660, 2), (86_000, 1), (86_400, 100)):
        put("MINUTE", ago, Requests=amount)
    for ago, amount in ((0, 20), (4_000, 30), (8 * 86_400, 10), (30 * 86_400, 1_000)):
        put("HOUR", ago, Requests=amount)
    html = page(ops, query)
    assert f"Since {since} UTC" in html
    assert f"Requests {requests} 0 were refused" in text(html)


def test_what_this_process_has_not_sent_is_shown(ops: Client) -> None:
    counters.add_request("/health", 503, 40)
    html = text(page(ops))
    assert "Requests 1 0 were refused" in html
    assert "Faults (5xx) 1 Look at it 100.0 % of the requests" in html
    assert "/health 1 1 38 ms 49 ms" in html


def test_the_figures_are_those_that_were_counted(ops: Client) -> None:
    buckets = {"le5": 10, "le100": 80, "le2500": 9, "more": 1}
    put("MINUTE", 60, Requests=100, Errors4xx=7, Errors5xx=2, SignIns=5, SignInFailures=3, CacheHits=3, CacheMisses=1)
    put("MINUTE", 120, TmdbCalls=120, TmdbFailures=4, DynamoThrottles=6, DynamoCalls=1_234, JobFailed=1, JobSucceeded=2)
    put("MINUTE", 120, RecommendationFallbacks=8, **buckets)
    html = text(page(ops))
    slow = quantile(buckets, 0.95)
    assert slow is not None
    for said in (
        "Requests 100 7 were refused (4xx)",
        "Faults (5xx) 2 Look at it 2.0 % of the requests",
        "Half of the answers within 75 ms",
        f"95 % of the answers within {slow / 1000:.1f} s",
        "Sign-ins 5 3 failed beside them",
        "Found in the cache 75.0 %",
        "Calls of TMDB 120 Look at it 4 failed; 2.0 a second in the busiest minute, of 40 allowed",
        # The page's own are counted, too: the session and the Query before it looked.
        "Throttled by DynamoDB 6 Look at it of 1,236 calls",
        "Recommendations that fell back 8",
        "Jobs that failed 1 Look at it 2 were done",
    ):
        assert said in html


def test_plots_say_in_words_and_numbers_what_they_draw(ops: Client) -> None:
    put("MINUTE", 60, Requests=7, le5=7)
    put("MINUTE", 180, Requests=3, le10=3)
    html = page(ops)
    plot = next(each for each in drawings(html) if each.findtext("title") == "Requests in a minute")
    assert plot.get("role") == "img"
    assert plot.findtext("desc") == "Requests: from 0 to 7."
    latency = next(each for each in drawings(html) if each.findtext("title") == "How long answers took")
    assert latency.findtext("desc") == "Half within: from 2 ms to 8 ms. 95 % within: from 5 ms to 10 ms."
    # Two minutes that do not follow one on another are two dots.
    paths = [path.get("d") or "" for path in latency.iter("path") if "line" in (path.get("class") or "")]
    assert [path.count("h0") for path in paths] == [2, 2]
    assert "2026-05-02 00:09 7" in text(html)
    assert [tick.text for tick in plot.iter("text")] == [
        "0", "2", "4", "6", "8", "23:20", "23:30", "23:40", "23:50", "00:00", "00:10",
    ]  # fmt: skip
    ids = re.findall(r' id="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    assert " style=" not in html
    assert "<script>" not in html


def test_hostile_names_of_routes_are_inert(ops: Client) -> None:
    name = '"><script>alert(1)</script>&\x0b'
    put("ROUTE", 0, **{f"{name} le5": 2, "no bucket": 5})
    html = page(ops)
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;&amp;" in html
    assert drawings(html)
    assert "no bucket" not in html


def test_routes_stand_with_the_busiest_first(ops: Client) -> None:
    put("ROUTE", 0, **{"/a/* le5": 1, "/a/* le1000": 1, "/b le50": 1})
    put("ROUTE", 3_600, **{"/b le50": 4})
    put("ROUTE", 7_200, **{"/c le50": 400})
    found = text(page(ops))
    assert "since 2026-05-01 23:00 UTC" in found
    assert "/b 5 0 38 ms 49 ms /a/* 2 0 5 ms 950 ms" in found
    assert "/c" not in found
    assert "/c 400" in text(page(ops, "?range=day"))


def test_routes_show_their_faults_and_have_words(ops: Client) -> None:
    put("ROUTE", 0, **{"/a le5": 3, "/a 5xx": 2, "(none) le5": 2, "(unknown) le5": 1, "/ops/* le5": 1})
    found = text(page(ops))
    assert "Requests Faults (5xx) Half within" in found
    assert "/a 3 2 2 ms 5 ms Answered before routing: preflights, refused bodies 2 0" in found
    assert "This admin 1 0" in found
    assert "Addresses that are not ours 1 0" in found


def test_the_caption_says_how_far_routes_reach_back(ops: Client) -> None:
    put("ROUTE", 0, **{"/a le5": 3})
    assert "since 2026-04-28 01:00 UTC, by the pattern of the address; routes reach back 96 hours at most." in text(
        page(ops, "?range=week")
    )
    assert "at most." not in text(page(ops, "?range=day"))


def test_the_last_time_below_a_plot_is_not_cut(ops: Client) -> None:
    put("MINUTE", 60, Requests=7)
    plot = next(each for each in drawings(page(ops)) if each.findtext("title") == "Requests in a minute")
    times = [tick for tick in plot.iter("text") if "across" in (tick.get("class") or "")]
    ends = [float(tick.get("x") or 0) + (0 if "last" in (tick.get("class") or "") else HALF_TIME) for tick in times]
    assert max(ends) <= WIDTH
    assert [tick.text for tick in times if "last" in (tick.get("class") or "")] == ["00:10"]


def test_a_range_that_is_not_offered_is_refused(ops: Client) -> None:
    response = ops.get("/ops?range=<year>")
    assert response.status_code == 400
    assert "range: there is no choice &#x27;&lt;year&gt;&#x27;" in response.content.decode()


def test_support_may_look(support: Client) -> None:
    assert "<h1>Dashboard</h1>" in page(support)


class TestCost:
    def put(self, **values: Any) -> None:
        cost = {"actual": 12.5, "limit": 50, "unit": "USD", "at": "2026-05-01T22:10:00.000Z", **values}
        DataRow.put_row({**KEY, **cost})

    def test_is_shown_with_its_age(self, ops: Client) -> None:
        self.put(forecast=40.25)
        html = text(page(ops))
        assert "12.50 USD of 50.00 USD; 40.25 expected for the month; read 2 hours ago" in html

    def test_above_the_budget_is_marked(self, ops: Client) -> None:
        self.put(forecast=50.01)
        assert "12.50 USD Look at it of 50.00 USD" in text(page(ops))

    def test_of_another_month_is_not_this_months(self, ops: Client) -> None:
        self.put(at="2026-04-30T22:10:00.000Z")
        assert "not read yet last read 1 day ago, in another month" in text(page(ops))

    def test_is_still_to_be_read(self, ops: Client, settings: Any) -> None:
        settings.BUDGET_NAME = "movierec-dev-monthly"
        assert "not read yet run manage.py refresh_figures" in text(page(ops))


class TestModel:
    def test_says_its_age(self, ops: Client, settings: Any) -> None:
        store = objects_at(settings.MODEL_STORE)
        store.replace(
            "current.json", b'{"version": "v1", "activated_at": "2026-05-01T00:00:00Z", "previous": []}', None
        )
        store.write("v1/manifest.json", b'{"trained_at": "2026-04-29T00:00:00+00:00"}')
        assert configured_store().pointer() is not None
        assert "Model trained 3 days ago v1. " in text(page(ops))

    def test_says_what_is_wrong_with_the_store(self, ops: Client, settings: Any) -> None:
        objects_at(settings.MODEL_STORE).replace("current.json", b"{", None)
        assert re.search(r"Model trained unknown Look at it .*current\.json is damaged", text(page(ops)))
