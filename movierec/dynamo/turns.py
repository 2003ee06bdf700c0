"""Turns: one process at a time does a piece of work, however long it takes, and one that dies holds up nobody for long.

The lease behind a turn is short and prolonged by a thread of its own, so that a process which was killed keeps the work
for seconds only, however long the steps of the work are.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Final

from botocore.exceptions import BotoCoreError, ClientError
from pynamodb.exceptions import PynamoDBException

from movierec.clock import Clock
from movierec.dynamo.leases import Lease, Taken, take

LEASE_SECONDS: Final = 20.0
BEAT_SECONDS: Final = 5.0
# How often a turn that is taken is asked for again.
_ASK_SECONDS: Final = 1.0
_wait: Final = Clock().wait

logger = logging.getLogger(__name__)


class TurnTaken(Exception):
    """Another process does the work at the moment; the message is a sentence for operators."""


class TurnLost(Exception):
    """This process was away for so long that another one took over its work; `name` is that of the work."""

    def __init__(self, name: str) -> None:
        super().__init__(f"Another process took over the work {name}; this one stopped.")
        self.name = name


class Turn:
    """The right to do a piece of work, for as long as the block lasts that `turn` opens."""

    def __init__(self, name: str, held: Lease) -> None:
        self._name = name
        self._held = held
        self._over = Event()
        self._lost = Event()
        self._thread = Thread(target=self._beat, name=f"{name}-lease", daemon=True)
        self._thread.start()

    def check(self) -> None:
        """Raises TurnLost when another process took over; to be called before each step that must not be doubled."""
        if self._lost.is_set():
            raise TurnLost(self._name)

    def end(self) -> None:
        """Lets others do the work."""
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
            logger.warning("The lease of %s was not %s: %s", self._name, deed, error)


@contextmanager
def turn(name: str, *, wait: float, pause: Callable[[float], object] = _wait) -> Iterator[Turn]:
    """Runs the block as the only one that does the work `name`, in whichever process.

    Where another one does it, asks again for `wait` seconds; a wait of more than LEASE_SECONDS outlasts every process
    that died. `pause` lets seconds pass. Raises TurnTaken when the other one is still at it then.
    """
    held = Turn(name, _taken(name, wait, pause))
    try:
        yield held
    finally:
        held.end()


def _taken(name: str, wait: float, pause: Callable[[float], object]) -> Lease:
    left = wait
    while isinstance(held := take(name, LEASE_SECONDS), Taken):
        if left <= 0:
            raise TurnTaken(f"Another process does the work {name} at the moment; try again shortly.")
        step = min(_ASK_SECONDS, left)
        pause(step)
        left -= step
    return held
