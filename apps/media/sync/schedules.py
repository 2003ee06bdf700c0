"""When the catalogue is brought into step with its source: declared here once, for the jobs and for infrastructure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

_WEEKDAYS: Final = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
# Of EventBridge's cron language what the schedules use: a minute, an hour, and every day or one day of the week.
_CRON: Final = re.compile(r"cron\((\d{1,2}) (\d{1,2}) (?:\* \* \?|\? \* ([A-Z]{3})) \*\)")


@dataclass(frozen=True, slots=True)
class Schedule:
    """A kind of run. `cron` is EventBridge's expression in UTC, None for what people start by hand.

    A run that was not finished goes on for `lasts`, which is more than one interval, so that the next start finishes
    it; the lists are collected anew by the start after that. An older one is given up.
    `renewed` is how many titles a run asks for beside those of its lists: titles of other sources, and those whose
    details are oldest.
    """

    name: str
    cron: str | None
    lasts: timedelta
    renewed: int


SCHEDULES: Final[Mapping[str, Schedule]] = {
    schedule.name: schedule
    for schedule in (
        Schedule("daily", "cron(0 8 * * ? *)", lasts=timedelta(hours=30), renewed=500),
        Schedule("weekly", "cron(0 9 ? * SUN *)", lasts=timedelta(days=10), renewed=2_000),
        Schedule("full", None, lasts=timedelta(days=30), renewed=10_000),
    )
}


def next_run(schedule: Schedule, now: datetime) -> datetime | None:
    """When EventBridge starts the schedule next, after `now`; None for one that is started by hand.

    Raises ValueError for a cron expression of a form that no schedule here uses.
    """
    return None if schedule.cron is None else next_time(schedule.cron, now)


def next_time(cron: str, now: datetime) -> datetime:
    """When EventBridge next starts what has this cron expression, after `now`. Raises ValueError as `next_run`."""
    found = _CRON.fullmatch(cron)
    if found is None:
        raise ValueError(f"{cron!r} is not like cron(0 8 * * ? *) or cron(0 9 ? * SUN *).")
    minute, hour, weekday = found.groups()
    days = range(7) if weekday is None else (_WEEKDAYS.index(weekday),)
    moment = now.astimezone(UTC).replace(hour=int(hour), minute=int(minute), second=0, microsecond=0)
    while moment <= now or moment.weekday() not in days:
        moment += timedelta(days=1)
    return moment
