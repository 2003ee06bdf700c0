"""How the schedules stand: when each runs next, and how its last run went."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from apps.media.sync.schedules import SCHEDULES, Schedule, next_run
from apps.media.sync.turns import is_running
from apps.media.sync.work import JOB
from movierec import jobs
from movierec.jobs import JobRun


@dataclass(frozen=True, slots=True)
class Standing:
    """A schedule, its next run (None: by hand), and its last one, if there was one; `stuck` if that one died."""

    schedule: Schedule
    next_run: datetime | None
    last: JobRun | None
    stuck: bool


def standings(now: datetime) -> list[Standing]:
    """All schedules as they stand, by one read, and one more for each that says that it runs."""
    last: dict[str, JobRun] = {}
    for run in jobs.newest(JOB):
        last.setdefault(run.schedule, run)
    return [_standing(schedule, last.get(schedule.name), now) for schedule in SCHEDULES.values()]


def _standing(schedule: Schedule, last: JobRun | None, now: datetime) -> Standing:
    # The lease of a process that died ends within seconds.
    stuck = last is not None and last.state == "running" and not is_running(schedule)
    return Standing(schedule, next_run(schedule, now), last, stuck=stuck)


def ever_finished() -> bool:
    """Whether a run of any schedule came to its end in the last ninety days, for which records are kept."""
    return any(run.state == "done" for run in jobs.newest(JOB))
