"""What is counted, where it is done and in whichever thread."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any, get_args

import pytest
from botocore.awsrequest import AWSResponse
from django.test import Client
from pynamodb.exceptions import GetError

from apps.accounts.services import create_confirmed_account
from apps.lists.selectors import history
from movierec.dynamo.connection import RETRIES, shared_connection
from movierec.dynamo.data_table import DataRow
from movierec.telemetry.figures import JOB_UNITS, UNITS, Name
from movierec.telemetry.tally import count, current, gauge, tallied, timed
from movierec.telemetry.threads import ContextExecutor
from tests.movierec.telemetry.emf_schema import check
from tests.stand_ins import tmdb_server as faults
from tests.stand_ins.log_lines import Lines
from tests.stand_ins.tmdb_bodies import movie_body
from tests.stand_ins.tmdb_server import TmdbServer

ACCESS = "movierec.telemetry.access"
EMAIL = "ann@example.com"
PASSWORD = "correct horse battery"


class TestTally:
    def test_counts_in_threads_and_afterwards_no_more(self) -> None:
        with ContextExecutor(4) as pool:
            with tallied() as tally:
                list(pool.map(lambda _: count("TmdbCalls"), range(100)))
                count("TmdbCalls", 2)
            pool.submit(count, "TmdbCalls").result()
        count("TmdbCalls")
        assert current() is None
        assert tally.figures() == {"TmdbCalls": 102}

    def test_times_add_up_and_gauges_do_not(self) -> None:
        with tallied() as tally:
            for _ in range(2):
                with timed("TmdbMilliseconds"):
                    gauge("ModelAgeHours", 3.00049)
            with pytest.raises(KeyError), timed("TmdbMilliseconds"):
                raise KeyError
        assert tally.figures().keys() == {"ModelAgeHours", "TmdbMilliseconds"}
        assert tally.figures()["ModelAgeHours"] == 3.0

    def test_a_run_within_another_has_its_own(self) -> None:
        with tallied() as outer:
            with tallied() as inner:
                count("SignIns")
            count("SignInFailures")
        assert (inner.figures(), outer.figures()) == ({"SignIns": 1}, {"SignInFailures": 1})


@pytest.fixture
def throttle() -> Iterator[Callable[[int], None]]:
    """Has DynamoDB refuse the next tries because it is busy."""
    events = shared_connection().client.meta.events
    left = 0

    class Body:
        def stream(self, **_: Any) -> Iterator[bytes]:
            yield json.dumps({"__type": "com.amazonaws.dynamodb.v20120810#ThrottlingException"}).encode()

    def refuse(request: Any, **_: Any) -> AWSResponse | None:
        nonlocal left
        left -= 1
        return AWSResponse(request.url, 400, {}, Body()) if left >= 0 else None

    def begin(tries: int) -> None:
        nonlocal left
        left = tries

    events.register_first("before-send.dynamodb", refuse)
    yield begin
    events.unregister("before-send.dynamodb", refuse)


@pytest.mark.usefixtures("tables")
class TestDynamo:
    def test_calls_of_all_threads_count_for_the_request(self) -> None:
        with tallied() as tally:
            history("user-1")
        figures = tally.figures()
        assert figures["DynamoCalls"] == 3
        assert figures["DynamoMilliseconds"] > 0

    def test_a_try_that_is_repeated_with_success_leaves_its_trace(self, throttle: Callable[[int], None]) -> None:
        throttle(1)
        with tallied() as tally:
            assert DataRow.get_row("A", "B") is None
        assert tally.figures()["DynamoThrottles"] == 1
        assert tally.figures()["DynamoCalls"] == 1

    def test_a_call_that_is_refused_in_the_end_is_one_with_each_try(self, throttle: Callable[[int], None]) -> None:
        throttle(100)
        with tallied() as tally, pytest.raises(GetError):
            DataRow.get_row("A", "B")
        assert (tally.figures()["DynamoCalls"], tally.figures()["DynamoThrottles"]) == (1, 1 + RETRIES)

    def test_a_call_that_is_never_answered_is_one(self, no_dynamodb: Callable[[], None]) -> None:
        no_dynamodb()
        with tallied() as tally, pytest.raises(GetError):
            DataRow.get_row("A", "B")
        assert tally.figures().keys() == {"DynamoCalls", "DynamoMilliseconds"}
        assert tally.figures()["DynamoCalls"] == 1


def figures_of(lines: Lines) -> list[dict[str, Any]]:
    """The figures of the requests, without those that every request has; metrics are those that have a unit."""
    always = {"Requests", "Errors5xx", "Latency", "DynamoCalls", "DynamoMilliseconds"}
    figures = set(get_args(Name)) - {"SessionCacheHits", "SessionCacheMisses"}
    found = []
    for line in lines(ACCESS):
        check(line)
        names = {metric["Name"] for each in line["_aws"]["CloudWatchMetrics"] for metric in each["Metrics"]}
        assert names == line.keys() & {*UNITS, *JOB_UNITS}
        found.append({name: line[name] for name in (line.keys() & figures) - always})
    return found


@pytest.mark.usefixtures("atomic_requests")
class TestTmdb:
    def test_what_is_fetched_is_a_miss_and_afterwards_a_hit(
        self, client: Client, tmdb: TmdbServer, lines: Lines
    ) -> None:
        tmdb.answers("movie/603", movie_body(603))
        for _ in range(2):
            assert client.get("/media/movie/603").status_code == 200
        first, second = figures_of(lines)
        assert first.pop("TmdbMilliseconds") > 0
        assert first == {"TmdbCalls": 1, "CacheMisses": 1}
        assert second == {"CacheHits": 1}

    def test_each_try_that_fails(self, client: Client, tmdb: TmdbServer, lines: Lines, monkeypatch: Any) -> None:
        monkeypatch.setattr("apps.media.providers.tmdb.retries.FIRST_PAUSE_SECONDS", 0.001)
        tmdb.answers("movie/603", movie_body(603))
        tmdb.fails(faults.status(503), path="movie/603", times=2)
        assert client.get("/media/movie/603").status_code == 200
        (found,) = figures_of(lines)
        assert (found["TmdbCalls"], found["TmdbFailures"]) == (3, 2)

    def test_that_there_is_no_such_title_is_no_failure(self, client: Client, tmdb: TmdbServer, lines: Lines) -> None:
        assert client.get("/media/movie/604").status_code == 404
        (found,) = figures_of(lines)
        assert (found["TmdbCalls"], "TmdbFailures" in found) == (1, False)

    def test_a_refused_key_is_one(self, client: Client, tmdb: TmdbServer, lines: Lines) -> None:
        tmdb.keys.clear()
        assert client.get("/media/movie/603").status_code == 503
        (found,) = figures_of(lines)
        assert found["TmdbFailures"] == found["TmdbCalls"] == 1


@pytest.mark.usefixtures("cheap_scrypt")
class TestSignIns:
    def test_each_that_enters_and_each_that_is_refused(
        self, client: Client, post: Callable[..., Any], settings: Any, lines: Lines
    ) -> None:
        settings.SIGN_IN_TRIES = 2
        create_confirmed_account(EMAIL, PASSWORD)
        right, wrong = ({"email": EMAIL, "password": password} for password in (PASSWORD, "wrong password"))
        statuses = [post("signin", body).status_code for body in (right, wrong, wrong, right)]
        assert statuses == [200, 401, 401, 429]
        assert figures_of(lines) == [{"SignIns": 1}, *[{"SignInFailures": 1}] * 3]

    def test_what_is_no_try_counts_for_nothing(self, client: Client, post: Callable[..., Any], lines: Lines) -> None:
        assert post("signin", {"email": EMAIL}).status_code == 400
        assert figures_of(lines) == [{}]
