"""Who did what to what, when and from where: rows that are added and never changed."""

from movierec.audit.events import (
    NOBODY,
    SOURCES,
    SYSTEM,
    Actor,
    Event,
    Outcome,
    Source,
    Tag,
    Thing,
    ThingKind,
    nobody,
)
from movierec.audit.reading import Days, Recorded, Trail, of_actor, of_sources, of_thing
from movierec.audit.writing import record

__all__ = [
    "NOBODY",
    "SOURCES",
    "SYSTEM",
    "Actor",
    "Days",
    "Event",
    "Outcome",
    "Recorded",
    "Source",
    "Tag",
    "Thing",
    "ThingKind",
    "Trail",
    "nobody",
    "of_actor",
    "of_sources",
    "of_thing",
    "record",
]
