"""What pages about one title and about the lists show."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from time import time
from typing import Any, Final

import orjson

from apps.media.corrections import FIELDS, Field, corrected_full
from apps.media.genres import GENRES
from apps.media.listings import FRESH_SECONDS, ListedType, ListType
from apps.media.marks import Mark, key_of, rows_and_marks, title_id
from apps.media.packing import DetailsDamaged, unpacked
from apps.media.providers.demo.catalogue import SOURCE as DEMO
from apps.media.providers.tmdb.configured import configured_source
from apps.media.selectors import ListHead, list_heads
from apps.media.sync.plan import lists_of
from apps.media.sync.schedules import SCHEDULES, next_run
from apps.media.titles import FIRST_MADE_UP_ID, FullTitle, TitleKey, full_from_row, is_title
from apps.ops.catalogue.finding import SPOKEN, age_of, age_words, current_index
from movierec.api.errors import NotFound
from movierec.audit import Recorded, Thing, of_thing
from movierec.dynamo.table import Row
from movierec.timestamps import epoch_seconds, timestamp

EVENTS_SHOWN: Final = 10
_PEOPLE_SHOWN: Final = 20
_ACCLAIM: Final = {
    "awardWinning": "award-winning",
    "criticallyAcclaimed": "critically acclaimed",
    "cultClassic": "cult classic",
    "underrated": "underrated",
    "blockbuster": "blockbuster",
}


@dataclass(frozen=True, slots=True)
class Subject:
    """A title as it is stored: its row, what its source says, and what was decided about it.

    `full` is None where the catalogue has no such title, or only knows that the source has none. `indexed` is what the
    index of the catalogue calls a title without a row, empty where that does not have it either.
    """

    key: TitleKey
    row: Row
    full: FullTitle | None
    mark: Mark
    indexed: str = ""

    @property
    def id(self) -> str:
        """Its id, such as "movie/603"."""
        return title_id(self.key)

    @property
    def name(self) -> str:
        """What it is called now."""
        own = self.full.facts.title if self.full else self.mark.title or self.indexed
        return str(self.mark.values.get("title") or own or self.id)

    @property
    def kind(self) -> str:
        """What it is, in a word."""
        return SPOKEN[self.key[0]]

    @property
    def has_source(self) -> bool:
        """Whether a source outside may describe it: not where it is of the demo or an import."""
        is_demo = self.full is not None and self.full.facts.source == DEMO
        return not is_demo and self.key[1] < FIRST_MADE_UP_ID

    def told(self, field: Field) -> Any:
        """The source's value of a field, None where there is none."""
        return getattr(self.full.facts, field.name) if self.full else None

    def stands(self, field: Field) -> Any:
        """The value that shows: the corrected one, or else the source's."""
        return self.mark.values.get(field.name, self.told(field))


@dataclass(frozen=True, slots=True)
class Correctable:
    """A field in the words of a form: the source's value, the one that shows, and who corrected it when."""

    name: str
    label: str
    told: str
    stands: str
    corrected: bool
    by: str
    at: str


@dataclass(frozen=True, slots=True)
class TitlePage:
    """Everything that the page of a title shows."""

    subject: Subject
    fields: list[Correctable]
    facts: list[tuple[str, str]]
    raw: str
    events: list[Recorded]


def subject(text: str) -> Subject:
    """A title by its id: one BatchGetItem. Raises NotFound where nothing is known of it, and nothing decided.

    Of a title that is in no row and not in the index, the audit may know: a Query more.
    """
    found = _looked_up(text)
    if not _is_known(found) and not _events(found, 1):
        raise _unknown(text)
    return found


def title_page(text: str) -> TitlePage:
    """The page of a title by its id: one BatchGetItem and one Query. Raises NotFound."""
    found = _looked_up(text)
    events = _events(found, EVENTS_SHOWN)
    if not _is_known(found) and not events:
        raise _unknown(text)
    return TitlePage(
        subject=found,
        fields=[correctable(found, field) for field in FIELDS.values()] if found.full else [],
        facts=[(label, value) for label, value in _facts(found) if value],
        raw=raw_json(found.row) if found.row else "",
        events=events,
    )


def _looked_up(text: str) -> Subject:
    """What is stored of an id, perhaps nothing. Raises NotFound for what is no id."""
    key = key_of(text)
    if key is None:
        raise _unknown(text)
    rows, marks = rows_and_marks([key])
    row = rows.get(key, {})
    full = full_from_row(row) if row and is_title(row) else None
    return Subject(key, row, full, marks.get(key, Mark(key)), "" if row else _name_in_index(key))


def _name_in_index(key: TitleKey) -> str:
    current = current_index()
    place = current.place(key) if current else None
    return str(current.item(place, "")["title"]) if current and place is not None else ""


def _is_known(found: Subject) -> bool:
    """Whether anything but the audit has it."""
    return bool(found.row or found.indexed or found.mark != Mark(found.key))


def _events(found: Subject, most: int) -> list[Recorded]:
    return of_thing(Thing("title", found.id), limit=most).events


def _unknown(text: str) -> NotFound:
    return NotFound(f"There is no title {text[:50]!r} in the catalogue; look for it by its name.")


