"""Runs a schedule once, alone, within a budget, and records how it went."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import Final

from botocore.exceptions import BotoCoreError, ClientError
from pynamodb.exceptions import PynamoDBException

from apps.media.errors import SourceError
from apps.media.providers.interface import TitleSource
from apps.media.sync import points
from apps.media.sync.points import SavedPoint
from apps.media.sync.reach import Reach
from apps.media.sync.schedules import Schedule
from apps.media.sync.turns import alone
from apps.media.sync.work import JOB, Work, now
from movierec import jobs
from movierec.api.errors import is_outside_fault
from movierec.clock import Clock, Deadline
from movierec.dynamo.turns import TurnTaken
from movierec.jobs import JobRun, Recorder, StopAsked
from movierec.jobs.recorder import log_of
from movierec.localaws import LocalAwsError
from movierec.objects import StoreError
from movierec.progress import Steps
from movierec.timestamps import timestamp

# Lambda ends a process after 300 seconds.
BUDGET_SECONDS: Final = 240
# In all, for a source that is away for a moment or asks for a pause; no wait is longer than the budget allows.
PATIENCE_SECONDS: Final = 180.0
_GOES_ON: Final = "The same command goes on."
_AGAIN: Final = "The same command asks again for what failed."
_FAULTS: Final = (
    SourceError,
    StoreError,
    LocalAwsError,
    PynamoDBException,
    BotoCoreError,
    ClientError,
    TimeoutError,
    TurnTaken,
)


def sync(
    schedule: Schedule,
    source: TitleSource,
    steps: Steps,
    *,
    seconds: float = BUDGET_SECONDS,
    patience: float = PATIENCE_SECONDS,
    clock: Clock | None = None,
) -> JobRun:
    """Runs a schedule, or goes on with its unfinished run, for at most so many seconds; answers the run's record.

    The record's state is done, paused or failed, and its message a sentence for people. What fails outside is in the
    record and raises nothing; so is a stop that staff asked for. Raises AlreadyRunning. A KeyboardInterrupt passes, and
    leaves a record of a paused run.
    """
    clock = clock or Clock()
    deadline = Deadline(clock, seconds)
    with alone(schedule, clock) as turn:
        point, run = _taken_up(schedule)
        record = Recorder(run, show=steps.show, held=turn, clock=clock, log=log_of(run))
        reach = Reach(source, deadline, clock, patience=patience)
        work = Work(schedule, source, point, record, reach, deadline, clock)
        try:
            if not work.finish():
                record.finish("paused", f"Paused: {work.progress()}. {_GOES_ON}")
            else:
                if work.has_succeeded():
                    record.finish("done", f"Done: {work.told()}.")
                else:
                    record.finish("failed", f"Too little came: {work.told()}. {_AGAIN}")
                point.clear()
        except StopAsked as asked:
            with suppress(*_FAULTS):
                record.finish("paused", f"Stopped by {asked}: {work.progress()}. {_GOES_ON}")
        except KeyboardInterrupt:
            with suppress(*_FAULTS):
                record.finish("paused", f"Paused: {work.progress()}. {_GOES_ON}")
            raise
        except _FAULTS as error:
            if not isinstance(error, SourceError | StoreError | LocalAwsError | TurnTaken) and not is_outside_fault(
                error
            ):
                raise
            with suppress(*_FAULTS):
                record.finish("failed", f"Stopped, {work.progress()}: {error} {_GOES_ON}")
    return run


def _taken_up(schedule: Schedule) -> tuple[SavedPoint, JobRun]:
    """The run to work on: the unfinished one, unless it is too old to be worth it."""
    point = points.unfinished(schedule)
    # A run that began in the future was begun by a clock that went wrong.
    if point is not None and not timedelta(0) <= now() - point.started_at < schedule.lasts:
        _abandon(schedule, point)
        point = None
    if point is None:
        point = points.begin(schedule, now())
        return point, jobs.start(JOB, schedule.name, point.started_at)
    run = jobs.found(JOB, _key(schedule, point)) or jobs.start(JOB, schedule.name, point.started_at)
    jobs.go_on(run, now())
    return point, run


def _abandon(schedule: Schedule, point: SavedPoint) -> None:
    run = jobs.found(JOB, _key(schedule, point))
    if run is not None:
        jobs.finish(run, "failed", now(), "It was not finished in time, and a newer run took its place.")


def _key(schedule: Schedule, point: SavedPoint) -> str:
    return jobs.run_key(schedule.name, timestamp(point.started_at))
