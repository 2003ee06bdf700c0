"""Writing and reading the record of a run."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from movierec.api.errors import Unavailable
from movierec.dynamo.transactions import write_together
from movierec.jobs.rows import (
    JOBS_PK,
    KEPT,
    RUN_PREFIX,
    CommandRow,
    JobRun,
    RunHead,
    State,
    command_key,
    head_key,
    job_pk,
    run_key,
)
from movierec.timestamps import timestamp

# What a save writes: how far the run is. Not its state, for it may have been given up while its process was asleep, and
# not what staff write beside it.
_SAVED: Final = ("updated_at", "done", "total", "counts", "errors", "step", "percent")
# The precision of a run's key.
_TICK: Final = timedelta(milliseconds=1)


def start(job: str, schedule: str, now: datetime) -> JobRun:
    """Begins a run and records it."""
    run = _new(job, schedule, now)
    go_on(run, now)
    return run


def start_beside(job: str, schedule: str, now: datetime) -> JobRun:
    """Begins a run of what is no command, and records it; others may begin in the same moment."""
    while True:
        run = _new(job, schedule, now)
        run.state, run.updated_at = "running", run.started_at
        if _write(run, condition=JobRun.pk.does_not_exist()):
            return run
        now += _TICK


def save(run: JobRun, now: datetime) -> None:
    """Records how far a run has come, and that it lives; the run knows then whether somebody asked it to stop.

    Its state stays as it is stored, and a record that is gone stays gone.
    """
    run.updated_at = timestamp(now)
    values = {name: getattr(run, name) for name in _SAVED}
    actions = [getattr(JobRun, name).set(value) for name, value in values.items() if value is not None]
    stored = JobRun.update_row_if(run.pk, run.sk, actions, JobRun.pk.exists())
    if stored is not None:
        run.stop_asked_by, run.stop_asked_at = stored.get("stopAskedBy"), stored.get("stopAskedAt")


def go_on(run: JobRun, now: datetime) -> None:
    """Records that a run begins, or that one which was paused, failed or killed works again."""
    run.state = "running"
    run.ended_at = run.message = run.stop_asked_by = run.stop_asked_at = None
    run.updated_at = timestamp(now)
    _write(run, begun=True)


def finish(run: JobRun, state: State, now: datetime, message: str) -> None:
    """Records that a run works no more, and how it stands."""
    _end(run, state, now, message)
    _write(run)


def give_up(run: JobRun, now: datetime, message: str, by: str) -> bool:
    """Records a run as failed whose process is gone; False, and nothing written, where it was heard of meanwhile.

    A process that was only asleep finds that it was asked to stop.
    """
    unchanged = (JobRun.state == "running") & (JobRun.updated_at == run.updated_at)
    run.stop_asked_by, run.stop_asked_at = by, timestamp(now)
    _end(run, "failed", now, message)
    return _write(run, condition=unchanged)


def ask_to_stop(run: JobRun, now: datetime, by: str) -> bool:
    """Asks a run to pause at its next save; False where it does not run any more, or was asked before."""
    actions = [JobRun.stop_asked_by.set(by), JobRun.stop_asked_at.set(timestamp(now))]
    asked = (JobRun.state == "running") & JobRun.stop_asked_by.does_not_exist()
    return JobRun.update_row_if(run.pk, run.sk, actions, asked) is not None


def found(job: str, key: str) -> JobRun | None:
    """A run by its sort key; None when its record is gone."""
    try:
        return JobRun.get(job_pk(job), key, consistent_read=True)
    except JobRun.DoesNotExist:
        return None


def newest(job: str, limit: int = 200) -> list[JobRun]:
    """The latest runs of a job, the last to start first, by one Query."""
    mine = JobRun.sk.startswith(RUN_PREFIX)
    return list(JobRun.query(job_pk(job), mine, scan_index_forward=False, limit=limit, consistent_read=True))


def _new(job: str, schedule: str, now: datetime) -> JobRun:
    moment = timestamp(now)
    run = JobRun(job_pk(job), run_key(schedule, moment), job=job, schedule=schedule, started_at=moment)
    run.expires_at = int((now + KEPT).timestamp())
    return run


def _end(run: JobRun, state: State, now: datetime, message: str) -> None:
    run.state = state
    run.ended_at = run.updated_at = timestamp(now)
    run.message = message


def _write(run: JobRun, *, begun: bool = False, condition: Condition | None = None) -> bool:
    """Writes a run with a new state, that state where all runs are listed, and where it begins beside its command."""
    head = RunHead(JOBS_PK, head_key(run.job, run.schedule, run.started_at), job=run.job, run=run.sk, state=run.state)
    head.expires_at = run.expires_at
    command = CommandRow(JOBS_PK, command_key(run.job, run.schedule))
    latest: list[Action] = [CommandRow.run.set(run.sk), CommandRow.begun_at.set(run.updated_at)]

    def fill(transaction: TransactWrite) -> None:
        transaction.save(run, condition=condition)
        transaction.save(head)
        if begun:
            transaction.update(command, actions=latest)

    try:
        return write_together(fill)
    except Unavailable as error:
        # What jobs and pages take for a fault of DynamoDB.
        raise TimeoutError("DynamoDB was too busy to record how a job stands.") from error
