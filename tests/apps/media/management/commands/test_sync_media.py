"""`manage.py sync_media`: what it says, with which exit code, and the line for CloudWatch."""

from __future__ import annotations

import io
import json
import os
import signal
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.core.management.base import CommandError

from movierec import jobs
from movierec.aws import client
from movierec.dynamo.leases import take
from tests.stand_ins import tmdb_server as faults
from tests.stand_ins.log_lines import Lines, lines
from tests.stand_ins.tmdb_bodies import list_body, movie_body, movie_entry
from tests.stand_ins.tmdb_server import TmdbServer

# The same by another name: `lines` are what the command says.
logged = lines

pytestmark = pytest.mark.usefixtures("tables", "atomic_requests")

# A Wednesday.
NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)
NEVER = [
    "daily:   next 2026-11-19 08:00 UTC; never run",
    "weekly:  next 2026-11-22 09:00 UTC; never run",
    "full:    by hand; never run",
]


@pytest.fixture(autouse=True)
def present() -> Any:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def one_film(tmdb: TmdbServer) -> TmdbServer:
    for path in ("movie/popular", "trending/all/week", "trending/movie/week", "tv/popular", "trending/tv/week"):
        films = [] if "tv" in path else [movie_entry(603, media_type="movie")]
        tmdb.answers(path, list_body(films))
    tmdb.answers("movie/603", movie_body(603))
    return tmdb


def call(*arguments: str) -> list[str]:
    output = io.StringIO()
    try:
        call_command("sync_media", *arguments, stdout=output)
    except CommandError as error:
        return [*output.getvalue().splitlines(), f"{error.returncode}: {error}"]
    return output.getvalue().splitlines()


def result(lines: Lines) -> tuple[str, int, int]:
    """How the one run of the job ended, for people and for CloudWatch."""
    (line,) = lines("movierec.telemetry.jobs")
    assert (line["Environment"], line["Job"], line["Schedule"]) == ("local", "sync_media", "daily")
    return line["state"], line["JobSucceeded"], line["JobFailed"]


def test_a_run_says_what_it_does_what_it_did_and_when_it_runs_next(one_film: TmdbServer, logged: Lines) -> None:
    lines = call("--schedule", "daily")
    assert lines[:3] == ["  Asking for lists", "  Looking through the catalogue", "  Fetching details"]
    assert lines[-4:] == [
        "Done: 1 of 1 details, 1 fetched.",
        "daily:   next 2026-11-19 08:00 UTC; last 2026-11-18 12:00 UTC, Done: 1 of 1 details, 1 fetched.",
        *NEVER[1:],
    ]
    assert result(logged) == ("done", 1, 0)
    (line,) = logged("movierec.telemetry.jobs")
    assert (line["TitlesFetched"], line["TitlesFailed"], line["TitlesRemoved"]) == (1, 0, 0)
    # Its threads count for it.
    assert (line["TmdbCalls"], "TmdbFailures" in line) == (len(one_film.requests), False)


def test_a_run_all_of_whose_titles_failed_names_them_and_is_no_success(one_film: TmdbServer, logged: Lines) -> None:
    one_film.fails(faults.wrong_types({"id": "x"}), path="movie/603")
    lines = call("--schedule", "daily")
    assert lines[-2].startswith("  movie 603: ")
    assert lines[-1] == ("1: Too little came: 1 of 1 details, 1 failed. The same command asks again for what failed.")
    assert result(logged) == ("failed", 0, 1)


def test_sigterm_pauses_the_run_which_is_no_failure(one_film: TmdbServer, logged: Lines) -> None:
    def stop(connection: Any, right: Any, stopping: Any) -> None:
        os.kill(os.getpid(), signal.SIGTERM)
        # Nothing is answered before the run is stopped, so that it cannot end by itself.
        stopping.wait(1)

    earlier = signal.getsignal(signal.SIGTERM)
    one_film.fails(stop, path="movie/603", times=1)
    lines = call("--schedule", "daily")
    assert lines[-1] == "130: The sync was stopped; the same command goes on."
    assert result(logged) == ("paused", 0, 0)
    assert jobs.newest("sync_media")[0].message == "Paused: 0 of 1 details. The same command goes on."
    assert signal.getsignal(signal.SIGTERM) is earlier


def test_a_failed_run_ends_with_1_and_can_be_alarmed_on(one_film: TmdbServer, logged: Lines) -> None:
    one_film.keys.clear()
    lines = call("--schedule", "daily")
    assert lines[-1].startswith("1: Stopped, not all lists collected: ")
    assert one_film.key not in "".join(lines) + json.dumps(logged())
    assert result(logged) == ("failed", 0, 1)
    assert call("--status")[0].startswith(
        "daily:   next 2026-11-19 08:00 UTC; last 2026-11-18 12:00 UTC, Stopped, not all lists collected: "
    )


