"""What each switch costs: the month with it turned, against the month as it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from infra.config import SWITCHES, Config, WrongConfig
from infra.estimate.bill import Costs, bill
from infra.estimate.usage import Traffic

# Makes the configuration again with one more `name=value`. Raises WrongConfig where the two do not go together.
Change = Callable[[str], Config]


@dataclass(frozen=True, slots=True)
class Turned:
    """A switch, what it is, what it could be, and by how many USD that changes the month; or why it cannot be."""

    switch: str
    now: str
    other: str
    difference: Costs | None
    objection: str = ""


def turned(config: Config, change: Change, traffic: Traffic) -> Iterator[Turned]:
    """Each other value of each switch."""
    before = bill(config, traffic).total
    for switch, values in SWITCHES.items():
        now = str(getattr(config, switch))
        for other in values:
            if other != now:
                yield _turn(Turned(switch, now, other, None), change, before, traffic)


def _turn(turn: Turned, change: Change, before: Costs, traffic: Traffic) -> Turned:
    try:
        config = change(f"{turn.switch}={turn.other}")
    except WrongConfig as error:
        return Turned(turn.switch, turn.now, turn.other, None, str(error).partition(": ")[2])
    after = bill(config, traffic).total
    return Turned(turn.switch, turn.now, turn.other, {column: after[column] - before[column] for column in before})
