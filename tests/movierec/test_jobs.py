"""Records of jobs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from pynamodb.exceptions import PynamoDBException

from movierec import jobs
from movierec.dynamo.data_table import DataRow
from movierec.dynamo.leases import Lease, is_held, take
from movierec.dynamo.turns import TurnTaken
from movierec.jobs import JobRun, Recorder, StopAsked, runs
from movierec.jobs.recorder import MAX_LINES, log_of
from tests.apps.conftest import operations
from tests.stand_ins.clock import StillClock

__all__ = ["operations"]

pytestmark = pytest.mark.usefixtures("tables")

NOW = datetime(2027, 1, 15, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
ANN = "ann@example.com"


def rows() -> dict[tuple[str, str], dict[str, Any]]:
    """Every row by its key."""
    return {(row.pop("pk"), row.pop("sk")): row for row in DataRow.scan_rows()}


def stored(run: JobRun) -> JobRun:
    """The run as it is stored."""
    found = jobs.found(run.job, run.sk)
    assert found is not None
    return found


def log(run: JobRun) -> list[str]:
    """The sentences of the log, without their moments."""
    return [line.partition(" ")[2] for line in log_of(run)]


@contextmanager
def as_run(schedule: str = "daily") -> Iterator[Recorder]:
    """A recorded run of a job."""
    with jobs.recorded("tidy", schedule) as record:
        yield record


def test_a_run_is_one_row_from_its_start_to_its_end() -> None:
    run = jobs.start("tidy", "daily", NOW)
    run.total = 7
    run.add("swept")
    run.add("swept", 4)
    run.note("a corner was out of reach")
    jobs.save(run, NOW + MINUTE)
    jobs.finish(run, "done", NOW + 2 * MINUTE, "Done.")
    expires_at = int((NOW + timedelta(days=90)).timestamp())
    key = "RUN#2027-01-15T12:00:00.000Z#daily"
    assert rows() == {
        ("JOB#tidy", key): {
            "job": "tidy",
            "schedule": "daily",
            "state": "done",
            "startedAt": "2027-01-15T12:00:00.000Z",
            "updatedAt": "2027-01-15T12:02:00.000Z",
            "endedAt": "2027-01-15T12:02:00.000Z",
            "done": 0,
            "total": 7,
            "counts": {"swept": 5},
            "errors": ["a corner was out of reach"],
            "message": "Done.",
            "expiresAt": expires_at,
        },
        # Where the runs of all jobs are listed, and beside the command.
        ("JOBS", "RUN#2027-01-15T12:00:00.000Z#tidy#daily"): {
            "job": "tidy",
            "run": key,
            "state": "done",
            "expiresAt": expires_at,
        },
        ("JOBS", "COMMAND#tidy#daily"): {"run": key, "begunAt": "2027-01-15T12:00:00.000Z"},
    }


def test_a_run_that_goes_on_keeps_its_figures_and_loses_its_end() -> None:
    run = jobs.start("tidy", "daily", NOW)
    run.add("swept", 3)
    jobs.finish(run, "paused", NOW, "Paused.")
    found = jobs.found("tidy", run.sk)
    assert found is not None
    jobs.go_on(found, NOW + MINUTE)
    again = jobs.found("tidy", run.sk)
    assert again is not None
    assert (again.state, again.ended_at, again.message, again.figure("swept")) == ("running", None, None, 3)


def test_two_runs_share_no_figures() -> None:
    jobs.start("tidy", "daily", NOW).add("swept")
    assert jobs.start("tidy", "daily", NOW + MINUTE).figures() == {}


def test_a_run_that_never_was() -> None:
    assert jobs.found("tidy", "RUN#2027-01-15T12:00:00.000Z#daily") is None
    assert jobs.newest("tidy") == []


def test_the_newest_runs_come_first_and_other_rows_of_the_job_are_none() -> None:
    for minutes in (2, 0, 1):
        jobs.start("tidy", "daily", NOW + minutes * MINUTE)
    jobs.start("other", "daily", NOW)
    DataRow("JOB#tidy", "POINT").save()
    assert [run.started_at[14:16] for run in jobs.newest("tidy", 2)] == ["02", "01"]


def test_the_first_twenty_errors_are_kept_short() -> None:
    run = jobs.start("tidy", "daily", NOW)
    for number in range(25):
        run.note(f"{number} {'x' * 400}")
    assert [error.split()[0] for error in run.errors] == [str(number) for number in range(20)]
    assert {len(error) for error in run.errors} == {300}


def test_a_save_leaves_alone_that_the_run_is_asked_to_stop_and_learns_of_it() -> None:
    run = jobs.start("tidy", "daily", NOW)
    assert jobs.ask_to_stop(stored(run), NOW + MINUTE, ANN)
    assert run.stop_asked_by is None
    jobs.save(run, NOW + 2 * MINUTE)
    assert (run.stop_asked_by, run.stop_asked_at) == (ANN, "2027-01-15T12:01:00.000Z")
    assert (stored(run).stop_asked_by, stored(run).updated_at) == (ANN, "2027-01-15T12:02:00.000Z")
    jobs.finish(run, "paused", NOW + 3 * MINUTE, "Paused.")
    jobs.go_on(run, NOW + 4 * MINUTE)
    assert stored(run).stop_asked_by is None


def test_who_asked_first_stands_and_what_has_ended_is_not_asked() -> None:
    run = jobs.start("tidy", "daily", NOW)
    assert jobs.ask_to_stop(run, NOW, ANN)
    assert not jobs.ask_to_stop(run, NOW, "bob@example.com")
    assert stored(run).stop_asked_by == ANN
    jobs.finish(run, "done", NOW, "Done.")
    before = rows()
    assert not jobs.ask_to_stop(run, NOW, ANN)
    assert rows() == before


def test_a_run_that_was_heard_of_meanwhile_is_not_given_up() -> None:
    run = jobs.start("tidy", "daily", NOW)
    seen = stored(run)
    jobs.save(run, NOW + MINUTE)
    before = rows()
    assert not jobs.give_up(seen, NOW + MINUTE, "Given up.", ANN)
    assert rows() == before
    assert jobs.give_up(stored(run), NOW + 2 * MINUTE, "Given up.", ANN)
    assert (stored(run).state, stored(run).message) == ("failed", "Given up.")
    assert rows()["JOBS", "RUN#2027-01-15T12:00:00.000Z#tidy#daily"]["state"] == "failed"
    # A process that was only asleep is told at its next save, which makes it no running one.
    run.add("swept")
    jobs.save(run, NOW + 3 * MINUTE)
    assert run.stop_asked_by == ANN
    assert (stored(run).state, stored(run).message, stored(run).figure("swept")) == ("failed", "Given up.", 1)
    jobs.finish(run, "paused", NOW + 3 * MINUTE, "Paused.")
    assert stored(run).state == "paused"


def test_a_save_of_a_record_that_is_gone_leaves_none() -> None:
    run = jobs.start("tidy", "daily", NOW)
    DataRow.delete_rows([{"pk": run.pk, "sk": run.sk}])
    before = rows()
    jobs.save(run, NOW + MINUTE)
    assert rows() == before


def test_a_database_that_is_too_busy_is_a_fault_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(fill: object) -> bool:
        raise runs.Unavailable

    monkeypatch.setattr(runs, "write_together", busy)
    with pytest.raises(TimeoutError, match="too busy"):
        jobs.start("tidy", "daily", NOW)


def parts_of(*parts: bytes, fault: Exception | None = None) -> Iterator[bytes]:
    """Parts of an export, and what breaks it off."""
    yield from parts
    if fault:
        raise fault


class TestExports:
    def test_one_is_a_run_of_three_writes_and_no_command(self, operations: list[str]) -> None:
        operations.clear()
        parts = jobs.exported(
            "own", "Everything about person/7, asked for by themselves.", lambda: parts_of(b"1", b"23")
        )
        assert operations == ["TransactWriteItems", "PutItem"]
        (run,) = jobs.newest("export")
        assert (run.state, run.schedule, run.ended_at) == ("running", "own", None)
        operations.clear()
        assert b"".join(parts) == b"123"
        assert operations == ["TransactWriteItems"]
        (run,) = jobs.newest("export")
        assert (run.state, run.message, run.figures()) == ("done", "Sent whole.", {"bytes": 3})
        assert log(run) == ["Everything about person/7, asked for by themselves."]
        assert rows().keys() == {
            ("JOB#export", run.sk),
            ("JOB#export", f"LOG#{run.started_at}#own"),
            ("JOBS", f"RUN#{run.started_at}#export#own"),
        }

    def test_many_in_one_moment_are_as_many_runs(self) -> None:
        with time_machine.travel(NOW, tick=False):
            for number in range(3):
                b"".join(jobs.exported("own", f"The {number}.", lambda: parts_of(b"1")))
        found = jobs.newest("export")
        assert [(run.started_at[-4:], log(run)) for run in found] == [
            ("002Z", ["The 2."]), ("001Z", ["The 1."]), ("000Z", ["The 0."]),
        ]  # fmt: skip
        assert len(jobs.listed().keys) == 3

    def test_what_breaks_off_failed(self) -> None:
        def refused() -> Iterator[bytes]:
            raise ValueError("refused")

        with pytest.raises(ValueError, match="refused"):
            jobs.exported("own", "One.", refused)
        with pytest.raises(ValueError, match="broken"):
            list(jobs.exported("own", "Two.", lambda: parts_of(b"1", fault=ValueError("broken"))))
        left = jobs.exported("own", "Three.", lambda: parts_of(b"1", b"2"))
        next(left)
        left.close()  # type: ignore[attr-defined]
        assert [(run.state, run.message) for run in jobs.newest("export")] == [
            ("failed", "It broke off before its end.")
        ] * 3

    def test_what_was_sent_does_not_break_for_its_record(
        self, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        def away(*_: object) -> None:
            raise PynamoDBException("away")

        parts = jobs.exported("own", "One.", lambda: parts_of(b"1"))
        monkeypatch.setattr(runs, "finish", away)
        assert b"".join(parts) == b"1"
        assert "was not recorded: away" in caplog.text


class TestRunsOfBefore:
    @pytest.fixture
    def earlier(self) -> JobRun:
        """Two runs of a job from before runs were listed, one that is listed, and none of another job."""
        runs_before = [jobs.start("tidy", "daily", NOW + minutes * MINUTE) for minutes in (0, 1)]
        jobs.finish(runs_before[1], "failed", NOW + 2 * MINUTE, "No.")
        DataRow.delete_rows([{"pk": pk, "sk": sk} for pk, sk in rows() if pk == "JOBS"])
        jobs.start("tidy", "weekly", NOW)
        return runs_before[1]

    def test_they_are_listed_once(self, earlier: JobRun, operations: list[str]) -> None:
        listed_before = rows()
        assert jobs.ensure_listed(["tidy", "sweep"]) == 2
        added = {key: row for key, row in rows().items() if key not in listed_before}
        assert {sk: row.get("state") for (_, sk), row in added.items()} == {
            "RUN#2027-01-15T12:00:00.000Z#tidy#daily": "running",
            "RUN#2027-01-15T12:01:00.000Z#tidy#daily": "failed",
            "COMMAND#tidy#daily": None,
            "DONE": None,
        }
        assert added["JOBS", "RUN#2027-01-15T12:01:00.000Z#tidy#daily"]["expiresAt"] == earlier.expires_at
        assert added["JOBS", "COMMAND#tidy#daily"] == {"run": earlier.sk, "begunAt": earlier.started_at}
        after = rows()
        operations.clear()
        assert jobs.ensure_listed(["tidy", "sweep"]) == 0
        assert operations == ["GetItem"]
        assert rows() == after

    def test_what_is_listed_keeps_its_state_and_its_command(self, earlier: JobRun) -> None:
        jobs.finish(earlier, "done", NOW + 3 * MINUTE, "Done.")
        newer = jobs.start("tidy", "daily", NOW + 5 * MINUTE)
        before = rows()
        assert jobs.ensure_listed(["tidy"]) == 1
        assert {key: row for key, row in rows().items() if key in before} == before
        assert rows()["JOBS", "COMMAND#tidy#daily"]["run"] == newer.sk


class TestListing:
    @pytest.fixture
    def many(self) -> None:
        """Ten runs of two jobs, a minute apart; every fifth failed."""
        for minute in range(10):
            job = "tidy" if minute % 2 else "sweep"
            run = jobs.start(job, "daily", NOW + minute * MINUTE)
            jobs.finish(run, "failed" if minute % 5 == 0 else "done", NOW + minute * MINUTE, "Ended.")

    def pages(self, **options: Any) -> list[list[str]]:
        """The minutes of the runs, page by page."""
        found = jobs.listed(**options)
        pages = [[key["sk"][18:20] for key in found.keys]]
        while found.after is not None:
            found = jobs.listed(**options, after=found.after)
            pages.append([key["sk"][18:20] for key in found.keys])
        return pages

    def test_all_jobs_newest_first(self, many: None) -> None:
        assert self.pages(limit=4) == [["09", "08", "07", "06"], ["05", "04", "03", "02"], ["01", "00"]]

    def test_by_job_and_state(self, many: None) -> None:
        assert self.pages(job="tidy", limit=3) == [["09", "07", "05"], ["03", "01"]]
        assert self.pages(state="failed") == [["05", "00"]]
        assert self.pages(job="tidy", state="failed") == [["05"]]
        assert self.pages(job="nothing") == [[]]

    def test_one_request_looks_at_so_many_and_says_so(self, many: None, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("movierec.jobs.listing.LOOKED_AT", 4)
        first = jobs.listed(state="failed")
        assert ([key["sk"][18:20] for key in first.keys], first.looked) == ([], 4)
        second = jobs.listed(state="failed", after=first.after)
        assert ([key["sk"][18:20] for key in second.keys], second.looked) == (["05"], 4)
        assert self.pages(state="failed") == [[], ["05"], ["00"]]
        assert jobs.listed(limit=3).looked == 0


class TestRecorder:
    def test_the_record_follows_the_steps_by_one_write_in_two_seconds(self) -> None:
        clock, shown = StillClock(), []
        run = jobs.start("tidy", "daily", NOW)
        record = Recorder(run, show=lambda *step: shown.append(step), clock=clock, log=[])
        record.show("Sweeping", 0.1)
        assert stored(run).percent is None
        clock.goes_on(2.0)
        record.show("Sweeping", 0.256)
        assert (stored(run).step, stored(run).percent) == ("Sweeping", 26)
        clock.goes_on(1.9)
        record.show("Mopping", 0.5)
        assert (stored(run).step, log(run)) == ("Sweeping", ["Sweeping."])
        record.finish("done", "All is clean.")
        assert (stored(run).step, stored(run).percent) == ("Mopping", 100)
        assert log(run) == ["Sweeping.", "Mopping.", "All is clean."]
        assert shown == [("Sweeping", 0.1), ("Sweeping", 0.256), ("Mopping", 0.5)]

    def test_the_last_two_hundred_lines_are_kept_short_and_expire(self) -> None:
        run = jobs.start("tidy", "daily", NOW)
        record = Recorder(run, log=["an earlier line"])
        for number in range(MAX_LINES + 50):
            record.note(f"{number} {'ä' * 400}")
        record.save()
        lines = log(run)
        assert [line.split()[0] for line in lines] == [str(number) for number in range(50, 250)]
        assert {len(line) for line in lines} == {300}
        row = rows()["JOB#tidy", "LOG#2027-01-15T12:00:00.000Z#daily"]
        assert row["expiresAt"] == run.expires_at
        assert len(stored(run).errors) == 20

    def test_a_log_without_news_is_not_written_again(self) -> None:
        run = jobs.start("tidy", "daily", NOW)
        record = Recorder(run, log=[])
        record.say("Swept.")
        record.save()
        key = {"pk": "JOB#tidy", "sk": "LOG#2027-01-15T12:00:00.000Z#daily"}
        DataRow.delete_rows([key])
        record.save()
        assert tuple(key.values()) not in rows()


class TestRecorded:
    def test_a_block_that_ends(self) -> None:
        with as_run() as record:
            record.run.add("swept", 3)
            record.message = "Three corners."
        assert (stored(record.run).state, stored(record.run).message) == ("done", "Three corners.")
        assert stored(record.run).figure("swept") == 3

    def test_what_fails_is_told_without_secrets_and_passed_on(self) -> None:
        with pytest.raises(ValueError, match="password"), as_run() as record:
            raise ValueError("password=hunter2 was refused")
        assert (stored(record.run).state, stored(record.run).message) == (
            "failed", "password=[redacted] was refused",
        )  # fmt: skip
        with pytest.raises(ZeroDivisionError), as_run("weekly") as record:
            raise ZeroDivisionError
        assert stored(record.run).message == "ZeroDivisionError"

    def test_ctrl_c_and_staff_leave_a_paused_run(self) -> None:
        with pytest.raises(KeyboardInterrupt), as_run() as record:
            raise KeyboardInterrupt
        assert (stored(record.run).state, stored(record.run).message) == (
            "paused", "Stopped where it ran. The same command goes on.",
        )  # fmt: skip
        shown: list[float] = []

        def work(record: Recorder) -> None:
            show = record.following(lambda _, fraction: shown.append(fraction))
            show("Sweeping", 0.1)
            jobs.ask_to_stop(record.run, NOW, ANN)
            show("Sweeping", 0.2)
            record.save()
            show("Sweeping", 0.3)
            show("Sweeping", 0.4)

        with pytest.raises(StopAsked), as_run("weekly") as record:
            work(record)
        assert shown == [0.1, 0.2, 0.3]
        assert (stored(record.run).state, stored(record.run).message, stored(record.run).percent) == (
            "paused", f"Stopped by {ANN}. The same command goes on.", 30,
        )  # fmt: skip

    def test_a_download_that_is_given_up_failed(self) -> None:
        def parts() -> Iterator[bytes]:
            with as_run():
                yield b"1"
                yield b"2"

        download = parts()
        assert next(iter(download)) == b"1"
        download.close()  # type: ignore[attr-defined]
        (run,) = jobs.newest("tidy")
        assert (run.state, run.message) == ("failed", "Whoever asked for it left before its end.")

    def test_what_is_wrong_is_heard_of_also_when_it_cannot_be_recorded(
        self, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        def away(*_: object) -> None:
            raise PynamoDBException("away")

        monkeypatch.setattr(runs, "finish", away)
        with pytest.raises(ValueError, match="broken"), as_run():
            raise ValueError("broken")
        assert "was not recorded: away" in caplog.text

    def test_alone_it_holds_the_lease_of_its_command(self) -> None:
        with jobs.recorded_alone("tidy", "daily") as record:
            assert is_held("tidy#daily")
            record.check()
            assert isinstance(take("tidy#weekly", 20), Lease)
        assert not is_held("tidy#daily")

    def test_while_another_process_is_at_it_nothing_is_recorded(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("movierec.jobs.recorder.WAIT_SECONDS", 0.0)
        take("tidy#daily", 20)
        before = rows()
        with pytest.raises(TurnTaken), jobs.recorded_alone("tidy", "daily"):
            raise AssertionError
        assert rows() == before

    def test_the_record_of_one_that_was_killed_is_ended_by_the_next(self) -> None:
        with time_machine.travel(NOW, tick=False):
            killed = jobs.start("tidy", "daily", NOW - MINUTE)
            with jobs.recorded_alone("tidy", "daily"):
                pass
        assert (stored(killed).state, stored(killed).message) == (
            "failed", "It was killed, and a newer run took its place.",
        )  # fmt: skip
        assert [run.state for run in jobs.newest("tidy")] == ["done", "failed"]
