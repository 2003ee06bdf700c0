"""Compares a table with its restored copy: which rows may come back, and which must not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Set
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from infra.declared import rows
from infra.declared.rows import Row
from infra.deployment.waiting import Clock
from infra.restoring.orders import Order
from infra.restoring.reading import Key, digest, key_of, pages


class Kept(StrEnum):
    """Why a row of the copy stays out."""

    EXPIRED = "expired"
    ERASED = "of people who have no account any more"
    SIGN_IN = "about sign-ins, limits and work under way"
    NEWEST = "profiles that changed since, and usernames that nobody has now"


@dataclass
class Comparison:
    """How many rows stand where, and the keys of those that may come back."""

    live: int = 0
    copy: int = 0
    same: int = 0
    only_copy: int = 0
    missing: set[Key] = field(default_factory=set)
    # With what the table in use held when it was compared.
    different: dict[Key, bytes] = field(default_factory=dict)
    kept: Counter[Kept] = field(default_factory=Counter)

    @property
    def both_differ(self) -> int:
        """How many rows both tables have, with other contents."""
        return self.copy - self.only_copy - self.same

    @property
    def only_live(self) -> int:
        """How many rows only the table in use has."""
        return self.live - (self.copy - self.only_copy)


def is_ours(order: Order) -> bool:
    """Whether the service knows what the rows of the table are, so that they can be copied back."""
    return order.table.key == rows.SINGLE or order.table.key in rows.WHOLE


def has_owners(order: Order) -> bool:
    """Whether rows of the table are people's, so that they come back only to whom still has an account."""
    return order.table.key == rows.SINGLE or bool(rows.WHOLE.get(order.table.key))


def compare(client: Any, order: Order, people: Set[str], clock: Clock, now: float) -> Comparison:
    """Reads both tables. `people` are the ids of those whose rows may come back; `now` is in seconds since 1970."""
    return _Comparing(order, people, now).run(client, clock)


class _Comparing:
    """One comparison while it is being made."""

    def __init__(self, order: Order, people: Set[str], now: float) -> None:
        self._order = order
        self._people = people
        self._now = now
        self._held: dict[Key, bytes] = {}
        # The partition of each person's username, by the profile that counts: the one in use, else the copy's.
        self._names: dict[str, str] = {}
        self._claims: dict[Key, str] = {}
        self._found = Comparison()

    def run(self, client: Any, clock: Clock) -> Comparison:
        for page in pages(client, self._order.live, clock):
            for row in page:
                self._hold(row)
        for page in pages(client, self._order.copy, clock):
            for row in page:
                self._weigh(row)
        self._drop_old_claims()
        return self._found

    def _hold(self, row: Row) -> None:
        self._found.live += 1
        self._held[key_of(self._order.table, row)] = digest(row)
        self._note_name(row)

    def _weigh(self, row: Row) -> None:
        found, key = self._found, key_of(self._order.table, row)
        found.copy += 1
        held = self._held.get(key)
        if held == digest(row):
            found.same += 1
            return
        found.only_copy += held is None
        if not is_ours(self._order):
            return
        if reason := self._reason(row, is_there=held is not None):
            found.kept[reason] += 1
        elif held is not None:
            found.different[key] = held
        else:
            found.missing.add(key)
            self._note_name(row)
            self._note_claim(key, row)

    def _reason(self, row: Row, *, is_there: bool) -> Kept | None:
        """Why a row stays out; None for one that may come back."""
        table = self._order.table
        if table.expiry and float(row.get(table.expiry, {}).get("N", "inf")) <= self._now:
            return Kept.EXPIRED
        if table.key == rows.SINGLE:
            kind = rows.kind_of(row)
            if kind is None:
                return Kept.SIGN_IN
            if kind.newest and is_there:
                return Kept.NEWEST
        owner = rows.owner_of(table.key, row)
        return Kept.ERASED if owner and owner not in self._people else None

    def _note_name(self, row: Row) -> None:
        if self._order.table.key == rows.SINGLE and row["sk"]["S"] == rows.PROFILE:
            name = row.get(rows.NAME, {}).get("S", "")
            self._names.setdefault(rows.owner_of(rows.SINGLE, row), rows.name_key(name))

    def _note_claim(self, key: Key, row: Row) -> None:
        if self._order.table.key == rows.SINGLE and key[0].startswith(rows.NAME_PREFIX):
            self._claims[key] = rows.owner_of(rows.SINGLE, row)

    def _drop_old_claims(self) -> None:
        """A username comes back only to whom has it by the profile that counts."""
        for key, owner in self._claims.items():
            if self._names.get(owner) != key[0]:
                self._found.missing.discard(key)
                self._found.kept[Kept.NEWEST] += 1
