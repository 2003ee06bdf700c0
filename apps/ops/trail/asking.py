"""What a request asks of the audit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final, get_args

from django.http import HttpRequest

from apps.media.titles import MediaType
from apps.ops.console.lists import MAX_TEXT_LENGTH, Choice, Filter, asked
from apps.ops.trail.words import OUTCOMES, SENTENCES, WHOSE
from movierec.api.errors import BadRequest
from movierec.audit import NOBODY, SOURCES, Recorded, Source, Thing, ThingKind
from movierec.audit.writing import KEPT

RETENTION: Final = max(KEPT.values())
FILTERS: Final = (
    Filter("source", "Source", tuple(Choice(value, words) for value, words in WHOSE.items())),
    Filter("action", "Deed", tuple(Choice(tag.value, words) for tag, words in SENTENCES.items())),
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
    def sources(self) -> tuple[Source, ...]:
        """Whose deeds they can be; an action tells it as well."""
        chosen = self.chosen["source"] or self.chosen["action"].partition(":")[0]
        return tuple(source for source in SOURCES if chosen in ("", source))

    @property
    def partitions(self) -> int:
        """How many partitions they are in."""
        return 1 if self.thing or self.actor else len(self.sources)

    @property
    def narrowed(self) -> bool:
        """Whether events are looked through for some of them."""
        of_some = bool(self.thing or self.actor)
        sought = (self.chosen["action"], self.chosen["outcome"], of_some and self.chosen["source"])
        return any(sought) or bool(self.thing and self.actor)

    def keeps(self, event: Recorded) -> bool:
        """Whether an event of the days and the partition asked for is one of those meant."""
        wanted = (
            not self.chosen["source"] or event.tag.startswith(f"{self.chosen['source']}:"),
            self.chosen["action"] in ("", event.tag),
            self.chosen["outcome"] in ("", event.outcome),
            self.actor in ("", event.actor),
        )
        return all(wanted)


def today() -> date:
    """The day in UTC."""
    return datetime.now(UTC).date()


def wanted_by(request: HttpRequest) -> tuple[Wanted, str | None]:
    """What the address of the page asks for, and the key its list goes on after. Raises BadRequest."""
    question = asked(request, FILTERS)
    last = min(day(request.GET.get("to", ""), "to") or today(), today())
    first = day(request.GET.get("from", ""), "from") or last - RETENTION
    wanted = Wanted(*ordered(first, last), _thing(request), _actor(request), question.chosen)
    return wanted, _after(wanted, *question.after) if question.after else None


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
    if text.partition("/")[0] in get_args(MediaType):
        text = f"title/{text}"
    kind, _, thing_id = text.partition("/")
    known = next((each for each in get_args(ThingKind) if each == kind), None)
    if known is None or not thing_id or len(text) > MAX_TEXT_LENGTH:
        raise BadRequest(
            "thing: write its kind and id, such as person/<id> or movie/603; "
            f"kinds are {', '.join(get_args(ThingKind))}."
        )
    return Thing(known, thing_id)


def _actor(request: HttpRequest) -> str:
    actor = request.GET.get("actor", "").strip()
    if len(actor) > MAX_TEXT_LENGTH:
        raise BadRequest(f"actor: write the id of somebody, of at most {MAX_TEXT_LENGTH} characters.")
    if actor == NOBODY:
        raise BadRequest("actor: callers who are not known have no list; ask about address/ and what they typed.")
    return actor


def _after(wanted: Wanted, key: str) -> str:
    """The key a list goes on after, if it can be one of this list."""
    listed = day(key[:10], "cursor")
    if listed is None or not wanted.first <= listed <= wanted.last:
        raise BadRequest("cursor: this is no place of this list; open the list again.")
    return key
