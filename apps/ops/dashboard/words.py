"""Figures in words."""

from __future__ import annotations

from typing import Final

from movierec.telemetry.routes import UNKNOWN, UNROUTED
from movierec.telemetry.series.counters import ADMIN_ROUTES, OTHER
from movierec.telemetry.series.histogram import BOUNDS

NOTHING: Final = "none"
# What stands for several routes.
_ROUTES: Final = {
    UNKNOWN: "Addresses that are not ours",
    UNROUTED: "Answered before routing: preflights, refused bodies",
    OTHER: "Other routes",
    ADMIN_ROUTES: "This admin",
}


def route(name: str) -> str:
    """A route: the pattern of the address, or what is meant where it stands for several."""
    return _ROUTES.get(name, name)


def number(value: float | None) -> str:
    """A whole number, such as 12,345."""
    return NOTHING if value is None else f"{value:,.0f}"


def milliseconds(value: float | None) -> str:
    """A time, such as 45 ms or 1.2 s; what is above the longest that is told apart says so."""
    if value is None:
        return NOTHING
    if value >= BOUNDS[-1]:
        return f"over {BOUNDS[-1] / 1000:g} s"
    return f"{value:.0f} ms" if value < 1000 else f"{value / 1000:.1f} s"


def percent(value: float | None) -> str:
    """A share from 0 to 100, such as 12.5 %."""
    if value is None:
        return NOTHING
    return "under 0.1 %" if 0 < value < 0.1 else f"{value:.1f} %"


def share(part: float, whole: float) -> float | None:
    """How many percent of `whole` a part is; None of nothing."""
    return 100 * part / whole if whole else None


def age(seconds: float) -> str:
    """How long ago something was, such as "3 hours ago"."""
    for length, name in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        many = int(seconds // length)
        if many:
            return f"{many} {name}{'s' if many > 1 else ''} ago"
    return "just now"
