"""Events as templates show them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from apps.ops.trail.asking import Wanted
from apps.ops.trail.words import OUTCOMES, page_of, readable, sentence
from movierec.audit import Recorded

# Who did what is no person's id.
_NO_PERSON: Final = frozenset({"system", "nobody"})


@dataclass(frozen=True, slots=True)
class Entry:
    """An event in words; addresses are empty where there is no page."""

    event: Recorded
    sentence: str
    outcome: str
    who: str
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
    return [
        Entry(
            event=event,
            sentence=sentence(event.tag),
            outcome=next((words for outcome, words in OUTCOMES.items() if outcome == event.outcome), event.outcome),
            who=event.actor_name or ("somebody unknown" if event.actor == "nobody" else event.actor),
            thing_page=page_of(event.kind, event.thing),
            before=readable(event.before),
            after=readable(event.after),
        )
        for event in events
    ]


def subject_of(wanted: Wanted) -> Subject | None:
    """The thing or the actor asked for."""
    if wanted.thing:
        return Subject(f"{wanted.thing.kind} {wanted.thing.id}", page_of(wanted.thing.kind, wanted.thing.id))
    if wanted.actor:
        return Subject(wanted.actor, "" if wanted.actor in _NO_PERSON else page_of("person", wanted.actor))
    return None
