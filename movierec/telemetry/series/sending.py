"""Sends what this process counted, in the course of requests and of jobs. A fault costs nobody anything but time.

A request sends one row at most, so that a page waits for one request to DynamoDB more at most; the next requests send
the rest. Only where rows come to wait, as with requests that are minutes apart, of which each finds several due, it
sends up to four. The middleware lets the first request of a process pass: on Lambda somebody waits for the start
already, and does not wait for this module's import either.
"""

from __future__ import annotations

import atexit
import logging
import os
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from math import inf
from threading import Event, Lock, Thread
from time import time
from typing import Final

from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from pynamodb.exceptions import PynamoDBException

from movierec.localaws import LocalAwsError
from movierec.telemetry.series import counters
from movierec.telemetry.series.counters import Amounts, Counters, Kind, Period
from movierec.telemetry.series.rows import add_to_row, key_of

# The seconds from each time that rows of a kind are sent to the next; the last holds on. A young process sends often,
# since on Lambda it may not live for long, and what is under way as well; later only minutes that are over.
PAUSES: Final[Mapping[Kind, tuple[float, ...]]] = {
    "MINUTE": (10, 50, inf),
    "HOUR": (10, 50, 300),
    "DAY": (60, 900),
    "ROUTE": (60, 900),
}
PAUSE_AFTER_FAULT_SECONDS: Final = 60
_JOBS_PAUSE_SECONDS: Final = 60
# So many rows come due at once after midnight, when they are of two days. Where more wait, a request sends two; four
# where more come with each request, as with those that are an hour apart.
MANY_ROWS: Final = 8
MOST_ROWS: Final = 4
# Of one update: stand-ins for DynamoDB cannot read an update of 150, and DynamoDB none of more than 4 KB.
MOST_AMOUNTS: Final = 100
_FAULTS: Final = (PynamoDBException, BotoCoreError, ClientError, TimeoutError, LocalAwsError)

logger = logging.getLogger(__name__)


class Schedule:
    """When rows of a kind are due: at first at once, then after its pauses."""

    def __init__(self, pauses: tuple[float, ...]) -> None:
        self._pauses = pauses
        self._pause = 0.0
        self._times = 0
        self._began_at = -inf

    def comes_due(self, now: float) -> bool:
        """Whether rows are due now; then the next pause begins."""
        if 0 <= now - self._began_at < self._pause:
            return False
        self._pause = self._pauses[min(self._times, len(self._pauses) - 1)]
        self._times += 1
        self._began_at = now
        return True


class Sender:
    """Sends what `counted` has when it is due; one thread at a time, and the others pass by.

    An update whose answer was lost on the way is sent again, so that a figure may be too large after a fault.
    """

    def __init__(self, counted: Counters) -> None:
        self._counted = counted
        self._sends_at_exit = False
        self.begin()

    def begin(self) -> None:
        """Begins anew, as in a process that was forked."""
        self._lock = Lock()
        self._schedules = {kind: Schedule(pauses) for kind, pauses in PAUSES.items()}
        # What is due, in the order in which it came to be: the keys.
        self._due: dict[Period, None] = {}
        self._failing = False
        self._failed_at = -inf

    def send_due(self) -> None:
        """At the end of a request: sends the row that has been due for longest; nothing for a minute after a fault."""
        if not settings.TELEMETRY_SERIES:
            return
        if self._lock.acquire(blocking=False):
            try:
                now = time()
                if not 0 <= now - self._failed_at < PAUSE_AFTER_FAULT_SECONDS:
                    self._look(now)
                    self._send_some()
            finally:
                self._lock.release()

    def send_all(self) -> None:
        """Sends everything, due or not."""
        if settings.TELEMETRY_SERIES:
            with self._lock:
                for period in self._counted.periods():
                    if not self._send(period):
                        return

    def _look(self, now: float) -> None:
        """Puts down what came due."""
        waiting: dict[Kind, list[Period]] = {}
        for period in self._counted.periods():
            waiting.setdefault(period[0], []).append(period)
        minutes = waiting.get("MINUTE", [])
        due = [period for period in minutes if period[1] != int(now // 60)]
        for kind, schedule in self._schedules.items():
            if kind in waiting and schedule.comes_due(now):
                due += waiting[kind]
        for period in due:
            self._due.setdefault(period)

    def _send_some(self) -> None:
        for period in list(self._due)[: min(MOST_ROWS, 1 + len(self._due) // (MANY_ROWS + 1))]:
            if not self._send(period, most=1):
                return
            del self._due[period]
            self._send_at_exit()

    def _send_at_exit(self) -> None:
        """From the first time on; a process that ends before that is not to look for DynamoDB for this alone."""
        if not self._sends_at_exit:
            self._sends_at_exit = True
            atexit.register(self.send_all)

    def _send(self, period: Period, *, most: int | None = None) -> bool:
        """Sends a period by at most so many updates, and keeps the rest; False where DynamoDB does not answer."""
        parts = deque(_parts(self._counted.take(period)))
        try:
            for part in list(parts)[:most]:
                _add(period, part)
                parts.popleft()
        except _FAULTS as error:
            if not self._failing:
                logger.warning("What was counted could not be stored yet; it is kept and sent later: %s", error)
            self._failing, self._failed_at = True, time()
            return False
        finally:
            for part in parts:
                self._counted.give_back(period, part)
        self._failing = False
        return True


def _add(period: Period, amounts: Amounts) -> None:
    """Adds to a row. What the row refuses is given up: it would refuse it the next time, too."""
    try:
        add_to_row(period, amounts)
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") != "ValidationException":
            raise
        refusal = str(error)
    else:
        return
    key = "/".join(key_of(period))
    logger.error("The row %s refuses what was counted, which is lost; delete the row: %s", key, refusal)


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
    """Has a thread send everything once a minute while the block runs, which may be long, and the rest at its end."""
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
    while not over.wait(_JOBS_PAUSE_SECONDS):
        _sender.send_all()
