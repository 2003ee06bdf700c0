"""Who plays in a title and who made it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from apps.media.details import Credit
from apps.media.providers.tmdb.parsing.readers import (
    Body,
    flag,
    image,
    mapping,
    mappings,
    person_identifier,
    text,
    whole,
)
from apps.media.titles import MediaType

_MOST_CAST: Final = 40
_MOST_CREW: Final = 40
_MOST_NAMES: Final = 10
_LAST: Final = 100_000  # above every place in a cast
_CREATOR: Final = "Creator"
_DIRECTOR: Final = "Director"
# The jobs that are kept, most telling first.
_JOBS: Final = (
    _DIRECTOR, "Co-Director", _CREATOR, "Screenplay", "Writer", "Teleplay", "Story", "Novel", "Comic Book", "Book",
    "Original Story", "Characters", "Original Music Composer", "Music", "Director of Photography", "Editor",
    "Production Design", "Costume Design", "Animation Director", "Producer", "Executive Producer",
)  # fmt: skip
_PLACE_OF_JOB: Final = {job: place for place, job in enumerate(_JOBS)}


def cast_of(body: Body) -> tuple[Credit, ...]:
    """Who plays, the leading parts first. The cast of a whole series stands before that of its last season."""
    whole_series = mappings(mapping(body.get("aggregate_credits")).get("cast"))
    of_title = sorted(mappings(mapping(body.get("credits")).get("cast")), key=_place)
    parts = ((entry, _character(entry)) for entry in whole_series or of_title)
    return _bounded((_credit(entry, role) for entry, role in parts), _MOST_CAST)


def crew_of(body: Body) -> tuple[Credit, ...]:
    """Who made the title, by job; whoever created a series counts as its crew."""
    creators = [(entry, _CREATOR) for entry in mappings(body.get("created_by"))]
    jobs = [*creators, *(done for entry in _crew(body) for done in _jobs(entry))]
    told = sorted((done for done in jobs if done[1] in _PLACE_OF_JOB), key=lambda done: _PLACE_OF_JOB[done[1]])
    return _bounded((_credit(entry, job) for entry, job in told), _MOST_CREW)


def makers_of(media_type: MediaType, crew: Iterable[Credit]) -> tuple[str, ...]:
    """The names of a film's directors or of a series's creators."""
    job = _DIRECTOR if media_type == "movie" else _CREATOR
    return names_of(credit for credit in crew if credit.role == job)


def names_of(people: Iterable[Credit]) -> tuple[str, ...]:
    """The names of the first people, each once."""
    return tuple(dict.fromkeys(credit.name for credit in people))[:_MOST_NAMES]


def _crew(body: Body) -> list[Body]:
    return mappings(mapping(body.get("aggregate_credits")).get("crew")) or mappings(
        mapping(body.get("credits")).get("crew")
    )


def _place(entry: Body) -> int:
    place = whole(entry.get("order"), most=_LAST)
    return _LAST if place is None else place


def _character(entry: Body) -> str:
    """The character; of several in a series the first that has a name."""
    told = (text(role.get("character")) for role in (entry, *mappings(entry.get("roles"))))
    return next(filter(None, told), "")


def _jobs(entry: Body) -> Iterator[tuple[Body, str]]:
    for done in (entry, *mappings(entry.get("jobs"))):
        job = text(done.get("job"))
        if job:
            yield entry, job


def _credit(entry: Body, role: str) -> Credit | None:
    person_id, name = person_identifier(entry.get("id")), text(entry.get("name"))
    if person_id is None or not name or flag(entry.get("adult")):
        return None
    return Credit(person_id, name, role, image(entry.get("profile_path")))


def _bounded(found: Iterable[Credit | None], most: int) -> tuple[Credit, ...]:
    """The first `most`, each person once in a role."""
    each: dict[tuple[int, str], Credit] = {}
    for credit in filter(None, found):
        each.setdefault((credit.person_id, credit.role), credit)
    return tuple(each.values())[:most]
