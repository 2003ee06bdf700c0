"""The promise of availability, and alarms for how fast what it forgives is used up.

Method: "Alerting on SLOs", chapter 5 of The Site Reliability Workbook (Beyer, Murphy, Rensin, Kawahara and Thorne
2018). The book asks whether errors come too fast over a long window and still over a short one. An alarm for each
window and a third over both would be paid for at each door; here one alarm looks at the short windows within the long
one, and asks in how many of them errors came too fast.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from infra.stack import Stack
from infra.stacks.observability.alarms import Watch
from infra.stacks.observability.sources import Door, doors

# The share of requests that is answered without an error of ours, over 30 days.
TARGET: Final = 0.999
# In a quarter of the windows: sooner than that it is a moment that has passed.
_BAD, _LAST = 3, 12


@dataclass(frozen=True, slots=True)
class Burn:
    """How many times faster than the promise allows errors come, in windows of so many minutes."""

    name: str
    rate: float
    minutes: int

    @property
    def limit(self) -> float:
        """The share of requests that fail at this rate."""
        return round(self.rate * (1 - TARGET), 6)


# Going on for a month, these would use it up in two days and in five.
BURNS: Final = (Burn("fast-burn", 14.4, 5), Burn("slow-burn", 6, 30))


def watches(stack: Stack) -> Iterator[Watch]:
    """One for each door and rate."""
    for door in doors(stack):
        for burn in BURNS:
            yield _watch(burn, door)


def _watch(burn: Burn, door: Door) -> Watch:
    """The gateways count each answer as 0 or 1, so the average is the share of errors."""
    return Watch(
        name=f"{door.name}-{burn.name}",
        meaning=(
            f"In at least {_BAD} of the last {_LAST} periods of {burn.minutes} minutes, more than {burn.limit:.2%} of "
            f"what the {door.name} answered were errors of ours, {burn.rate:g} times what {TARGET:.1%} in 30 days "
            "allows."
        ),
        figure=door.source(door.errors, "Average"),
        limit=burn.limit,
        period=burn.minutes * 60,
        periods=_BAD,
        of=_LAST,
        heading=burn.name,
    )
