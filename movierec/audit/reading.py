"""Reading the audit, newest first, a page at a time: one Query a page, or one for each source."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from movierec.audit.events import SOURCES, Source, Thing
from movierec.audit.rows import AuditRow, actor_pk, source_pk, thing_pk
from movierec.dynamo.table import Row


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event as it was recorded; `key` sorts by time, `before` and `after` are JSON texts or empty."""

    key: str
    at: str
    tag: str
    actor: str
    actor_name: str
    address: str
    kind: str
    thing: str
    before: str
    after: str
    reason: str
    outcome: str


@dataclass(frozen=True, slots=True)
class Trail:
    """Some events, and the key of the last one where there are more."""

    events: list[Recorded]
    after: str | None


@dataclass(frozen=True, slots=True)
class Days:
    """From one day in UTC, such as 2026-05-01, to another; both are included."""

    first: str
    last: str


def of_thing(thing: Thing, *, after: str | None = None, limit: int = 50, days: Days | None = None) -> Trail:
    """What was done to a thing, at any time or on some days."""
    return _trail(thing_pk(thing.kind, thing.id), after, limit, days)


def of_actor(actor_id: str, *, after: str | None = None, limit: int = 50, days: Days | None = None) -> Trail:
    """What somebody did, at any time or on some days."""
    return _trail(actor_pk(actor_id), after, limit, days)


def of_sources(
    sources: Sequence[Source] = SOURCES, *, after: str | None = None, limit: int = 50, days: Days | None = None
) -> Trail:
    """What happened at all, at any time or on some days: one Query for each source."""
    trails = [_trail(source_pk(source), after, limit, days) for source in sources]
    events = sorted((event for trail in trails for event in trail.events), key=_key, reverse=True)
    # A Query that stopped has older events still, and no event older than those may stand before them.
    known_to = max((trail.after for trail in trails if trail.after), default="")
    shown = [event for event in events if event.key >= known_to][:limit]
    return Trail(shown, shown[-1].key if known_to or len(shown) < len(events) else None)


def _key(event: Recorded) -> str:
    return event.key


def _trail(pk: str, after: str | None, limit: int, days: Days | None = None) -> Trail:
    start = {"pk": pk, "sk": after} if after else None
    # Keys begin with the moment, and "~" sorts behind all that follows a day in one.
    within = AuditRow.sk.between(days.first, f"{days.last}~") if days else None
    page = AuditRow.query_page(pk, range_condition=within, newest_first=True, limit=limit, after=start, consistent=True)
    return Trail([_recorded(row) for row in page.rows], page.last_key["sk"] if page.last_key else None)


def _recorded(row: Row) -> Recorded:
    return Recorded(
        key=row["sk"],
        at=row["at"],
        tag=row["tag"],
        actor=row["actor"],
        actor_name=row.get("actorName", ""),
        address=row.get("address", ""),
        kind=row["kind"],
        thing=row["thing"],
        before=row.get("before", ""),
        after=row.get("after", ""),
        reason=row.get("reason", ""),
        outcome=row["outcome"],
    )
