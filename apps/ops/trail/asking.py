"""What a request asks of the audit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final, get_args

from django.http import HttpRequest

from apps.ops.console.lists import MAX_TEXT_LENGTH, Choice, Filter, asked
from apps.ops.trail.words import OUTCOMES, SENTENCES, SOURCES
from movierec.api.errors import BadRequest
from movierec.audit import Recorded, Thing, ThingKind
from movierec.audit.writing import KEPT

RETENTION: Final = max(KEPT.values())
FILTERS: Final = (
    Filter("source", "Source", tuple(Choice(value, words) for value, words in SOURCES.items())),
    Filter("action", "What", tuple(Choice(tag.value, words) for tag, words in SENTENCES.items())),
    Filter("outcome", "Outcome", tuple(Choice(value, words) for value, words in OUTCOMES.items())),
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which events: of a thing, of an actor, or of all; of days (both included); and narrowed by filters."""

    first: date
    last: date
    thing: Thing | None
    actor: str
    chosen: Mapping[str, str]

    @property
    def one_partition(self) -> bool:
        """Whether they are together in one partition, and not in one for each day."""
        return bool(self.thing or self.actor)

    @property
    def narrowed(self) -> bool:
        """Whether events are looked through for some of them."""
        return any(self.chosen.values()) or bool(self.thing and self.actor)

    def keeps(self, event: Recorded) -> bool:
        """Whether an event of the days and the partition asked for is one of those meant."""
        wanted = (
            not self.chosen["source"] or event.tag.startswith(f"{self.chosen['source']}:"),
            self.chosen["action"] in ("", event.tag),
            self.chosen["outcome"] in ("", event.outcome),
            self.actor in ("", event.actor),
        )
        return all(wanted)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a list goes on: in the partition of a day, empty where one partition holds all, after a key."""

    day: str
    after: str


def today() -> date:
    """The day in UTC."""
    return datetime.now(UTC).date()


def wanted_by(request: HttpRequest) -> tuple[Wanted, Place | None]:
    """What the address of the page asks for, and where the list goes on. Raises BadRequest."""
    question = asked(request, FILTERS, key_parts=2)
    last = min(day(request.GET.get("to", ""), "to") or today(), today())
    first = day(request.GET.get("from", ""), "from") or last - RETENTION
    wanted = Wanted(*ordered(first, last), _thing(request), _actor(request), question.chosen)
    return wanted, _place(wanted, *question.after) if question.after else None


def day(text: str, name: str) -> date | None:
    """A day such as 2026-05-01, None for an empty text. Raises BadRequest."""
    if not text:
        return None
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.isoformat() != text or found.year < 2000:
        raise BadRequest(f"{name}: {text[:20]!r} is no day; write one such as {today().isoformat()}.")
    return found


def ordered(first: date, last: date) -> tuple[date, date]:
    """The days. Raises BadRequest for those in the wrong order."""
    if first > last:
        raise BadRequest("from: the first day is after the last one; choose an earlier one.")
    return first, last


def _thing(request: HttpRequest) -> Thing | None:
    text = request.GET.get("thing", "").strip()
    if not text:
        return None
    kind, _, thing_id = text.partition("/")
    known = next((each for each in get_args(ThingKind) if each == kind), None)
    if known is None or not thing_id or len(text) > MAX_TEXT_LENGTH:
        raise BadRequest(
            f"thing: write its kind and id, such as person/<id>; kinds are {', '.join(get_args(ThingKind))}."
        )
    return Thing(known, thing_id)


def _actor(request: HttpRequest) -> str:
    actor = request.GET.get("actor", "").strip()
    if len(actor) > MAX_TEXT_LENGTH:
        raise BadRequest(f"actor: write the id of somebody, of at most {MAX_TEXT_LENGTH} characters.")
    return actor


def _place(wanted: Wanted, day_text: str, after: str) -> Place:
    """Where a cursor goes on, if that is a place of this list: one of its days, and a key of that day."""
    at = day_text or after[:10]
    listed = day(at, "cursor")
    if listed is None or not wanted.first <= listed <= wanted.last or bool(day_text) == wanted.one_partition:
        raise BadRequest("cursor: this is no place of this list; open the list again.")
    if after and not after.startswith(at):
        raise BadRequest("cursor: this is no place of this list; open the list again.")
    return Place(day_text, after)


def day_before(text: str) -> str:
    """The day before a day."""
    return (date.fromisoformat(text) - timedelta(days=1)).isoformat()
