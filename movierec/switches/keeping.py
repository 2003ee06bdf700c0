"""The switches that a process goes by: read again once they are 20 seconds old, and only by requests that need them."""

from __future__ import annotations

import logging
from math import inf
from threading import Lock
from time import time
from typing import Final

from botocore.exceptions import BotoCoreError, ClientError
from pynamodb.exceptions import PynamoDBException

from movierec.api.errors import is_outside_fault
from movierec.localaws import LocalAwsError
from movierec.switches.rows import stored
from movierec.switches.values import DEFAULTS, Switches, SwitchesDamaged

logger = logging.getLogger(__name__)

KEPT_SECONDS: Final = 20.0
_FAULTS: Final = (PynamoDBException, BotoCoreError, ClientError, TimeoutError, LocalAwsError)


class Keeper:
    """Keeps what was read last, for all threads, for so many `seconds`; `read_at` is in seconds since 1970.

    By the clock of the day, since a monotonic one may stand still while Lambda has the process wait.
    """

    def __init__(self, known: Switches | None = None, *, read_at: float = -inf, seconds: float = KEPT_SECONDS) -> None:
        self._lock = Lock()
        self._known = known
        self._read_at = read_at
        self._seconds = seconds
        self._trouble = ""

    def current(self) -> Switches:
        """The switches, at most 20 s old; while DynamoDB does not answer, the last known or the defaults.

        While one thread reads, what is known serves the others; who finds nothing waits for that one read.
        """
        if self._is_due() and self._lock.acquire(blocking=self._known is None):
            try:
                if self._is_due():
                    self._read()
            finally:
                self._lock.release()
        return self._known or DEFAULTS

    def forget(self) -> None:
        """Has the switches read at their next use."""
        self._read_at = -inf

    def _is_due(self) -> bool:
        # A clock that was put back does not make them last for longer.
        return not 0 <= time() - self._read_at < self._seconds

    def _read(self) -> None:
        try:
            self._known = stored()
            self._trouble = ""
        except SwitchesDamaged as damage:
            self._known = DEFAULTS
            self._complain(f"The row SWITCHES cannot be understood ({damage}), so that defaults hold; save it anew.")
        except _FAULTS as fault:
            if not isinstance(fault, LocalAwsError) and not is_outside_fault(fault):
                raise
            self._known = self._known or DEFAULTS
            self._complain("The switches cannot be read; those known before hold.")
        self._read_at = time()

    def _complain(self, trouble: str) -> None:
        """Logs a trouble once for as long as it lasts."""
        if trouble != self._trouble:
            logger.error(trouble)
        self._trouble = trouble


keeper = Keeper()


def current() -> Switches:
    """The switches that this process goes by."""
    return keeper.current()


def forget() -> None:
    """Has this process read the switches at their next use, as after a change of its own."""
    keeper.forget()
