"""The promise of availability, and alarms for how fast what it forgives is used up.

Method: "Alerting on SLOs", chapter 5 of The Site Reliability Workbook (Beyer, Murphy, Rensin, Kawahara and Thorne
2018): multiple windows, multiple burn rates.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from troposphere import Ref, Sub
from troposphere.cloudwatch import CompositeAlarm
from troposphere.sns import Topic

from infra.stack import Stack
from infra.stacks import _reasons
from infra.stacks.observability.alarms import Watch, add_alarm, title_of
from infra.stacks.observability.sources import Door, doors

# The share of requests that is answered without an error of ours, over 30 days.
TARGET: Final = 0.999


@dataclass(frozen=True, slots=True)
class Burn:
    """How many times faster than the promise allows errors come, over a long time and still over a short (seconds)."""

    name: str
    rate: float
    long: int
    short: int
    meaning: str

    @property
    def limit(self) -> float:
        """The share of requests that fail at this rate."""
        return round(self.rate * (1 - TARGET), 6)


BURNS: Final = (
    Burn("fast-burn", 14.4, 3600, 300, "In an hour 2 % of the errors were used up that 30 days may have."),
    Burn("slow-burn", 6, 21_600, 1800, "In six hours 5 % of the errors were used up that 30 days may have."),
)


def add_alarms(stack: Stack, topic: Topic) -> None:
    """For each burn rate one alarm that tells people, made of silent ones for each window of each way in."""
    ways = doors(stack)
    for burn in BURNS:
        _add_burn(stack, burn, ways, topic)


def _add_burn(stack: Stack, burn: Burn, ways: tuple[Door, ...], topic: Topic) -> None:
    rules = []
    for door in ways:
        watches = [_watch(burn, door, window) for window in (burn.long, burn.short)]
        for watch in watches:
            stack.suppress(add_alarm(stack, watch, []), _reasons.TELLS_NOBODY)
        # By ARN: in this order CloudFormation makes the alarms before the rule about them.
        rules.append("(" + " AND ".join(f'ALARM("${{{title_of(watch.name)}.Arn}}")' for watch in watches) + ")")
    alarm = CompositeAlarm(
        title_of(burn.name),
        AlarmName=f"{stack.config.prefix}-{burn.name}",
        AlarmDescription=f"{burn.meaning} What to do: docs/operations.md, {burn.name}.",
        AlarmRule=Sub(" OR ".join(rules)),
        AlarmActions=[Ref(topic)],
        OKActions=[Ref(topic)],
    )
    stack.add(alarm)


def _watch(burn: Burn, door: Door, window: int) -> Watch:
    """The gateways count each answer as 0 or 1, so the average is the share of errors."""
    return Watch(
        name=f"{door.name}-{burn.name}-{window // 60}-minutes",
        meaning=f"A part of the alarm {burn.name}.",
        figure=door.source(door.errors, "Average"),
        limit=burn.limit,
        period=window,
    )
