"""Sends what this process counted, in the course of requests and of jobs. A fault costs nobody anything but time."""

from __future__ import annotations

import atexit
import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Lock, Thread
from time import time
from typing import Final

from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from pynamodb.exceptions import PynamoDBException

from movierec.localaws import LocalAwsError
from movierec.telemetry.series import counters
from movierec.telemetry.series.counters import Amounts, Counters, Period
from movierec.telemetry.series.rows import add_to_row

# Of everything but minutes. A young process sends sooner, since on Lambda it may not live for long.
SHORTEST_PAUSE_SECONDS: Final = 60
LONGEST_PAUSE_SECONDS: Final = 300
# Of one update: stand-ins for DynamoDB cannot read an update of 150, and DynamoDB none of more than 4 KB.
MOST_AMOUNTS: Final = 100
_FAULTS: Final = (PynamoDBException, BotoCoreError, ClientError, TimeoutError, LocalAwsError)

logger = logging.getLogger(__name__)


class Sender:
    """Sends what `counted` has when it is due; one thread at a time, and the others pass by.

    An update whose answer was lost on the way is sent again, so that a figure may be too large after a fault.
    """

    def __init__(self, counted: Counters) -> None:
        self._counted = counted
        self._sends_at_exit = False
        self.begin()

    def begin(self) -> None:
        """Begins anew, as in a process that was forked: nothing is due before the minute is over."""
        self._lock = Lock()
        self._began = self._sent_at = self._all_sent_at = time()
        self._failing = False

    def send_due(self) -> None:
        """Sends minutes that are over, and with them what else is due; nothing twice in the same minute."""
        now = time()
        if not settings.TELEMETRY_SERIES or now // 60 == self._sent_at // 60:
            return
        if self._lock.acquire(blocking=False):
            try:
                self._sent_at = now
                self._send(self._due(now))
                self._send_at_exit()
            finally:
                self._lock.release()

    def send_all(self) -> None:
        """Sends everything, due or not."""
        if settings.TELEMETRY_SERIES:
            with self._lock:
                self._send(lambda _: True)

    def _send_at_exit(self) -> None:
        """From the first time on; a process that ends before that is not to look for DynamoDB for this alone."""
        if not self._sends_at_exit:
            self._sends_at_exit = True
            atexit.register(self.send_all)

    def _due(self, now: float) -> Callable[[Period], bool]:
        everything = not 0 <= now - self._all_sent_at < self._pause(now)
        if everything:
            self._all_sent_at = now
        minute = int(now // 60)
        return lambda period: period[1] != minute if period[0] == "MINUTE" else everything

    def _pause(self, now: float) -> float:
        return min(LONGEST_PAUSE_SECONDS, max(SHORTEST_PAUSE_SECONDS, (now - self._began) / 2))

    def _send(self, wanted: Callable[[Period], bool]) -> None:
        parts = [(period, part) for period, amounts in self._counted.take(wanted).items() for part in _parts(amounts)]
        try:
            while parts:
                add_to_row(*parts[-1])
                parts.pop()
        except _FAULTS as error:
            if not self._failing:
                logger.warning("What was counted could not be stored yet; it is kept and sent later: %s", error)
        finally:
            for period, part in parts:
                self._counted.give_back({period: part})
        self._failing = bool(parts)


def _parts(amounts: Amounts) -> list[Amounts]:
    names = list(amounts)
    return [
        {name: amounts[name] for name in names[start : start + MOST_AMOUNTS]}
        for start in range(0, len(names), MOST_AMOUNTS)
    ]


_sender: Final = Sender(counters.process)
send_due = _sender.send_due
os.register_at_fork(after_in_child=_sender.begin)


@contextmanager
def sent_beside() -> Iterator[None]:
    """Has a thread send what is due while the block runs, which may be long, and sends the rest at its end."""
    over = Event()
    thread = Thread(target=_send_until, args=(over,), name="series", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
        _sender.send_all()


def _send_until(over: Event) -> None:
    while not over.wait(SHORTEST_PAUSE_SECONDS):
        _sender.send_due()
