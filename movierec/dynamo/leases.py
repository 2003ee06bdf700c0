"""Leases: one process at a time does a piece of work, and one that dies gives it up by itself."""

from __future__ import annotations

from dataclasses import dataclass
from time import time
from uuid import uuid4

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from movierec.dynamo.data_table import DataRow
from movierec.dynamo.table import Row

# No work may be held or rest for longer.
LONGEST_SECONDS = 2 * 3600
_SK = "LEASE"


class LeaseRow(DataRow):
    """Who does a piece of work, and until when nobody else may."""

    holder = UnicodeAttribute(null=True)
    # Seconds since 1970, with fractions: leases may be shorter than TTL's whole seconds tell apart.
    until = NumberAttribute(null=True)
    note = UnicodeAttribute(null=True)


@dataclass(frozen=True, slots=True)
class Taken:
    """A piece of work that is not free for so many `seconds`.

    `note` is empty while somebody does it; else the word with which the last holder left it to rest.
    """

    seconds: float
    note: str


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

    def give_up(self, *, after: float = 0.0, note: str = "") -> None:
        """Lets others do the work, at once or `after` so many seconds; until then they are told the `note`."""
        until = time() + after
        actions = [
            LeaseRow.until.set(until),
            LeaseRow.expires_at.set(int(until) + 60),
            LeaseRow.holder.remove(),
            LeaseRow.note.set(note) if note else LeaseRow.note.remove(),
        ]
        LeaseRow.update_row_if(_pk(self._name), _SK, actions, LeaseRow.holder == self._holder)


def take(name: str, seconds: float) -> Lease | Taken:
    """Holds the work `name` for so long, or tells for how long it is not free, and why. One conditional PutItem."""
    now = time()
    row = LeaseRow(_pk(name), _SK, holder=uuid4().hex, until=now + seconds, expires_at=int(now + seconds) + 60)
    # A lease that ends far in the future was taken by a clock that went wrong.
    over = (LeaseRow.until <= now) | (LeaseRow.until > now + LONGEST_SECONDS)
    standing, ours = row.save_if(LeaseRow.until.does_not_exist() | over)
    if ours:
        return Lease(name, row.holder)
    return Taken(float(standing["until"]) - now, str(standing.get("note", "")))


def is_held(name: str) -> bool:
    """Whether a process holds the work `name`, or died so lately that nobody can tell; work that rests is not held."""
    row = LeaseRow.get_row(_pk(name), _SK, consistent=True)
    return row is not None and is_live(row)


def lease_key(name: str) -> Row:
    """The key of the row of the work `name`, for who reads several at once."""
    return {"pk": _pk(name), "sk": _SK}


def is_live(row: Row) -> bool:
    """Whether a row of a lease says that a process holds its work, as `is_held`."""
    return "holder" in row and 0 < float(row["until"]) - time() <= LONGEST_SECONDS


def _pk(name: str) -> str:
    return f"LEASE#{name}"
