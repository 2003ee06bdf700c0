"""The rows that jobs leave in the single table.

A run has a row of its own, and its log another. The partition `JOBS` has a small row for each run of any job, so that
all are listed by one Query, and one for each command, which says when it last began.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final, Literal, get_args

from pynamodb.attributes import ListAttribute, MapAttribute, NumberAttribute, UnicodeAttribute

from movierec.dynamo.data_table import DataRow

State = Literal["running", "paused", "done", "failed"]

STATES: Final[tuple[State, ...]] = get_args(State)
KEPT: Final = timedelta(days=90)
MAX_ERRORS: Final = 20
MAX_ERROR_LENGTH: Final = 300
JOBS_PK: Final = "JOBS"
RUN_PREFIX: Final = "RUN#"


class JobRun(DataRow):
    """pk `JOB#<job>`, sk `RUN#<start>#<schedule>`: one run of a job, also one that was paused and goes on.

    `state` is running, paused, done or failed; `message` says in a sentence how the run stands, and `errors` are the
    first twenty things that went wrong and did not stop it. `step` is what is being done, and `percent` how much of
    the whole is behind. `stopAskedBy` is who of the staff wants it to pause.
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
    step = UnicodeAttribute(null=True)
    percent = NumberAttribute(null=True)
    stop_asked_by = UnicodeAttribute(attr_name="stopAskedBy", null=True)
    stop_asked_at = UnicodeAttribute(attr_name="stopAskedAt", null=True)

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


class RunLog(DataRow):
    """pk `JOB#<job>`, sk `LOG#<start>#<schedule>`: the last lines that a run said."""

    lines = ListAttribute[str](default=list)


class RunHead(DataRow):
    """pk `JOBS`, sk `RUN#<start>#<job>#<schedule>`: where a run of any job is, and its state."""

    job = UnicodeAttribute()
    run = UnicodeAttribute()
    state = UnicodeAttribute()


class CommandRow(DataRow):
    """pk `JOBS`, sk `COMMAND#<job>#<schedule>`: the latest run of a command, and the latest start that staff asked for.

    A start has not begun while `begunAt` is older than `askedAt`; `askedEnd` says how its process ended, where known.
    """

    run = UnicodeAttribute(null=True)
    begun_at = UnicodeAttribute(attr_name="begunAt", null=True)
    asked_at = UnicodeAttribute(attr_name="askedAt", null=True)
    asked_by = UnicodeAttribute(attr_name="askedBy", null=True)
    asked_end = UnicodeAttribute(attr_name="askedEnd", null=True)


def job_pk(job: str) -> str:
    """The partition of a job."""
    return f"JOB#{job}"


def run_key(schedule: str, started_at: str) -> str:
    """The sort key of a run."""
    return f"{RUN_PREFIX}{started_at}#{schedule}"


def log_key(run_sk: str) -> str:
    """The sort key of the log of a run."""
    return f"LOG#{run_sk.removeprefix(RUN_PREFIX)}"


def head_key(job: str, schedule: str, started_at: str) -> str:
    """The sort key of a run among those of all jobs."""
    return f"{RUN_PREFIX}{started_at}#{job}#{schedule}"


def command_key(job: str, schedule: str) -> str:
    """The sort key of a command, which is a job with a schedule."""
    return f"COMMAND#{job}#{schedule}"


def lease_name(job: str, schedule: str) -> str:
    """The lease that a command's process holds while it lives."""
    return f"{job}#{schedule}"
