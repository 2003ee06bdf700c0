"""Leases: one process at a time does a piece of work, and one that dies gives it up by itself."""

from __future__ import annotations

from time import time
from uuid import uuid4

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from movierec.dynamo.data_table import DataRow

_SK = "LEASE"


class LeaseRow(DataRow):
    """Who does a piece of work, and until when nobody else may."""

    holder = UnicodeAttribute(null=True)
    # Seconds since 1970, with fractions: leases may be shorter than TTL's whole seconds tell apart.
    until = NumberAttribute(null=True)


class Lease:
    """A piece of work that this process may do."""

    def __init__(self, name: str, holder: str) -> None:
        self._name = name
        self._holder = holder

    def prolong(self, seconds: float) -> bool:
        """Holds it for so long from now; False when another process has it since."""
        until = time() + seconds
        actions = [LeaseRow.until.set(until), LeaseRow.expires_at.set(int(until) + 60)]
        return LeaseRow.update_row_if(_pk(self._name), _SK, actions, LeaseRow.holder == self._holder) is not None

    def give_up(self, *, after: float = 0.0) -> None:
        """Lets others do the work, at once or `after` so many seconds."""
        until = time() + after
        actions = [LeaseRow.until.set(until), LeaseRow.expires_at.set(int(until) + 60), LeaseRow.holder.remove()]
        LeaseRow.update_row_if(_pk(self._name), _SK, actions, LeaseRow.holder == self._holder)


def lease(name: str, seconds: float) -> Lease | None:
    """Holds the work `name` for so long; None while somebody else does. One conditional UpdateItem."""
    now = time()
    holder = uuid4().hex
    actions = [
        LeaseRow.holder.set(holder),
        LeaseRow.until.set(now + seconds),
        LeaseRow.expires_at.set(int(now + seconds) + 60),
    ]
    free = LeaseRow.until.does_not_exist() | (LeaseRow.until <= now)
    row = LeaseRow.update_row_if(_pk(name), _SK, actions, free)
    return None if row is None else Lease(name, holder)


def _pk(name: str) -> str:
    return f"LEASE#{name}"
