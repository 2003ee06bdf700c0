"""One run of a schedule at a time, wherever it was started.

The lease is short and prolonged by a thread of its own, so that a run whose process was killed holds up the next one
for seconds only, however long its steps are.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Final

from botocore.exceptions import BotoCoreError, ClientError
from pynamodb.exceptions import PynamoDBException

from apps.media.providers.tmdb.clock import Clock
from apps.media.sync.errors import AlreadyRunning
from apps.media.sync.schedules import Schedule
from movierec.dynamo.leases import Lease, Taken, take

LEASE_SECONDS: Final = 20.0
BEAT_SECONDS: Final = 5.0
# A lease is over a moment after its last second.
_MOMENT: Final = 0.1

logger = logging.getLogger(__name__)


class Turn:
    """The right to run a schedule, for as long as the block lasts that `alone` opens."""

    def __init__(self, schedule: Schedule, held: Lease) -> None:
        self._schedule = schedule
        self._held = held
        self._over = Event()
        self._lost = Event()
        self._thread = Thread(target=self._beat, name=f"sync-{schedule.name}-lease", daemon=True)

    def check(self) -> None:
        """Raises AlreadyRunning when this process was away for so long that another one took over."""
        if self._lost.is_set():
            raise AlreadyRunning(f"Another process took over the {self._schedule.name} sync; this one stopped.")

    def begin(self) -> None:
        """Keeps the right from now on."""
        self._thread.start()

    def end(self) -> None:
        """Lets others run the schedule."""
        self._over.set()
        self._thread.join()
        with self._faults_logged("given up"):
            self._held.give_up()

    def _beat(self) -> None:
        while not self._over.wait(BEAT_SECONDS) and not self._lost.is_set():
            with self._faults_logged("prolonged"):
                if not self._held.prolong(LEASE_SECONDS):
                    self._lost.set()

    @contextmanager
    def _faults_logged(self, deed: str) -> Iterator[None]:
        """Passes over what is wrong with DynamoDB at the moment: the lease ends by itself, or is prolonged later."""
        try:
            yield
        except (PynamoDBException, BotoCoreError, ClientError, TimeoutError) as error:
            logger.warning("The lease of the %s sync was not %s: %s", self._schedule.name, deed, error)


@contextmanager
def alone(schedule: Schedule, clock: Clock) -> Iterator[Turn]:
    """Runs the block as the only one of the schedule.

    Where another run holds it, waits for seconds to see whether that one lives. Raises AlreadyRunning if so.
    """
    turn = Turn(schedule, _taken(schedule, clock))
    turn.begin()
    try:
        yield turn
    finally:
        turn.end()


def _taken(schedule: Schedule, clock: Clock) -> Lease:
    name = f"sync_media#{schedule.name}"
    held = take(name, LEASE_SECONDS)
    if isinstance(held, Taken):
        clock.wait(min(held.seconds, LEASE_SECONDS) + _MOMENT)
        held = take(name, LEASE_SECONDS)
    if isinstance(held, Taken):
        raise AlreadyRunning(f"The {schedule.name} sync is running already; look at it with --status.")
    return held