def test_without_a_key_it_names_the_settings(settings: Any, logged: Lines) -> None:
    settings.TMDB_API_KEY = settings.TMDB_API_KEY_SECRET = ""
    lines = call("--schedule", "daily")
    assert lines[-1] == "1: There is no key of TMDB: set TMDB_API_KEY or TMDB_API_KEY_SECRET."
    assert result(logged) == ("failed", 0, 1)
    (run,) = jobs.newest("sync_media")
    assert (run.state, run.schedule, run.message) == ("failed", "daily", lines[-1].removeprefix("1: "))


def test_a_key_that_is_still_to_be_put_into_its_secret_is_no_failure(
    tmdb: TmdbServer, settings: Any, logged: Lines
) -> None:
    settings.AWS_ENDPOINT_URL = "https://secretsmanager.eu-north-1.amazonaws.com"
    client("secretsmanager").create_secret(Name="movierec/awaited", SecretString='{"TMDB_API_KEY": ""}')
    settings.TMDB_API_KEY, settings.TMDB_API_KEY_SECRET = "", "movierec/awaited"
    assert call("--schedule", "daily") == [
        "Nothing was fetched, because there is no key of TMDB yet. "
        "Put the key that TMDB's settings page shows into the secret movierec/awaited (TMDB_API_KEY_SECRET).",
        *NEVER,
    ]
    assert result(logged) == ("done", 1, 0)
    assert (tmdb.requests, jobs.newest("sync_media")) == ([], [])


def test_a_key_that_is_no_key_is_a_failure(tmdb: TmdbServer, settings: Any, logged: Lines) -> None:
    settings.AWS_ENDPOINT_URL = "https://secretsmanager.eu-north-1.amazonaws.com"
    client("secretsmanager").create_secret(Name="movierec/mistaken", SecretString="{}")
    settings.TMDB_API_KEY, settings.TMDB_API_KEY_SECRET = "", "movierec/mistaken"
    assert "The secret movierec/mistaken holds no key." in call("--schedule", "daily")[-1]
    assert result(logged) == ("failed", 0, 1)


def test_a_second_start_ends_with_75_and_is_no_failure(
    one_film: TmdbServer, monkeypatch: pytest.MonkeyPatch, logged: Lines
) -> None:
    # The present stands still, so this lease does not end while the start waits for that.
    monkeypatch.setattr("apps.media.sync.turns.WAIT_SECONDS", 0.05)
    assert take("sync_media#daily", 20)
    lines = call("--schedule", "daily")
    assert lines[-1] == "75: The daily sync is running already; look at it with --status."
    assert result(logged) == ("busy", 0, 0)
    assert one_film.requests == []


def test_the_status_asks_nobody(one_film: TmdbServer) -> None:
    assert call("--status") == NEVER
    assert one_film.requests == []


def test_the_status_for_programs(one_film: TmdbServer) -> None:
    call("--schedule", "daily")
    daily, weekly, full = json.loads("\n".join(call("--status", "--json")))
    assert daily == {
        "schedule": "daily",
        "cron": "cron(0 8 * * ? *)",
        "nextRun": "2026-11-19T08:00:00+00:00",
        "last": {
            "state": "done",
            "stuck": False,
            "startedAt": "2026-11-18T12:00:00.000Z",
            "updatedAt": "2026-11-18T12:00:00.000Z",
            "endedAt": "2026-11-18T12:00:00.000Z",
            "done": 1,
            "total": 1,
            "counts": {"lists": 3, "fetched": 1, "removed": 0, "titles": 1, "rebuildSeconds": 0},
            "errors": [],
            "message": "Done: 1 of 1 details, 1 fetched.",
        },
    }
    assert weekly == {
        "schedule": "weekly",
        "cron": "cron(0 9 ? * SUN *)",
        "nextRun": "2026-11-22T09:00:00+00:00",
        "last": None,
    }
    assert full == {"schedule": "full", "cron": None, "nextRun": None, "last": None}


def test_a_killed_run_is_told(present: Any) -> None:
    jobs.start("sync_media", "daily", NOW)
    assert take("sync_media#daily", 20)
    assert call("--status")[0].endswith("; last 2026-11-18 12:00 UTC, running")
    present.shift(21)
    assert call("--status")[0].endswith("; last 2026-11-18 12:00 UTC, killed; the same command goes on")


@pytest.mark.parametrize("budget", ["19", "-5", "1.5", "many"])
def test_a_budget_that_is_none_is_refused(budget: str) -> None:
    assert call("--schedule", "daily", "--budget", budget)[-1] == (
        f"1: Error: argument --budget: {budget!r} is not a whole number of seconds from 20"
    )


@pytest.mark.parametrize("arguments", [[], ["--schedule", "hourly"], ["--schedule", "daily", "--status"]])
def test_it_is_told_what_to_do(arguments: list[str]) -> None:
    assert call(*arguments)[-1].startswith("1: Error: ")
