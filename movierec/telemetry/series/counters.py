"""What this process counted and has not sent yet. Counting takes a microsecond or two and waits for nobody."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from functools import lru_cache
from threading import Lock
from time import time
from typing import Final, Literal

from movierec.telemetry.series.histogram import bucket_of

Kind = Literal["MINUTE", "HOUR", "ROUTE", "DAY"]
# A period by the kind of its row and its number since 1970.
Period = tuple[Kind, int]
Amounts = dict[str, float]

SECONDS: Final[Mapping[Kind, int]] = {"MINUTE": 60, "HOUR": 3_600, "ROUTE": 3_600, "DAY": 86_400}
# So many names a row may get of one process; what comes on top is counted as OTHER. Figures have names of ours.
MOST_NAMES: Final[Mapping[Kind, int]] = {"MINUTE": 100, "HOUR": 100, "ROUTE": 240, "DAY": 60}
# While DynamoDB is away, for two hours; then the oldest are given up.
MOST_PERIODS: Final = 150
MAX_NAME_LENGTH: Final = 120
OTHER: Final = "(other)"
# The pages of the admin are one route: what they cost is of no weight, and their number would make rows large.
_ADMIN: Final = "/ops"
ADMIN_ROUTES: Final = f"{_ADMIN}/*"
# Beside the buckets of a route: how many of its answers were 5xx.
FAULTS: Final = "5xx"
_PLACE: Final = re.compile(r"<[^<>]*>")
_OF_TIMES: Final[tuple[Kind, ...]] = ("MINUTE", "HOUR")


class Counters:
    """Amounts by period and name; threads may count at the same time."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Forgets everything; for a process that was forked, whose parent sends what was counted before."""
        self._lock = Lock()
        self._amounts: dict[Period, Amounts] = {}

    def add(self, kind: Kind, name: str, by: float, *, instead: str = OTHER) -> None:
        """Adds to a name in the present period, or to `instead` where the period has many names already."""
        period = (kind, int(time() // SECONDS[kind]))
        with self._lock:
            amounts = self._of(period)
            if name not in amounts and len(amounts) >= MOST_NAMES[kind]:
                name = instead
            amounts[name] = amounts.get(name, 0) + by

    def periods(self) -> list[Period]:
        """The periods of which something was not sent yet, the oldest of a kind first."""
        with self._lock:
            return sorted(self._amounts)

    def take(self, period: Period) -> Amounts:
        """Hands over what was counted in a period, and forgets it."""
        with self._lock:
            return self._amounts.pop(period, {})

    def give_back(self, period: Period, amounts: Amounts) -> None:
        """Keeps what was not sent."""
        with self._lock:
            kept = self._of(period)
            for name, amount in amounts.items():
                kept[name] = kept.get(name, 0) + amount

    def waiting(self, kind: Kind) -> dict[int, Amounts]:
        """What was not sent yet, by the numbers of the periods."""
        with self._lock:
            return {number: dict(amounts) for (of, number), amounts in self._amounts.items() if of == kind}

    def _of(self, period: Period) -> Amounts:
        """The amounts of a period; a new one takes the place of the oldest where there are too many."""
        amounts = self._amounts.get(period)
        if amounts is None:
            amounts = self._amounts[period] = {}
            if len(self._amounts) > MOST_PERIODS:
                del self._amounts[min(self._amounts, key=_end)]
        return amounts


def _end(period: Period) -> int:
    kind, number = period
    return (number + 1) * SECONDS[kind]


process: Final = Counters()
os.register_at_fork(after_in_child=process.forget)


def add(name: str, by: float = 1) -> None:
    """Adds to a labelled counter of the day by its name, such as "model.<version>.shown"; no request to DynamoDB.

    Names are ours and few: a process has 60 a day, cut at 120 characters, and counts what comes on top as "(other)".
    """
    process.add("DAY", name[:MAX_NAME_LENGTH], by)


def add_figure(name: str, by: float) -> None:
    """Adds to a figure."""
    for kind in _OF_TIMES:
        process.add(kind, name, by)


def add_request(route: str, status: int, milliseconds: float, *, meant: bool = False) -> None:
    """Counts a request that was answered; `route` is the pattern of its address, as `route_of` has it.

    A 5xx that is `meant`, as those of read-only mode are, is no error.
    """
    bucket = bucket_of(milliseconds)
    fault = status >= 500 and not meant
    error = "Errors5xx" if fault else "Errors4xx" if 400 <= status < 500 else None
    for kind in _OF_TIMES:
        process.add(kind, "Requests", 1)
        process.add(kind, bucket, 1)
        if error:
            process.add(kind, error, 1)
    for what in (bucket, FAULTS) if fault else (bucket,):
        process.add("ROUTE", f"{short(route)} {what}", 1, instead=f"{OTHER} {what}")


def is_admin(route: str) -> bool:
    """Whether a route is one of the admin's pages."""
    return route == _ADMIN or route.startswith(f"{_ADMIN}/")


@lru_cache(maxsize=500)
def short(route: str) -> str:
    """A route as rows have it, where its name stands several times: `/media/<str:kind>/<int:id>` is `/media/*/*`."""
    if is_admin(route):
        return ADMIN_ROUTES
    return _PLACE.sub("*", route)[:MAX_NAME_LENGTH]
