"""Runs that are killed, and runs at the same time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from threading import Event
from threading import enumerate as enumerate_threads
from typing import Any

import pytest
import time_machine

from apps.media.models import CachedMedia
from apps.media.providers.interface import Listed
from apps.media.providers.tmdb.source import Tmdb
from apps.media.sync.errors import AlreadyRunning
from apps.media.titles import FullTitle, MediaType
from movierec import jobs
from movierec.dynamo.connection import shared_connection
from movierec.dynamo.data_table import DataRow
from movierec.dynamo.leases import Lease, LeaseRow, take
from movierec.dynamo.turns import LEASE_SECONDS
from tests.apps.accounts.interruptions import Killed, killed_after, meanwhile
from tests.apps.media.sync.conftest import (
    NOW,
    Run,
    RunClock,
    SlowSource,
    asked_details,
    catalogue,
    complete_titles,
    points,
)
from tests.stand_ins.tmdb_server import TmdbServer

WRITES = {"PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems"}


class TestKilled:
    @pytest.fixture
    def few(self, small_tmdb: TmdbServer, lists: Callable[..., None]) -> TmdbServer:
        """The small TMDB, with three titles on its lists."""
        lists("movie/popular", [101, 102])
        lists("tv/popular", [201])
        for media_type, ids in (("all", [102]), ("movie", [101]), ("tv", [201])):
            lists(f"trending/{media_type}/week", ids)
        return small_tmdb

    def test_at_any_write_the_next_run_ends_in_the_same_rows(self, run: Run, few: TmdbServer) -> None:
        with killed_after(10_000) as calls:
            run()
        whole = catalogue()
        # Between two writes, one moment is like the other; every third one is enough for each kind of them.
        for number in [number for number, name in enumerate(calls) if name in WRITES][::3]:
            empty()
            with pytest.raises(Killed), killed_after(number):
                run()
            stored = {f"{media_type}/{media_id}" for media_type, media_id in complete_titles()}
            few.requests.clear()
            record = run()
            assert (record.state, record.done) == ("done", 3)
            assert catalogue() == whole
            assert points() == []
            assert {row.state for row in jobs.newest("sync_media")} == {"done"}
            assert asked_details(few) == sorted({"movie/101", "movie/102", "tv/201"} - stored)

    def test_between_two_batches_the_first_is_not_done_again(
        self, run: Run, small_tmdb: TmdbServer, monkeypatch: pytest.MonkeyPatch, present: time_machine.Traveller
    ) -> None:
        monkeypatch.setattr("apps.media.sync.points.BATCH_KEYS", 4)
        with pytest.raises(Killed), meanwhile(4, die, "PutItem"):
            # The fifth title is the first of the second batch.
            run()
        done = asked_details(small_tmdb)
        present.shift(timedelta(hours=15))
        small_tmdb.requests.clear()
        record = run()
        assert record.state == "done"
        assert not set(asked_details(small_tmdb)) & set(done[:4])


def die() -> None:
    raise Killed


def empty() -> None:
    """Removes every row."""
    for table in (CachedMedia, DataRow):
        table.delete_rows(table.scan_rows())


class TestStopped:
    def test_by_ctrl_c_the_record_says_that_it_is_paused_and_the_next_run_goes_on(
        self, run: Run, small_tmdb: TmdbServer, source: Tmdb, clock: RunClock
    ) -> None:
        class Stopped(SlowSource):
            def title(self, media_type: MediaType, media_id: int, *, budget: float) -> FullTitle:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            run(source=Stopped(source, clock, 0.0))
        (record,) = jobs.newest("sync_media")
        assert (record.state, record.message) == ("paused", "Paused: 0 of 11 details. The same command goes on.")
        assert isinstance(take("sync_media#daily", LEASE_SECONDS), Lease)
        clock.goes_on(LEASE_SECONDS)
        assert run().state == "done"
        assert len(jobs.newest("sync_media")) == 1


class TestOneAtATime:
    def test_a_second_start_says_that_one_is_running(
        self, run: Run, small_tmdb: TmdbServer, clock: RunClock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        # Alive is who prolongs the lease; the thread that does so beats by real seconds.
        held = take("sync_media#daily", LEASE_SECONDS)
        assert isinstance(held, Lease)
        wait = clock.wait

        def waited(seconds: float) -> None:
            wait(seconds)
            assert held.prolong(LEASE_SECONDS)

        clock.wait = waited  # type: ignore[method-assign]
        with pytest.raises(AlreadyRunning, match=r"^The daily sync is running already; look at it with --status\.$"):
            run()
        assert small_tmdb.requests == []
        assert list(CachedMedia.scan_rows()) == []
        assert jobs.newest("sync_media") == []

    def test_another_schedule_may_run_beside_it(self, run: Run, small_tmdb: TmdbServer) -> None:
        assert take("sync_media#weekly", LEASE_SECONDS)
        assert run().state == "done"

    def test_a_start_waits_for_the_lease_of_a_process_that_died(
        self, run: Run, small_tmdb: TmdbServer, clock: RunClock
    ) -> None:
        assert take("sync_media#daily", LEASE_SECONDS)
        assert run().state == "done"
        assert [wait for wait in clock.waits if wait == 1.0] == [1.0] * 20

    def test_the_lease_is_prolonged_while_the_run_works_and_given_up_after_it(
        self, run: Run, small_tmdb: TmdbServer, source: Tmdb, clock: RunClock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("movierec.dynamo.turns.BEAT_SECONDS", 0.01)
        prolonged = Event()

        def note(model: Any, params: Any, **_: Any) -> None:
            if model.name == "UpdateItem" and b"LEASE#sync_media#daily" in params["body"]:
                prolonged.set()

        class Waiting(SlowSource):
            def title(self, media_type: MediaType, media_id: int, *, budget: float) -> FullTitle:
                assert prolonged.wait(30)
                return super().title(media_type, media_id, budget=budget)

        events = shared_connection().client.meta.events
        events.register("before-call.dynamodb", note)
        try:
            assert run(source=Waiting(source, clock, 0.0)).state == "done"
        finally:
            events.unregister("before-call.dynamodb", note)
        assert isinstance(take("sync_media#daily", LEASE_SECONDS), Lease)

    def test_a_process_that_was_away_for_too_long_stops_without_a_word_in_the_record(
        self, run: Run, small_tmdb: TmdbServer, source: Tmdb, clock: RunClock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("movierec.dynamo.turns.BEAT_SECONDS", 0.01)
        lost = Event()

        class Frozen(SlowSource):
            def listed(self, path: str, *, budget: float, page: int = 1, **parameters: str) -> Listed:
                if path == "tv/popular" and not lost.is_set():
                    LeaseRow("LEASE#sync_media#daily", "LEASE", holder="another", until=NOW.timestamp() + 1e6).save()
                    lost.set()
                    threads = [each for each in enumerate_threads() if each.name == "sync_media#daily-lease"]
                    threads[0].join(30)
                return super().listed(path, budget=budget, page=page, **parameters)

        with pytest.raises(AlreadyRunning, match=r"^Another process took over the daily sync; this one stopped\.$"):
            run(source=Frozen(source, clock, 0.0))
        assert jobs.newest("sync_media")[0].state == "running"
