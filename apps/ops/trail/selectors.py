"""Reading the audit for its pages: newest first, two Queries a page at most."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from apps.ops.console.lists import FILTER_ROWS, PAGE_ROWS
from apps.ops.trail.asking import Place, Wanted, day_before
from movierec.audit import Days, Recorded, Trail, of_actor, of_day, of_thing

QUERIES: Final = 2


@dataclass(frozen=True, slots=True)
class Batch:
    """What one Query found, where the next goes on, and the day that was looked at, empty where all days were."""

    events: list[Recorded]
    following: Place | None
    day: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A page of events, and where the next goes on; `looked` events were looked at, back to the day `reached`."""

    events: list[Recorded]
    following: Place | None
    looked: int
    reached: str


def page(wanted: Wanted, place: Place | None) -> Shown:
    """A page of events by at most two requests; days without events are passed over, and end the page at the second."""
    kept: list[Recorded] = []
    looked, reached = 0, ""
    for batch in batches(wanted, place, limit=FILTER_ROWS if wanted.narrowed else PAGE_ROWS, most=QUERIES):
        place, reached = batch.following, batch.day
        for event in batch.events:
            looked += 1
            kept += [event] if wanted.keeps(event) else []
            if len(kept) == PAGE_ROWS:
                return Shown(kept, _after(event, batch), looked, reached)
    return Shown(kept, place, looked, reached)


def _after(event: Recorded, batch: Batch) -> Place | None:
    """The place after an event of a batch; where it is the last of all, there is none."""
    return batch.following if event is batch.events[-1] else Place(batch.day, event.key)


def batches(wanted: Wanted, place: Place | None, *, limit: int, most: int | None = None) -> Iterator[Batch]:
    """Events by one request each, filters not yet applied; at most so many requests where `most` is given."""
    place = place or Place("" if wanted.one_partition else wanted.last.isoformat(), "")
    made = 0
    while place is not None and made != most:
        found = _asked(wanted, place, limit)
        made += 1
        batch = Batch(found.events, _following(wanted, place, found), place.day)
        yield batch
        place = batch.following


def _asked(wanted: Wanted, place: Place, limit: int) -> Trail:
    after = place.after or None
    days = Days(wanted.first.isoformat(), wanted.last.isoformat())
    if wanted.thing:
        return of_thing(wanted.thing, after=after, limit=limit, days=days)
    if wanted.actor:
        return of_actor(wanted.actor, after=after, limit=limit, days=days)
    return of_day(place.day, after=after, limit=limit)


def _following(wanted: Wanted, place: Place, found: Trail) -> Place | None:
    if found.after is not None:
        return Place(place.day, found.after)
    if not place.day or place.day <= wanted.first.isoformat():
        return None
    return Place(day_before(place.day), "")
