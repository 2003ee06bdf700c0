"""Runs of the sync that staff ask to stop, and what the admin sees of them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import time_machine

from apps.media.providers.tmdb.source import Tmdb
from apps.media.titles import FullTitle, MediaType
from movierec import jobs
from movierec.jobs.recorder import log_of
from tests.apps.media.sync.conftest import NOW, Run, RunClock, SlowSource, asked_details, catalogue
from tests.stand_ins.tmdb_server import TmdbServer

ANN = "ann@example.com"


class Interrupted(SlowSource):
    """A source that has somebody act before its first title."""

    def __init__(self, source: Tmdb, clock: RunClock, act: Callable[[], object]) -> None:
        super().__init__(source, clock, 0.0)
        self._act: Callable[[], object] | None = act

    def title(self, media_type: MediaType, media_id: int, *, budget: float) -> FullTitle:
        act, self._act = self._act, None
        if act is not None:
            act()
        return super().title(media_type, media_id, budget=budget)


def ask() -> None:
    """Somebody of the staff asks the latest run to stop."""
    assert jobs.ask_to_stop(jobs.newest("sync_media")[0], NOW, ANN)


def test_it_pauses_behind_its_batch_and_the_next_run_goes_on_without_doing_it_again(
    run: Run,
    small_tmdb: TmdbServer,
    source: Tmdb,
    clock: RunClock,
    monkeypatch: pytest.MonkeyPatch,
    present: time_machine.Traveller,
) -> None:
    monkeypatch.setattr("apps.media.sync.points.BATCH_KEYS", 4)
    record = run(source=Interrupted(source, clock, ask))
    assert (record.state, record.message) == (
        "paused", f"Stopped by {ANN}: 4 of 11 details. The same command goes on.",
    )  # fmt: skip
    first = asked_details(small_tmdb)
    assert len(first) == 4
    present.shift(60)
    small_tmdb.requests.clear()
    again = run()
    assert (again.state, again.message, again.sk) == ("done", "Done: 11 of 11 details, 11 fetched.", record.sk)
    assert not set(asked_details(small_tmdb)) & set(first)
    assert again.stop_asked_by is None
    # One log for both processes.
    sentences = [line.partition(" ")[2] for line in log_of(again)]
    assert sentences[0] == "Asking for lists."
    assert [sentence for sentence in sentences if sentence.startswith(("Stopped", "Done"))] == [
        record.message, again.message,
    ]  # fmt: skip


def test_a_whole_run_is_the_same_rows_as_one_that_was_stopped(
    run: Run, small_tmdb: TmdbServer, source: Tmdb, clock: RunClock
) -> None:
    run(source=Interrupted(source, clock, ask))
    assert run().state == "done"
    stopped = catalogue()
    run()
    assert catalogue() == stopped


def test_what_fails_is_in_the_log_and_steps_are_in_the_record(run: Run, small_tmdb: TmdbServer) -> None:
    small_tmdb.answers("movie/103", {"status_code": 34, "status_message": "Not there."}, 404)
    record = run()
    assert record.percent == 100
    told = "movie 103: the source has no such title."
    assert list(record.errors) == [told]
    assert [line for line in log_of(record) if line.endswith(told)] == [f"2026-11-18T12:00:00.000Z {told}"]
