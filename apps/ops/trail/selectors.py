"""Reading the audit for its pages: newest first, two Queries a page at most."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from apps.ops.console.lists import FILTER_ROWS, PAGE_ROWS
from apps.ops.trail.asking import Wanted
from movierec.audit import Days, Recorded, Trail, of_actor, of_sources, of_thing

QUERIES: Final = 2


@dataclass(frozen=True, slots=True)
class Shown:
    """A page of events, and the key that the next goes on after.

    `looked` events were looked at, the last of them of the day `reached`, which is empty where there were none.
    """

    events: list[Recorded]
    after: str | None
    looked: int
    reached: str


def page(wanted: Wanted, after: str | None) -> Shown:
    """A page of events by at most two requests."""
    kept: list[Recorded] = []
    looked, reached = 0, ""
    limit = FILTER_ROWS if wanted.narrowed else PAGE_ROWS
    for batch in batches(wanted, after, limit=limit, most=QUERIES // wanted.partitions):
        after = batch.after
        for event in batch.events:
            looked, reached = looked + 1, event.at[:10]
            kept += [event] if wanted.keeps(event) else []
            if len(kept) == PAGE_ROWS:
                # After the last of all there is nothing.
                return Shown(kept, after if event is batch.events[-1] else event.key, looked, reached)
    return Shown(kept, after, looked, reached)


def batches(wanted: Wanted, after: str | None, *, limit: int, most: int | None = None) -> Iterator[Trail]:
    """Events by a Query of each partition, filters not yet applied; at most so many batches where `most` is given."""
    made = 0
    while made != most:
        found = _asked(wanted, after, limit)
        yield found
        made += 1
        after = found.after
        if after is None:
            return


def _asked(wanted: Wanted, after: str | None, limit: int) -> Trail:
    days = Days(wanted.first.isoformat(), wanted.last.isoformat())
    if wanted.thing:
        return of_thing(wanted.thing, after=after, limit=limit, days=days)
    if wanted.actor:
        return of_actor(wanted.actor, after=after, limit=limit, days=days)
    return of_sources(wanted.sources, after=after, limit=limit, days=days)
