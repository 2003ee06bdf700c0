"""Whole runs of the sync against a small TMDB, well and ill."""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from threading import Barrier
from typing import Any, cast

import pytest
import time_machine
from botocore.exceptions import ClientError, EndpointConnectionError
from pynamodb.exceptions import PutError

from apps.media import selectors
from apps.media.errors import SourceGarbled, SourceUnavailable
from apps.media.models import CachedMedia
from apps.media.providers.interface import Listed, TitleSource
from apps.media.providers.tmdb.source import Tmdb
from apps.media.sync.reach import PROBES, SILENT_AFTER, Reach
from movierec import jobs
from movierec.clock import Deadline
from movierec.dynamo.data_table import DataRow
from tests.apps.accounts.interruptions import meanwhile
from tests.apps.media.sync.conftest import (
    LIST_REQUESTS,
    LISTED,
    LISTED_PATHS,
    NOW,
    Run,
    RunClock,
    SlowSource,
    asked_details,
    catalogue,
    complete_titles,
    listed,
    points,
    stored_titles,
)
from tests.stand_ins import tmdb_server as faults
from tests.stand_ins.tmdb_bodies import movie_body, movie_entry
from tests.stand_ins.tmdb_server import TmdbServer

# TMDB's words for a request that it does not take.
REFUSED = {"status_code": 5, "status_message": "Invalid parameters: Your request parameters are incorrect."}
DAY_SECONDS = 24 * 3600


class TestWhole:
    def test_a_daily_run_stores_what_the_lists_name(self, run: Run, small_tmdb: TmdbServer) -> None:
        record = run()
        assert (record.state, record.message) == ("done", "Done: 11 of 11 details, 11 fetched.")
        assert record.figures() == {"lists": 5, "fetched": 11, "removed": 0, "titles": 11, "rebuildSeconds": 0}
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
        # What the list tells of it is there.
        assert stored_titles()["movie", 103].details is None
        assert 103 in listed("popular", "movie")
        small_tmdb.recovers()
        again = run()
        assert (again.figure("fetched"), again.figure("fresh"), list(again.errors)) == (1, 10, [])
        assert sorted(stored_titles()) == sorted(LISTED)

    @pytest.mark.parametrize("fault", [faults.status(422, REFUSED), faults.status(400, REFUSED)])
    def test_a_refused_title_or_list_is_named_and_the_run_goes_on(
        self, run: Run, small_tmdb: TmdbServer, fault: faults.Fault
    ) -> None:
        small_tmdb.fails(fault, path="movie/103")
        small_tmdb.fails(fault, path="trending/tv/week")
        record = run()
        figures = {name: record.figure(name) for name in ("failed", "fetched", "lists", "listsFailed")}
        assert record.state == "done"
        # Film 103 is on another list, and series 204 on that one alone.
        assert figures == {"failed": 1, "fetched": 9, "lists": 4, "listsFailed": 1}
        assert [error.partition(": ")[0] for error in record.errors] == ["The list trending tv", "movie 103"]

    def test_what_a_list_tells_does_not_replace_what_is_stored(
        self, run: Run, small_tmdb: TmdbServer, present: time_machine.Traveller
    ) -> None:
        run()
        before = stored_titles()
        present.shift(timedelta(days=1))
        small_tmdb.fails(faults.status(422, REFUSED), path="movie/103")
        run()
        assert stored_titles() == before
        assert before["movie", 103].details is not None

    def test_when_no_title_can_be_had_the_run_fails_and_the_next_asks_again(
        self, run: Run, small_tmdb: TmdbServer, lists: Any
    ) -> None:
        for path in LISTED_PATHS:
            small_tmdb.fails(faults.status(422, REFUSED), path=path)
        record = run()
        assert (record.state, record.message) == (
            "failed",
            "Too little came: 11 of 11 details, 11 failed. The same command asks again for what failed.",
        )
        assert listed("trending", "all")[:2] == [105, 203]
        small_tmdb.recovers()
        # No list names the other films any more.
        lists("movie/popular", [101])
        lists("trending/movie/week", [101])
        again = run()
        assert (again.state, again.figure("fetched"), again.done) == ("done", 11, 11)
        assert complete_titles() == set(LISTED)
        assert points() == []

    @pytest.mark.parametrize(("refused", "state"), [(4, "done"), (5, "failed")])
    def test_a_run_fails_when_more_than_a_quarter_of_its_titles_do_and_not_just_a_handful(
        self, run: Run, small_tmdb: TmdbServer, refused: int, state: str
    ) -> None:
        for path in LISTED_PATHS[:refused]:
            small_tmdb.fails(faults.status(422, REFUSED), path=path)
        assert run().state == state

    def test_lists_are_asked_for_at_once(self, run: Run, small_tmdb: TmdbServer, source: Tmdb, clock: RunClock) -> None:
        together = Barrier(5)

        class Together(SlowSource):
            def listed(self, path: str, *, budget: float, page: int = 1, **parameters: str) -> Listed:
                if page == 1:
                    together.wait(30)
                return super().listed(path, budget=budget, page=page, **parameters)

        assert run(source=Together(source, clock, 0.0)).figure("lists") == 5

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
        # The lists are asked for at once.
        assert len(small_tmdb.requests) <= 5
        small_tmdb.keys.add(small_tmdb.key)
        assert run().message == "Done: 11 of 11 details, 11 fetched."
        assert len(jobs.newest("sync_media")) == 1


