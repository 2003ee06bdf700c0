"""How often a schedule of EventBridge runs."""

from __future__ import annotations

import re
from typing import Final

_DAYS: Final = 365.25 / 12
_WEEKS: Final = _DAYS / 7
_MONTHS: Final = 12


def runs_a_month(expression: str) -> float:
    """Runs in an average month of `cron(minute hour day-of-month month day-of-week year)`, at fixed minutes and hours.

    Raises ValueError for ranges, steps, rates and stars among the minutes or hours, none of which is in use.
    """
    match = re.fullmatch(r"cron\(([\d,]+) ([\d,]+) (\*|\?|[\dL,]+) (\*|[\dA-Z,]+) (\*|\?|[\dA-Z#,]+) \*\)", expression)
    if match is None:
        raise ValueError(f"{expression!r} cannot be counted; write cron(…) with fixed minutes and hours.")
    minutes, hours, day, months, weekday = match.groups()
    return _count(minutes) * _count(hours) * _days(day, weekday) * (1 if months == "*" else _count(months) / _MONTHS)


def _days(day: str, weekday: str) -> float:
    if day not in "*?":
        return _count(day)
    if weekday in "*?":
        return _DAYS
    # SUN#1 is the first Sunday of a month, SUN is every one.
    return sum(1 if "#" in one else _WEEKS for one in weekday.split(","))


def _count(words: str) -> int:
    return len(words.split(","))