def correctable(found: Subject, field: Field) -> Correctable:
    """A field of a title as somebody would type it."""
    correction, media_type = found.mark.corrections.get(field.name), found.key[0]
    return Correctable(
        name=field.name,
        label=field.label,
        told=field.typed(found.told(field), media_type),
        stands=field.typed(found.stands(field), media_type),
        corrected=correction is not None,
        by=correction.by if correction else "",
        at=correction.at if correction else "",
    )


def _facts(found: Subject) -> Iterator[tuple[str, str]]:
    """What else is known, in words."""
    row = found.row
    yield "Source", str(row.get("source", ""))
    yield "Refreshed", str(row.get("refreshedAt", ""))
    yield "Age", age_of(row)
    yield "Stored", str(row.get("updatedAt", ""))
    yield "Expires", timestamp(datetime.fromtimestamp(row["expiresAt"], UTC)) if row.get("expiresAt") else ""
    if found.full:
        full = corrected_full(found.full, found.mark.values)
        yield from _figures(full)
        yield from _details(full)


def _figures(full: FullTitle) -> Iterator[tuple[str, str]]:
    facts = full.facts
    yield "Makers", ", ".join(facts.makers[:_PEOPLE_SHOWN])
    yield "Cast", ", ".join(facts.cast[:_PEOPLE_SHOWN])
    yield "Keywords", ", ".join(facts.keywords)
    yield "Services", ", ".join(facts.services)
    yield "Acclaim", ", ".join(_ACCLAIM.get(each, each) for each in facts.acclaim)
    yield "Votes", f"{facts.vote_count:,} with a mean of {facts.vote_average:g}" if facts.vote_count else ""
    yield "Popularity", f"{facts.popularity:g}"
    yield "How well known", f"{facts.renown} of 5" if facts.renown else ""


def _details(full: FullTitle) -> Iterator[tuple[str, str]]:
    details = full.details
    if details is None:
        yield "Details", "only what a list tells is known"
        return
    yield "Tagline", details.tagline
    yield "Status", details.status or ""
    yield "Home page", details.homepage or ""
    yield "IMDb", details.imdb_id or ""
    yield "Seasons", str(details.seasons or "")
    yield "Episodes", str(details.episodes or "")
    yield "Cast with roles", ", ".join(f"{each.name} ({each.role})" for each in details.cast[:_PEOPLE_SHOWN])
    yield "Crew", ", ".join(f"{each.name} ({each.role})" for each in details.crew[:_PEOPLE_SHOWN])
    yield "Certifications", ", ".join(f"{country} {each}" for country, each in sorted(details.certifications.items()))
    yield "Countries with offers", ", ".join(sorted(details.offers))
    yield "Translated into", ", ".join(sorted(full.translations))


def raw_json(row: Mapping[str, Any]) -> str:
    """A row as JSON, its compressed parts unpacked."""
    readable = {name: _unpacked(value) if isinstance(value, bytes) else value for name, value in row.items()}
    return orjson.dumps(readable, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS).decode()


def _unpacked(content: bytes) -> Any:
    try:
        return unpacked(content)
    except DetailsDamaged as error:
        return f"{len(content)} bytes. {error}"


@dataclass(frozen=True, slots=True)
class ListLine:
    """A ready-made list: its words, how many titles, how old, and when it is rebuilt and its order asked for next."""

    name: str
    total: int
    built_at: str
    told_at: str
    age: str
    stale: bool
    order_next: str


def lists_page() -> dict[str, Any]:
    """Every list by one BatchGetItem, and when all of them are rebuilt next."""
    now = datetime.now(UTC)
    kept_by = {
        wanted.kept_as: schedule
        for schedule in SCHEDULES.values()
        for wanted in lists_of(schedule, now.date())
        if wanted.kept_as
    }
    starts = {name: next_run(schedule, now) for name, schedule in SCHEDULES.items()}
    orders = {name: _minute(starts[schedule.name]) for name, schedule in kept_by.items()}
    soonest = min(filter(None, starts.values()))
    return {
        "lists": [_list_line(head, orders) for head in list_heads()],
        "schedules": [(name, _minute(start)) for name, start in starts.items() if start],
        "rebuilt_next": _minute(soonest),
        "has_source": configured_source() is not None,
    }


def _list_line(head: ListHead, orders: Mapping[tuple[ListType, ListedType], str]) -> ListLine:
    list_type, media_type, genre = head.name
    kind = {"movie": "films", "tv": "series", "all": "films and series"}[media_type]
    of_genre = f", {GENRES[media_type][genre]}" if genre is not None and media_type != "all" else ""
    seconds = epoch_seconds(head.refreshed_at)
    return ListLine(
        name=f"{list_type.replace('_', ' ').capitalize()}, {kind}{of_genre}",
        total=head.total,
        built_at=head.built_at,
        told_at=head.refreshed_at,
        age=age_words(head.refreshed_at),
        stale=head.outside and time() - seconds > FRESH_SECONDS[list_type],
        order_next="" if genre is not None else orders.get((list_type, media_type), ""),
    )


def _minute(moment: datetime | None) -> str:
    return moment.strftime("%Y-%m-%d %H:%M") if moment else ""
