"""Whole runs of the sync against a small TMDB, well and ill."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from botocore.exceptions import ClientError, EndpointConnectionError
from pynamodb.exceptions import PutError

from apps.media import selectors
from apps.media.models import CachedMedia
from apps.media.providers.tmdb.source import Tmdb
from apps.media.sync.reach import PROBE
from movierec import jobs
from tests.apps.accounts.interruptions import meanwhile
from tests.apps.media.sync.conftest import (
    LIST_REQUESTS,
    LISTED,
    LISTED_PATHS,
    Run,
    RunClock,
    SlowSource,
    asked_details,
    catalogue,
    listed,
    points,
    stored_titles,
)
from tests.stand_ins import tmdb_server as faults
from tests.stand_ins.tmdb_bodies import movie_body, movie_entry
from tests.stand_ins.tmdb_server import TmdbServer


class TestWhole:
    def test_a_daily_run_stores_what_the_lists_name(self, run: Run, small_tmdb: TmdbServer) -> None:
        record = run()
        assert (record.state, record.message) == ("done", "Done: 11 of 11 details, 11 fetched.")
        assert record.figures() == {"lists": 5, "fetched": 11, "removed": 0, "rebuildSeconds": 0}
        assert list(record.errors) == []
        titles = stored_titles()
        assert sorted(titles) == sorted(LISTED)
        assert all(full.details is not None and full.facts.source == "tmdb" for full in titles.values())
        assert asked_details(small_tmdb) == LISTED_PATHS
        assert listed("popular", "movie")[:4] == [101, 102, 103, 104]
        assert listed("trending", "all")[:2] == [105, 203]
        assert points() == []

    def test_a_second_run_asks_for_lists_alone(self, run: Run, small_tmdb: TmdbServer) -> None:
        run()
        before = catalogue()
        small_tmdb.requests.clear()
        record = run()
        assert (record.state, record.figure("fresh")) == ("done", 11)
        assert asked_details(small_tmdb) == []
        assert len(small_tmdb.requests) == LIST_REQUESTS
        assert catalogue() == before

    def test_the_next_day_details_are_fetched_anew(
        self, run: Run, small_tmdb: TmdbServer, present: time_machine.Traveller
    ) -> None:
        run()
        present.shift(timedelta(days=1))
        small_tmdb.requests.clear()
        small_tmdb.answers("movie/101", movie_body(101, runtime=99))
        assert run().figure("fetched") == 11
        assert stored_titles()["movie", 101].facts.runtime == 99

    def test_the_full_schedule_takes_the_export_of_yesterday_while_todays_is_not_there(
        self, run: Run, small_tmdb: TmdbServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("apps.media.sync.collecting.EXPORTED_TITLES", 3)
        lines = [(101, 5.0), (102, 50.0), (103, 40.0)]
        films = b"".join(b'{"id":%d,"popularity":%.1f,"adult":false,"video":false}\n' % line for line in lines)
        small_tmdb.exports("movie_ids_11_17_2026.json.gz", films + b'{"id":104,"popularity":99,"adult":true}\n')
        small_tmdb.exports("tv_series_ids_11_18_2026.json.gz", b'{"id":201,"popularity":45.0}\n')
        assert run("full").message == "Done: 3 of 3 details, 3 fetched."
        assert sorted(stored_titles()) == [("movie", 102), ("movie", 103), ("tv", 201)]

    def test_without_any_export_the_full_schedule_fails(self, run: Run, small_tmdb: TmdbServer) -> None:
        record = run("full")
        assert record.state == "failed"
        assert record.message == (
            "Stopped, not all lists collected: TMDB has no export movie_ids_11_17_2026.json.gz. "
            "The same command goes on."
        )


class TestFaults:
    @pytest.mark.parametrize(
        "fault",
        [
            faults.too_many(retry_after="2"),
            faults.too_many(),
            faults.status(500),
            faults.status(503),
            faults.garbage(),
            faults.html(),
            faults.half_body(),
            faults.closes(),
            faults.not_http(),
            faults.torn_gzip(),
        ],
    )
    def test_one_that_passes_changes_nothing(self, run: Run, small_tmdb: TmdbServer, fault: faults.Fault) -> None:
        small_tmdb.fails(fault, path="trending/all/week", times=1)
        small_tmdb.fails(fault, path="movie/103", times=2)
        small_tmdb.fails(fault, path="tv/204", times=1)
        record = run()
        assert (record.state, record.message) == ("done", "Done: 11 of 11 details, 11 fetched.")
        assert sorted(stored_titles()) == sorted(LISTED)

    @pytest.mark.parametrize("fault", [faults.garbage(), faults.wrong_types(), faults.status(500)])
    def test_a_title_that_cannot_be_had_is_named_and_asked_for_in_the_next_run(
        self, run: Run, small_tmdb: TmdbServer, fault: faults.Fault
    ) -> None:
        small_tmdb.fails(fault, path="movie/103")
        record = run()
        assert (record.state, record.figure("failed"), record.figure("fetched")) == ("done", 1, 10)
        assert [error[:11] for error in record.errors] == ["movie 103: "]
        assert ("movie", 103) not in stored_titles()
        small_tmdb.recovers()
        again = run()
        assert (again.figure("fetched"), again.figure("fresh"), list(again.errors)) == (1, 10, [])
        assert sorted(stored_titles()) == sorted(LISTED)

    def test_a_title_that_does_not_exist_is_named(self, run: Run, small_tmdb: TmdbServer, lists: Any) -> None:
        lists("tv/popular", [201, 299])
        record = run()
        assert (record.state, record.figure("absent"), list(record.errors)) == (
            "done",
            1,
            ["tv 299: the source has no such title."],
        )

    @pytest.mark.parametrize("path", ["trending/all/week", "movie/popular"])
    def test_a_list_that_cannot_be_had_leaves_its_order_as_it_was(
        self, run: Run, small_tmdb: TmdbServer, path: str
    ) -> None:
        run()
        before = catalogue()
        small_tmdb.fails(faults.wrong_types(), path=path)
        record = run()
        assert (record.state, record.figure("listsFailed"), record.figure("lists")) == ("done", 1, 4)
        assert next(iter(record.errors)).startswith(
            f"The list {'trending all' if path[0] == 't' else 'popular movie'}: "
        )
        assert catalogue() == before

    def test_a_list_that_did_not_come_is_asked_for_once_more(self, run: Run, small_tmdb: TmdbServer) -> None:
        small_tmdb.fails(faults.wrong_types(), path="tv/popular", times=1)
        record = run()
        assert (record.figure("listsFailed"), record.figure("lists")) == (0, 5)
        assert selectors.orders()["popular", "tv"].keys == [("tv", 201), ("tv", 202)]

    def test_of_a_list_the_pages_count_that_came(self, run: Run, small_tmdb: TmdbServer) -> None:
        small_tmdb.answers("movie/popular", {"results": 7}, page="2")
        record = run()
        assert (record.state, record.figure("listsFailed")) == ("done", 1)
        assert selectors.orders()["popular", "movie"].keys == [("movie", number) for number in (101, 102, 103)]

    def test_of_a_page_the_entries_count_that_can_be_read(self, run: Run, small_tmdb: TmdbServer) -> None:
        small_tmdb.answers("movie/popular", {"page": 1, "results": [None, {"id": "x"}, movie_entry(101)]}, page="1")
        assert run().state == "done"
        assert selectors.orders()["popular", "movie"].keys == [("movie", 101)]

    def test_a_refused_key_ends_the_run_at_once(self, run: Run, small_tmdb: TmdbServer) -> None:
        small_tmdb.keys.clear()
        record = run()
        assert record.state == "failed"
        assert record.message is not None
        assert record.message.startswith("Stopped, not all lists collected: ")
        assert small_tmdb.key not in record.message
        assert len(small_tmdb.requests) == 1
        small_tmdb.keys.add(small_tmdb.key)
        assert run().message == "Done: 11 of 11 details, 11 fetched."
        assert len(jobs.newest("sync_media")) == 1


class TestDown:
    @pytest.mark.parametrize("fault", [faults.status(503), faults.closes(), faults.wrong_types()])
    def test_from_the_start_the_run_fails_and_stores_nothing(
        self, run: Run, small_tmdb: TmdbServer, fault: faults.Fault
    ) -> None:
        small_tmdb.fails(fault)
        record = run(patience=0.0)
        assert record.state == "failed"
        assert record.message is not None
        assert record.message.endswith(" The same command goes on.")
        assert list(CachedMedia.scan_rows()) == []

    def test_in_the_middle_the_run_fails_and_the_next_one_goes_on(
        self, run: Run, small_tmdb: TmdbServer, monkeypatch: pytest.MonkeyPatch, clock: RunClock
    ) -> None:
        monkeypatch.setattr("apps.media.sync.points.BATCH_KEYS", 4)
        goes_down_behind(small_tmdb, LIST_REQUESTS + 6)
        record = run(patience=0.0)
        assert record.state == "failed"
        assert record.message is not None
        assert record.message.startswith("Stopped, 4 of 11 details: ")
        fetched = set(stored_titles())
        assert len(fetched) == 6
        small_tmdb.recovers()
        small_tmdb.requests.clear()
        clock.goes_on(60)
        again = run()
        assert again.started_at == record.started_at
        assert (again.state, again.done) == ("done", 11)
        assert sorted(stored_titles()) == sorted(LISTED)
        # The lists are not asked for again, and none of the titles that were stored.
        paths = asked_details(small_tmdb)
        assert paths == sorted(f"{kind}/{number}" for kind, number in set(LISTED) - fetched)
        others = {asked.path for asked in small_tmdb.requests} - set(paths)
        # Whether it is there again.
        assert others <= {PROBE}

    def test_for_a_moment_the_run_waits_and_loses_nothing(
        self, run: Run, small_tmdb: TmdbServer, clock: RunClock
    ) -> None:
        goes_down_behind(small_tmdb, LIST_REQUESTS + 6)
        wait = clock.wait

        def waited(seconds: float) -> None:
            wait(seconds)
            if seconds >= 5:
                small_tmdb.recovers()

        clock.wait = waited  # type: ignore[method-assign]
        record = run()
        assert (record.state, record.message) == ("done", "Done: 11 of 11 details, 11 fetched.")
        assert max(clock.waits) >= 5

    def test_dynamodb_that_does_not_answer_fails_the_run(self, run: Run, small_tmdb: TmdbServer) -> None:
        with meanwhile(3, unreachable, "PutItem"):
            record = run()
        assert record.state == "failed"
        assert record.message is not None
        assert "Could not connect" in record.message
        assert run().state == "done"
        assert sorted(stored_titles()) == sorted(LISTED)

    def test_a_mistake_of_ours_is_not_taken_for_a_fault_outside(self, run: Run, small_tmdb: TmdbServer) -> None:
        with pytest.raises(PutError, match="ValidationException"), meanwhile(3, wrong_request, "PutItem"):
            run()


def wrong_request() -> None:
    raise ClientError({"Error": {"Code": "ValidationException"}}, "PutItem")


def unreachable() -> None:
    raise EndpointConnectionError(endpoint_url="http://127.0.0.1:1")


def goes_down_behind(tmdb: TmdbServer, requests: int) -> None:
    """Has the server answer so many requests, and all others with 503."""
    down = faults.status(503)

    def play(connection: Any, right: Any, stopping: Any) -> None:
        if len(tmdb.requests) > requests:
            down(connection, right, stopping)
        else:
            connection.sendall(right.head() + right.body)

    tmdb.fails(play)


class TestTime:
    def test_a_run_whose_budget_ends_is_paused_and_goes_on_until_it_is_done(
        self, run: Run, small_tmdb: TmdbServer, source: Tmdb, clock: RunClock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("apps.media.sync.points.BATCH_KEYS", 2)
        monkeypatch.setattr("apps.media.sync.fetching.AT_ONCE", 1)
        slow = SlowSource(source, clock, 4.0)
        told = []
        while not told or told[-1][0] == "paused":
            record = run(source=slow, seconds=30)
            told.append((record.state, record.done, record.started_at))
        assert [state for state, *_ in told[:-1]] == ["paused"] * (len(told) - 1)
        assert len(told) >= 3
        assert [done for _, done, _ in told] == sorted(done for _, done, _ in told)
        assert len({started for *_, started in told}) == 1
        assert told[-1][0] == "done"
        assert asked_details(small_tmdb) == LISTED_PATHS
        assert len(small_tmdb.requests) == LIST_REQUESTS + len(LISTED)
        assert sorted(stored_titles()) == sorted(LISTED)

    def test_the_sentence_of_a_paused_run(
        self, run: Run, small_tmdb: TmdbServer, source: Tmdb, clock: RunClock
    ) -> None:
        slow = SlowSource(source, clock, 4.0)
        assert run(source=slow, seconds=20).message == "Paused: not all lists collected. The same command goes on."
        assert run(source=slow, seconds=40).message == "Paused: 0 of 11 details. The same command goes on."

    def test_no_call_begins_that_the_budget_does_not_allow(
        self, run: Run, small_tmdb: TmdbServer, source: Tmdb, clock: RunClock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("apps.media.sync.fetching.AT_ONCE", 1)
        # Six calls for lists and five for titles take 44 seconds, and ten must be left for the next.
        record = run(source=SlowSource(source, clock, 4.0), seconds=53)
        assert (record.state, record.done) == ("paused", 0)
        assert len(stored_titles()) == len(asked_details(small_tmdb)) == 5
        assert run().figure("fetched") == 6
        assert asked_details(small_tmdb) == LISTED_PATHS

    def test_a_rebuild_that_does_not_fit_is_left_to_the_next_process(
        self, run: Run, small_tmdb: TmdbServer, source: Tmdb, clock: RunClock
    ) -> None:
        record = run(seconds=44)
        assert (record.state, record.done) == ("paused", 11)
        assert listed("popular", "movie") == []
        small_tmdb.requests.clear()
        assert run(seconds=20).state == "done"
        assert small_tmdb.requests == []
        assert listed("popular", "movie")[:4] == [101, 102, 103, 104]

    def test_an_unfinished_run_that_is_too_old_is_given_up(
        self, run: Run, small_tmdb: TmdbServer, source: Tmdb, clock: RunClock
    ) -> None:
        first = run(source=SlowSource(source, clock, 4.0), seconds=40)
        clock.goes_on(21 * 3600)
        second = run()
        assert second.state == "done"
        assert second.started_at > first.started_at
        states = [(each.state, each.message) for each in jobs.newest("sync_media")]
        assert states[1] == ("failed", "It was not finished in time, and a newer run took its place.")
