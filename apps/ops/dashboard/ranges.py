"""The spans of time that the dashboard shows, and how each is cut into steps."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from django.http import HttpRequest

from movierec.api.errors import BadRequest
from movierec.telemetry.series.counters import Amounts, Kind
from movierec.telemetry.series.reading import Counted, sums

_HOUR: Final = 3_600
_DAY: Final = 24 * _HOUR


@dataclass(frozen=True, slots=True)
class Range:
    """A choice of the page: its value in the address, its words, and which rows it is made of.

    `steps` of `step` seconds each are shown, whose length is `each` in words; times stand below the plots every `tick`
    seconds, in the form `shown`.
    """

    name: str
    words: str
    kind: Kind
    step: int
    steps: int
    each: str
    tick: int
    shown: str


RANGES: Final = (
    Range("hour", "Last hour", "MINUTE", 60, 60, "a minute", 600, "%H:%M"),
    Range("day", "Last 24 hours", "MINUTE", 900, 96, "15 minutes", 4 * _HOUR, "%H:%M"),
    Range("week", "Last 7 days", "HOUR", 2 * _HOUR, 84, "2 hours", _DAY, "%m-%d"),
    Range("month", "Last 30 days", "HOUR", 8 * _HOUR, 90, "8 hours", 5 * _DAY, "%m-%d"),
)


def chosen(request: HttpRequest) -> Range:
    """The range that a request asks for, the last hour where it asks for none. Raises BadRequest."""
    name = request.GET.get("range", RANGES[0].name)
    for each in RANGES:
        if each.name == name:
            return each
    raise BadRequest(f"range: there is no choice {name[:50]!r}; choose one that the page offers.")


@dataclass(frozen=True, slots=True)
class Span:
    """A range at a moment `until`, in seconds since 1970; its last step is the one that is under way."""

    range: Range
    until: float

    @property
    def since(self) -> int:
        """When its first step begins."""
        under_way = int(self.until // self.range.step)
        return (under_way + 1 - self.range.steps) * self.range.step

    def starts(self) -> list[int]:
        """When each of its steps begins."""
        return [self.since + place * self.range.step for place in range(self.range.steps)]

    def ticks(self) -> list[int]:
        """The steps that have their times written below the plots, which are round in UTC."""
        return [start for start in self.starts() if start % self.range.tick < self.range.step]

    def stepped(self, periods: Iterable[Counted]) -> list[Amounts]:
        """What was counted in each step; nothing in those without a row."""
        steps: list[list[Counted]] = [[] for _ in range(self.range.steps)]
        for period in periods:
            steps[(period.at - self.since) // self.range.step].append(period)
        return [sums(period.amounts for period in step) for step in steps]


def told(start: int, form: str = "%Y-%m-%d %H:%M") -> str:
    """A moment in UTC."""
    return f"{datetime.fromtimestamp(start, UTC):{form}}"
