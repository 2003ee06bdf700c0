"""What jobs leave behind: a record of every run, which operators and alarms read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from pynamodb.attributes import ListAttribute, MapAttribute, NumberAttribute, UnicodeAttribute

from movierec.dynamo.data_table import DataRow
from movierec.timestamps import timestamp

State = Literal["running", "paused", "done", "failed"]

KEPT: Final = timedelta(days=90)
MAX_ERRORS: Final = 20
MAX_ERROR_LENGTH: Final = 300
_PREFIX: Final = "RUN#"


class JobRun(DataRow):
    """pk `JOB#<job>`, sk `RUN#<start>#<schedule>`: one run of a job, also one that was paused and goes on.

    `state` is running, paused, done or failed; `message` says in a sentence how the run stands, and `errors` are the
    first twenty things that went wrong and did not stop it.
    """

    job = UnicodeAttribute()
    schedule = UnicodeAttribute()
    state = UnicodeAttribute()
    started_at = UnicodeAttribute(attr_name="startedAt")
    updated_at = UnicodeAttribute(attr_name="updatedAt")
    ended_at = UnicodeAttribute(attr_name="endedAt", null=True)
    done = NumberAttribute(default=0)
    total = NumberAttribute(default=0)
    counts = MapAttribute[str, int](default=dict)  # type: ignore[no-untyped-call]  # PynamoDB leaves it untyped
    errors = ListAttribute[str](default=list)
    message = UnicodeAttribute(null=True)

    def add(self, name: str, by: int = 1) -> None:
        """Adds to one of the run's figures, which are whole numbers by name."""
        self.counts[name] = self.figure(name) + by

    def figure(self, name: str) -> int:
        """One of the run's figures; 0 where nothing was counted."""
        return int(self.figures().get(name, 0))

    def figures(self) -> Mapping[str, int]:
        """All figures of the run by name."""
        counts: Mapping[str, Any] = self.counts.attribute_values
        return {name: int(value) for name, value in counts.items()}

    def note(self, error: str) -> None:
        """Keeps what went wrong, of the first twenty in their first 300 characters."""
        if len(self.errors) < MAX_ERRORS:
            self.errors.append(error[:MAX_ERROR_LENGTH])


def start(job: str, schedule: str, now: datetime) -> JobRun:
    """Begins a run and records it."""
    moment = timestamp(now)
    run = JobRun(_pk(job), run_key(schedule, moment), job=job, schedule=schedule, state="running", started_at=moment)
    run.expires_at = int((now + KEPT).timestamp())
    save(run, now)
    return run


def save(run: JobRun, now: datetime) -> None:
    """Records how far a run has come, and that it lives."""
    run.updated_at = timestamp(now)
    run.save()


def go_on(run: JobRun, now: datetime) -> None:
    """Records that a run which was paused, failed or killed works again."""
    run.state = "running"
    run.ended_at = None
    run.message = None
    save(run, now)


def finish(run: JobRun, state: State, now: datetime, message: str) -> None:
    """Records that a run works no more, and how it stands."""
    run.state = state
    run.ended_at = timestamp(now)
    run.message = message
    save(run, now)


def found(job: str, key: str) -> JobRun | None:
    """A run by its sort key; None when its record is gone."""
    try:
        return JobRun.get(_pk(job), key, consistent_read=True)
    except JobRun.DoesNotExist:
        return None


def newest(job: str, limit: int = 200) -> list[JobRun]:
    """The latest runs of a job, the last to start first, by one Query."""
    mine = JobRun.sk.startswith(_PREFIX)
    return list(JobRun.query(_pk(job), mine, scan_index_forward=False, limit=limit, consistent_read=True))


def run_key(schedule: str, started_at: str) -> str:
    """The sort key of a run."""
    return f"{_PREFIX}{started_at}#{schedule}"


def _pk(job: str) -> str:
    return f"JOB#{job}"
