"""The line of each run of a job."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from movierec.telemetry.jobs import reported
from movierec.telemetry.tally import count
from tests.movierec.telemetry.emf_schema import check
from tests.stand_ins.log_lines import Lines

JOBS = "movierec.telemetry.jobs"


def only(lines: Lines) -> dict[str, Any]:
    (line,) = lines(JOBS)
    check(line)
    return line


def end_of(line: dict[str, Any]) -> tuple[str, int, int]:
    return line["state"], line["JobSucceeded"], line["JobFailed"]


def test_a_run_that_ends(lines: Lines) -> None:
    with reported("some_job") as report:
        count("TmdbCalls", 7)
        report.members["Schedule"] = "daily"
    line = only(lines)
    assert line.pop("milliseconds") >= 0
    assert line.pop("time")
    assert line.pop("_aws")["CloudWatchMetrics"] == [
        {
            "Namespace": "MovieRec",
            "Dimensions": [["Environment"]],
            "Metrics": [{"Name": "TmdbCalls", "Unit": "Count"}],
        },
        {
            "Namespace": "MovieRec",
            "Dimensions": [["Environment", "Job"]],
            "Metrics": [{"Name": "JobSucceeded", "Unit": "Count"}, {"Name": "JobFailed", "Unit": "Count"}],
        },
    ]
    assert line == {
        "level": "INFO",
        "logger": JOBS,
        "message": "some_job done",
        "Job": "some_job",
        "state": "done",
        "Schedule": "daily",
        "Environment": "local",
        "JobSucceeded": 1,
        "JobFailed": 0,
        "TmdbCalls": 7,
    }


def test_a_run_that_fails_says_why(lines: Lines) -> None:
    with pytest.raises(CommandError), reported("some_job"):
        raise CommandError("no key of ann@example.com")
    line = only(lines)
    assert (line["level"], end_of(line)) == ("ERROR", ("failed", 0, 1))
    (cause,) = line["exception"]
    assert cause["message"] == "no key of [redacted]"


def test_ctrl_c_is_no_failure(lines: Lines) -> None:
    with pytest.raises(KeyboardInterrupt), reported("some_job"):
        raise KeyboardInterrupt
    line = only(lines)
    assert (line["level"], end_of(line)) == ("INFO", ("paused", 0, 0))
    assert "exception" not in line


def test_a_report_knows_better(lines: Lines) -> None:
    def busy() -> None:
        with reported("some_job") as report:
            report.state = "busy"
            raise CommandError("Another process is at it.", returncode=75)

    with pytest.raises(CommandError):
        busy()
    assert end_of(only(lines)) == ("busy", 0, 0)


def test_local_says_nothing(lines: Lines, settings: Any) -> None:
    settings.TELEMETRY_LINES = False
    with reported("some_job"):
        pass
    assert lines() == []


@pytest.mark.usefixtures("tables")
class TestCommands:
    def test_erase_accounts(self, lines: Lines) -> None:
        call_command("erase_accounts", stdout=io.StringIO())
        line = only(lines)
        assert (line["Job"], end_of(line)) == ("erase_accounts", ("done", 1, 0))
        assert line["DynamoCalls"] > 0

    def test_rotate_token_key(self, lines: Lines, settings: Any) -> None:
        settings.IDENTITY_PROVIDER = "cognito"
        with pytest.raises(CommandError):
            call_command("rotate_token_key", stdout=io.StringIO())
        line = only(lines)
        assert (line["Job"], end_of(line)) == ("rotate_token_key", ("failed", 0, 1))
        assert "IDENTITY_PROVIDER is not local" in json.dumps(line["exception"])
