"""One run of a schedule at a time, wherever it was started."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from apps.media.sync.errors import AlreadyRunning
from apps.media.sync.schedules import Schedule
from movierec.clock import Clock
from movierec.dynamo.leases import is_held
from movierec.dynamo.turns import LEASE_SECONDS, Turn, TurnLost, TurnTaken, turn

# Long enough to see whether the run that holds the schedule lives.
WAIT_SECONDS: Final = LEASE_SECONDS + 1.0


@contextmanager
def alone(schedule: Schedule, clock: Clock) -> Iterator[Turn]:
    """Runs the block as the only run of the schedule.

    Where another run holds it, waits for seconds to see whether that one lives. Raises AlreadyRunning if so, and when
    this process was away for so long that another one took over.
    """
    started = False
    try:
        with turn(_name(schedule), wait=WAIT_SECONDS, pause=clock.wait) as held:
            started = True
            yield held
    except TurnTaken as error:
        if started:
            raise
        sentence = f"The {schedule.name} sync is running already; look at it with --status."
        raise AlreadyRunning(sentence) from error
    except TurnLost as error:
        if error.name != _name(schedule):
            raise
        raise AlreadyRunning(f"Another process took over the {schedule.name} sync; this one stopped.") from error


def is_running(schedule: Schedule) -> bool:
    """Whether a process runs the schedule, or died so few seconds ago that nobody can tell."""
    return is_held(_name(schedule))


def _name(schedule: Schedule) -> str:
    return f"sync_media#{schedule.name}"
