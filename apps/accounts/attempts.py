"""Wrong passwords and codes: counted for each account, whoever guesses and from wherever."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import time

from django.conf import settings
from pynamodb.expressions.condition import Condition

from apps.accounts.errors import TooManyAttempts
from apps.accounts.models import ATTEMPTS, Attempts
from movierec.dynamo.table import Row

# So many tries may follow one another at once; each further wrong one makes the next wait twice as long, up to a limit.
FREE_TRIES = 3
LONGEST_PAUSE_SECONDS = 300


@contextmanager
def counted(partition: str, *, failures: tuple[type[Exception], ...]) -> Iterator[None]:
    """Counts a try of the account whose rows are in `partition` before it is made.

    The block raises one of `failures` for a wrong guess; from the fourth one on that makes the next one wait 2, 4, 8
    and more seconds. However else it ends, the try is given back, also where a second factor is still to come.
    Raises TooManyAttempts instead of running the block while the next try must wait, and when the 10 tries are used
    up, until 15 minutes after the first of them. Parallel tries are counted one by one; the same requests are made
    whether there is such an account or not.
    """
    row = _take(partition)
    wrong = False
    try:
        yield
    except failures:
        wrong = True
        _delay_next(row)
        raise
    finally:
        if not wrong:
            _give_back(row)


def forget(partition: str) -> None:
    """Clears the count of wrong guesses after the right password, and code where one is needed."""
    Attempts(partition, ATTEMPTS).delete()


def _take(partition: str) -> Row:
    """Counts a try and answers the row as it is then; one request, two where the time of older tries is over."""
    while True:
        now = int(time())
        row = _count(partition, now) or _start_anew(partition, now)
        if row is not None:
            return row
        # Where this refuses nothing, another request has just changed the row.
        _refuse(Attempts.get_row(partition, ATTEMPTS, consistent=True), now)


def _count(partition: str, now: int) -> Row | None:
    rested = Attempts.next_at.does_not_exist() | (Attempts.next_at <= now)
    running = (Attempts.expires_at > now) & (Attempts.tries < settings.SIGN_IN_TRIES) & rested
    ends_at = Attempts.expires_at | (now + settings.SIGN_IN_WINDOW_SECONDS)
    actions = [Attempts.tries.add(1), Attempts.expires_at.set(ends_at)]
    return Attempts.update_row_if(partition, ATTEMPTS, actions, Attempts.pk.does_not_exist() | running)


def _start_anew(partition: str, now: int) -> Row | None:
    ends_at = now + settings.SIGN_IN_WINDOW_SECONDS
    actions = [Attempts.tries.set(1), Attempts.expires_at.set(ends_at), Attempts.next_at.remove()]
    return Attempts.update_row_if(partition, ATTEMPTS, actions, Attempts.expires_at <= now)


def _refuse(row: Row | None, now: int) -> None:
    """Raises TooManyAttempts when the next try must wait."""
    if row is None:
        return
    used_up = row["tries"] >= settings.SIGN_IN_TRIES
    free_at = row["expiresAt"] if used_up else min(row.get("nextAt", 0), row["expiresAt"])
    if free_at > now:
        raise TooManyAttempts(retry_after=free_at - now)


def _delay_next(row: Row) -> None:
    """Has the try after a wrong one wait; parallel ones only make the wait longer."""
    doublings = row["tries"] - FREE_TRIES
    if doublings <= 0:
        return
    next_at = int(time()) + min(2**doublings, LONGEST_PAUSE_SECONDS)
    later = Attempts.next_at.does_not_exist() | (Attempts.next_at < next_at)
    actions = [Attempts.next_at.set(next_at)]
    Attempts.update_row_if(row["pk"], ATTEMPTS, actions, _unchanged(row) & later)


def _give_back(row: Row) -> None:
    Attempts.update_row_if(row["pk"], ATTEMPTS, [Attempts.tries.add(-1)], _unchanged(row))


def _unchanged(row: Row) -> Condition:
    """The count that a try was taken from still runs: it was neither cleared nor begun anew."""
    unchanged: Condition = Attempts.expires_at == row["expiresAt"]
    return unchanged
