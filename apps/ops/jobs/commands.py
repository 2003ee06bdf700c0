"""The jobs that staff may start: all of them, and nothing else can be started."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from apps.media.sync.schedules import SCHEDULES, next_time
from movierec.jobs import lease_name

SYNC: Final = "sync_media"


@dataclass(frozen=True, slots=True)
class Command:
    """A line of manage.py that is a job: its runs are recorded as `job` and `schedule`, and held by a lease.

    `cron` is EventBridge's expression, None for what starts by hand. `needs` says, for what AWS Lambda cannot run, what
    it needs instead.
    """

    label: str
    purpose: str
    job: str
    schedule: str
    line: str
    cron: str | None = None
    needs: str = ""

    @property
    def id(self) -> str:
        """What tells it from other commands, such as "sync_media/daily"."""
        return f"{self.job}/{self.schedule}"

    @property
    def lease(self) -> str:
        """The lease that its process holds."""
        return lease_name(self.job, self.schedule)

    def next_time(self, now: datetime) -> datetime | None:
        """When its schedule starts it next; None without one."""
        return next_time(self.cron, now) if self.cron else None

    def schedule_in_words(self, now: datetime) -> str:
        """When its schedule starts it, in words."""
        comes = self.next_time(now)
        if comes is None:
            return "by hand"
        days = "every day" if "* * ?" in str(self.cron) else f"every {comes:%A}"
        return f"{days} at {comes:%H:%M}"


def _sync(name: str, purpose: str) -> Command:
    line = f"sync_media --schedule {name}"
    return Command(f"Sync, {name}", purpose, SYNC, name, line, SCHEDULES[name].cron)


COMMANDS: Final = (
    _sync("daily", "What is popular and trending at TMDB"),
    _sync("weekly", "Genres and lists of TMDB"),
    _sync("full", "Everything that the daily export of TMDB names, in parts"),
    Command(
        "Training",
        "A new model of everybody's lists, ratings and feedback, which serves within a minute",
        "train_recommender",
        "tables",
        "train_recommender",
        needs="It needs NumPy and more memory than a function has: run manage.py train_recommender on a machine.",
    ),
    Command(
        "Deletions",
        "Erases the accounts whose deletion is due",
        "erase_accounts",
        "due",
        "erase_accounts",
        "cron(30 3 * * ? *)",
    ),
    Command(
        "Figures",
        "What AWS has cost so far this month, for the dashboard",
        "refresh_figures",
        "daily",
        "refresh_figures",
        "cron(15 6 * * ? *)",
    ),
)
BY_ID: Final[Mapping[str, Command]] = {command.id: command for command in COMMANDS}
# What runs are filtered by; exports are made where they are asked for.
JOBS: Final[Mapping[str, str]] = {
    SYNC: "Syncs",
    "train_recommender": "Trainings",
    "erase_accounts": "Deletions",
    "refresh_figures": "Figures",
    "export": "Exports",
}


def label_of(job: str, schedule: str) -> str:
    """What a run of a job is called."""
    command = BY_ID.get(f"{job}/{schedule}")
    return command.label if command else f"{JOBS.get(job, job)}, {schedule}"
