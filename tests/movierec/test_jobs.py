"""Records of jobs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from movierec import jobs
from movierec.dynamo.data_table import DataRow

pytestmark = pytest.mark.usefixtures("tables")

NOW = datetime(2027, 1, 15, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def test_a_run_is_one_row_from_its_start_to_its_end() -> None:
    run = jobs.start("tidy", "daily", NOW)
    run.total = 7
    run.add("swept")
    run.add("swept", 4)
    run.note("a corner was out of reach")
    jobs.save(run, NOW + MINUTE)
    jobs.finish(run, "done", NOW + 2 * MINUTE, "Done.")
    assert list(DataRow.scan_rows()) == [
        {
            "pk": "JOB#tidy",
            "sk": "RUN#2027-01-15T12:00:00.000Z#daily",
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
            "expiresAt": int((NOW + timedelta(days=90)).timestamp()),
        }
    ]


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