class TestDown:
    def test_one_probe_that_cannot_be_had_does_not_tell_that_the_source_is_away(
        self, run: Run, small_tmdb: TmdbServer
    ) -> None:
        small_tmdb.answers(PROBES[1], {"page": 1, "results": []})
        small_tmdb.fails(faults.status(500), path=PROBES[0])
        small_tmdb.fails(faults.status(500), path="movie/103")
        record = run()
        assert (record.state, record.figure("failed")) == ("done", 1)

    def test_a_source_that_cannot_be_understood_is_there(self, clock: RunClock) -> None:
        class Garbled:
            def listed(self, path: str, **_: Any) -> Listed:
                raise SourceGarbled("It speaks in tongues.")

        reach = Reach(cast("TitleSource", Garbled()), Deadline(clock, 20), clock, patience=0.0)
        assert reach.find_out()
        for _ in range(SILENT_AFTER):
            reach.note(SourceGarbled("Again."))
        assert reach.may_be_asked()

    def test_a_wait_that_the_source_asks_for_is_waited_for_where_the_budget_allows_it(
        self, run: Run, small_tmdb: TmdbServer, clock: RunClock
    ) -> None:
        small_tmdb.fails(faults.too_many(retry_after="90"), path="movie/popular", times=1)
        assert run().message == "Done: 11 of 11 details, 11 fetched."
        assert clock.now() >= 90

    def test_the_next_days_run_finishes_a_paused_one_and_the_one_after_that_asks_for_lists_anew(
        self, run: Run, small_tmdb: TmdbServer, clock: RunClock
    ) -> None:
        small_tmdb.keys.clear()
        first = run()
        assert first.state == "failed"
        small_tmdb.keys.add(small_tmdb.key)
        clock.goes_on(DAY_SECONDS)
        second = run()
        assert (second.state, second.started_at) == ("done", first.started_at)
        clock.goes_on(DAY_SECONDS)
        assert run().started_at > first.started_at

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
        fetched = complete_titles()
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
        assert others <= set(PROBES)

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
        wrong = pytest.raises((PutError, ClientError), match="ValidationException")
        with wrong, meanwhile(3, wrong_request, "PutItem"):
            run()


def wrong_request() -> None:
    raise ClientError({"Error": {"Code": "ValidationException"}}, "PutItem")


def unreachable() -> None:
    raise EndpointConnectionError(endpoint_url="http://127.0.0.1:1")


def goes_down_behind(tmdb: TmdbServer, requests: int) -> None:
    """Has the server answer so many requests, and all others with 503."""
    down = faults.status(503)
    numbers = count(1)

    def play(connection: Any, right: Any, stopping: Any) -> None:
        if next(numbers) > requests:
            down(connection, right, stopping)
        else:
            connection.sendall(right.head() + right.body)

    tmdb.fails(play)


class TestTime:
    def test_a_small_budget_is_enough_for_a_small_catalogue(self, run: Run, small_tmdb: TmdbServer) -> None:
        assert run(seconds=20).state == "done"

    def test_before_each_page_the_budget_is_looked_at(
        self, run: Run, small_tmdb: TmdbServer, source: Tmdb, clock: RunClock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("apps.media.sync.fetching.AT_ONCE", 1)
        assert run(source=SlowSource(source, clock, 15.0), seconds=20).state == "paused"
        assert [asked.query["page"] for asked in small_tmdb.requests] == ["1"]

    def test_an_export_has_no_more_time_than_the_run(
        self, run: Run, small_tmdb: TmdbServer, monkeypatch: pytest.MonkeyPatch, clock: RunClock
    ) -> None:
        budgets: list[float] = []

        def noted(kind: str, day: Any, *, budget: float, clock: RunClock) -> Any:
            budgets.append(budget)
            clock.goes_on(35)
            raise SourceUnavailable("No answer in time.")

        monkeypatch.setattr("apps.media.sync.collecting.export_lines", noted)
        assert run("full", seconds=40).message == "Paused: not all lists collected. The same command goes on."
        assert run("full", seconds=240).state == "failed"
        assert budgets == [40, 60]

    def test_what_was_stored_by_a_clock_that_ran_ahead_is_not_fresh(
        self, run: Run, small_tmdb: TmdbServer, present: time_machine.Traveller
    ) -> None:
        run()
        present.move_to(NOW - timedelta(days=1))
        DataRow.delete_rows(row for row in DataRow.scan_rows() if row["sk"] == "LEASE")
        small_tmdb.requests.clear()
        assert run().figure("fresh") == 0
        assert asked_details(small_tmdb) == LISTED_PATHS

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
        self, run: Run, small_tmdb: TmdbServer, source: Tmdb, clock: RunClock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("apps.media.sync.fetching.AT_ONCE", 1)
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
        assert len(complete_titles()) == len(asked_details(small_tmdb)) == 5
        assert run().figure("fetched") == 6
        assert asked_details(small_tmdb) == LISTED_PATHS

    def test_a_rebuild_that_does_not_fit_is_left_to_the_next_process(
        self, run: Run, small_tmdb: TmdbServer, source: Tmdb, clock: RunClock
    ) -> None:
        earlier = jobs.start("sync_media", "weekly", NOW - timedelta(days=3))
        earlier.counts["rebuildSeconds"] = 20
        jobs.save(earlier, NOW)
        record = run(seconds=29)
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
        clock.goes_on(31 * 3600)
        second = run()
        assert second.state == "done"
        assert second.started_at > first.started_at
        states = [(each.state, each.message) for each in jobs.newest("sync_media")]
        assert states[1] == ("failed", "It was not finished in time, and a newer run took its place.")
