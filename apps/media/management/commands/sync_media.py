"""`manage.py sync_media`."""

from __future__ import annotations

import json
import signal
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from pynamodb.exceptions import PynamoDBException

from apps.media.providers.tmdb.configured import configured_source, key_remedy
from apps.media.sync.errors import AlreadyRunning
from apps.media.sync.run import BUDGET_SECONDS, sync
from apps.media.sync.schedules import SCHEDULES, Schedule
from apps.media.sync.status import Standing, standings
from apps.media.sync.turns import alone
from apps.media.sync.work import JOB
from movierec import jobs
from movierec.api.errors import is_outside_fault
from movierec.clock import Clock
from movierec.dynamo.registry import create_missing_tables
from movierec.jobs import JobRun
from movierec.localaws import LocalAwsError
from movierec.progress import Steps
from movierec.telemetry.jobs import Report, reported

LEAST_SECONDS: Final = 20
# "Try again later", as sysexits.h has it.
BUSY: Final = 75
# As of a program that Ctrl-C ends.
STOPPED: Final = 130
_FIGURES: Final = {"TitlesFetched": "fetched", "TitlesFailed": "failed", "TitlesRemoved": "removed"}


class Command(BaseCommand):
    help = (
        "Brings the catalogue into step with TMDB. Can be stopped at any time; the same command goes on. Ends with 0 "
        "when it is done, its time is over or the key is still to be put into its secret, with 1 when it failed, with "
        f"{BUSY} while another process does it, and with {STOPPED} when it was stopped."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        told = parser.add_mutually_exclusive_group(required=True)
        told.add_argument("--schedule", choices=SCHEDULES, help="what to ask for")
        told.add_argument("--status", action="store_true", help="only say when each runs next, and how the last went")
        parser.add_argument(
            "--budget",
            type=_seconds,
            default=BUDGET_SECONDS,
            metavar="SECONDS",
            help=f"end within this time, at least {LEAST_SECONDS} (default {BUDGET_SECONDS})",
        )
        parser.add_argument("--json", dest="as_json", action="store_true", help="with --status: answer with JSON")

    def handle(self, *args: Any, schedule: str | None, budget: int, as_json: bool, **options: Any) -> None:
        try:
            if settings.LOCAL:
                list(create_missing_tables())
            if schedule is not None:
                self._run(SCHEDULES[schedule], budget)
            self._show_standings(as_json=as_json)
        except LocalAwsError as error:
            raise CommandError(str(error)) from error
        except (PynamoDBException, BotoCoreError, ClientError, TimeoutError) as error:
            if not is_outside_fault(error):
                raise
            raise CommandError(f"DynamoDB does not answer as it should: {error}") from error

    def _run(self, schedule: Schedule, budget: int) -> None:
        with reported(JOB) as report:
            report.members["Schedule"] = schedule.name
            run = self._reported(schedule, budget, report)
            if run is None:
                return
            for problem in run.errors:
                self.stdout.write(f"  {problem}")
            if run.state == "failed":
                raise CommandError(str(run.message))
        self.stdout.write(str(run.message))

    def _reported(self, schedule: Schedule, budget: int, report: Report) -> JobRun | None:
        try:
            with _stopped_by_sigterm():
                run = self._synced(schedule, budget)
        except AlreadyRunning as error:
            report.state = "busy"
            raise CommandError(str(error), returncode=BUSY) from error
        except KeyboardInterrupt as error:
            report.state = "paused"
            raise CommandError("The sync was stopped; the same command goes on.", returncode=STOPPED) from error
        if run is None:
            return None
        if run.state == "paused":
            report.state = "paused"
        report.members.update({name: run.figure(figure) for name, figure in _FIGURES.items()})
        return run

    def _synced(self, schedule: Schedule, budget: int) -> JobRun | None:
        """The run; None where the key is still to come, which is no failure of a service that is set up that far."""
        source = configured_source()
        if source is None:
            self._tell_no_source(schedule)
            return None
        with Steps(self.stdout) as steps:
            return sync(schedule, source, steps, seconds=budget)

    def _tell_no_source(self, schedule: Schedule) -> None:
        """Says that the key is still to come; where the settings name no place for it, that is a failed run."""
        remedy = key_remedy()
        if remedy is not None:
            self.stdout.write(f"Nothing was fetched, because there is no key of TMDB yet. {remedy}")
            return
        with alone(schedule, Clock()), jobs.recorded(JOB, schedule.name):
            raise CommandError("There is no key of TMDB: set TMDB_API_KEY or TMDB_API_KEY_SECRET.")

    def _show_standings(self, *, as_json: bool) -> None:
        found = standings(datetime.now(UTC))
        if as_json:
            self.stdout.write(json.dumps([_as_json(standing) for standing in found], indent=1))
        else:
            self.stdout.write("\n".join(map(_line, found)))


@contextmanager
def _stopped_by_sigterm() -> Iterator[None]:
    """Has the signal with which systems end processes do what Ctrl-C does."""
    earlier = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, earlier)


def _seconds(text: str) -> int:
    if not text.isdecimal() or int(text) < LEAST_SECONDS:
        raise ArgumentTypeError(f"{text!r} is not a whole number of seconds from {LEAST_SECONDS}")
    return int(text)


def _line(standing: Standing) -> str:
    comes = f"next {standing.next_run:%Y-%m-%d %H:%M} UTC" if standing.next_run else "by hand"
    return f"{standing.schedule.name + ':':<8} {comes}; {_last(standing)}"


def _last(standing: Standing) -> str:
    run = standing.last
    if run is None:
        return "never run"
    started = run.started_at[:16].replace("T", " ")
    if standing.stuck:
        return f"last {started} UTC, killed; the same command goes on"
    return f"last {started} UTC, {run.message or run.state}"


def _as_json(standing: Standing) -> dict[str, Any]:
    return {
        "schedule": standing.schedule.name,
        "cron": standing.schedule.cron,
        "nextRun": standing.next_run.isoformat() if standing.next_run else None,
        "last": _record(standing.last, stuck=standing.stuck) if standing.last else None,
    }


def _record(run: JobRun, *, stuck: bool) -> dict[str, Any]:
    return {
        "state": run.state,
        "stuck": stuck,
        "startedAt": run.started_at,
        "updatedAt": run.updated_at,
        "endedAt": run.ended_at,
        "done": int(run.done),
        "total": int(run.total),
        "counts": dict(run.figures()),
        "errors": list(run.errors),
        "message": run.message,
    }
