"""The jobs that EventBridge Scheduler starts, and the commands they are."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Job:
    """A command of manage.py at fixed times, in UTC, by EventBridge's cron language.

    `watched` has an alarm tell when it has not succeeded for a day; what it does must be worth an alarm's price.
    """

    name: str
    cron: str
    command: str
    purpose: str
    watched: bool = True

    @property
    def payload(self) -> str:
        """The event that runs the command; the line is split at spaces, and there are no quotes."""
        return json.dumps({"manage": self.command})


JOBS: Final = (
    Job("daily-sync", "cron(0 8 * * ? *)", "sync_media --schedule daily", "What is popular and trending at TMDB"),
    Job("weekly-sync", "cron(0 9 ? * SUN *)", "sync_media --schedule weekly", "Genres and lists of TMDB"),
    Job("erase-accounts", "cron(30 3 * * ? *)", "erase_accounts", "Accounts whose deletion is due"),
    # The dashboard says how old its figures are.
    Job(
        "refresh-figures",
        "cron(15 6 * * ? *)",
        "refresh_figures",
        "What AWS has cost so far this month",
        watched=False,
    ),
)
