"""Who did what to what, when and from where: rows that are added and never changed."""

from movierec.audit.events import SYSTEM, Actor, Event, Outcome, Tag, Thing, ThingKind, nobody
from movierec.audit.reading import Days, Recorded, Trail, of_actor, of_day, of_thing
from movierec.audit.writing import record

__all__ = [
    "SYSTEM",
    "Actor",
    "Days",
    "Event",
    "Outcome",
    "Recorded",
    "Tag",
    "Thing",
    "ThingKind",
    "Trail",
    "nobody",
    "of_actor",
    "of_day",
    "of_thing",
    "record",
]
