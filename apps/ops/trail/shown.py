"""Events as templates show them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from apps.ops.switches.parts import parts
from apps.ops.trail.asking import Wanted
from apps.ops.trail.finding import AS
from apps.ops.trail.words import OUTCOMES, page_of, readable, sentence
from movierec.audit import NOBODY, SYSTEM, Recorded

# Who did what is no person's id.
_NO_PERSON: Final = frozenset({SYSTEM.id, NOBODY})


@dataclass(frozen=True, slots=True)
class Entry:
    """An event in words; addresses are empty where there is no page.

    `actor` is the id of somebody whose deeds have a list; `thing` is the event's in words.
    """

    event: Recorded
    sentence: str
    outcome: str
    who: str
    actor: str
    thing: str
    thing_page: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Subject:
    """What the page is about, where it is not about everything."""

    words: str
    page: str


def entries_of(events: Sequence[Recorded]) -> list[Entry]:
    """Events in words."""
    switches = _switches()
    return [
        Entry(
            event=event,
            sentence=sentence(event.tag),
            outcome=next((words for outcome, words in OUTCOMES.items() if outcome == event.outcome), event.outcome),
            who=event.actor_name or ("somebody unknown" if event.actor == NOBODY else event.actor),
            actor="" if event.actor == NOBODY else event.actor,
            thing=_thing(event.kind, event.thing, switches),
            thing_page=page_of(event.kind, event.thing),
            before=readable(event.before),
            after=readable(event.after),
        )
        for event in events
    ]


def subject_of(wanted: Wanted) -> Subject | None:
    """The thing or the actor asked for."""
    if wanted.thing:
        thing = _thing(wanted.thing.kind, wanted.thing.id, _switches())
        return Subject(thing, page_of(wanted.thing.kind, wanted.thing.id))
    if wanted.actor:
        return Subject(
            f"what {wanted.actor} did", "" if wanted.actor in _NO_PERSON else page_of("person", wanted.actor)
        )
    return None


@dataclass(frozen=True, slots=True)
class Sought:
    """What the form's fields show: a person and how they are meant, and another thing."""

    thing: str
    person: str
    role: str
    roles: Mapping[str, str]


def form_of(wanted: Wanted) -> Sought:
    """The fields of the form that asks for the same; the person of a thing stands in the field of people."""
    thing = f"{wanted.thing.kind}/{wanted.thing.id}" if wanted.thing else ""
    if wanted.actor:
        return Sought(thing, wanted.actor, "by", AS)
    if wanted.thing and wanted.thing.kind == "person":
        return Sought("", wanted.thing.id, "about", AS)
    return Sought(thing, "", "about", AS)


def _switches() -> dict[str, str]:
    """What the switches are called, by the ids that the audit has of them."""
    return {part.thing: part.told_as for part in parts().values()}


def _thing(kind: str, thing: str, switches: Mapping[str, str]) -> str:
    """A thing in words; a switch that this version of the service does not know keeps its name."""
    return (switches.get(thing) if kind == "settings" else None) or f"{kind} {thing}"
