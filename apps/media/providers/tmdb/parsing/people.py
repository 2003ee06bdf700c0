"""TMDB's people, in details and in lists."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, Final

from apps.media.errors import NotAtSource, SourceUnavailable
from apps.media.people import Person, PersonCredit
from apps.media.providers.tmdb.parsing.facts import facts_of, withheld
from apps.media.providers.tmdb.parsing.readers import (
    Body,
    day,
    flag,
    image,
    mapping,
    mappings,
    number,
    paragraphs,
    person_identifier,
    text,
    texts,
)
from apps.media.titles import MEDIA_TYPES

LONGEST_BIOGRAPHY: Final = 10_000
_MOST_NAMES: Final = 20
_MOST_CAST: Final = 200
_MOST_CREW: Final = 100
_MOST_POPULARITY: Final = 10**6


def person(body: Any, *, refreshed_at: str) -> Person:
    """The person of a body of details, with their credits, the most popular titles first.

    Titles of credits come without their overviews. Raises SourceUnavailable for a body that is no object or lacks a
    number or a name, and NotAtSource for a person who is known only for titles for adults.
    """
    if not isinstance(body, dict):
        raise SourceUnavailable(f"TMDB answered a person as {type(body).__name__}, where an object belongs.")
    found = person_of(body, refreshed_at)
    if found is None:
        raise SourceUnavailable("TMDB answered a person without a usable id and name.")
    if flag(body.get("adult")):
        raise NotAtSource(f"TMDB marks person {found.person_id} as for adults only, so they are left out.")
    return replace(
        found,
        cast=_without_overviews(_credits(body, "cast", "character", refreshed_at), _MOST_CAST),
        crew=_without_overviews(_credits(body, "crew", "job", refreshed_at), _MOST_CREW),
    )


def person_of(body: Body, refreshed_at: str | None) -> Person | None:
    """The person of an entry of a list, or of a body of details; None without a number or a name.

    `cast` is what lists say that the person is known for.
    """
    person_id, name = person_identifier(body.get("id")), text(body.get("name"))
    if person_id is None or not name:
        return None
    known_for = mappings(body.get("known_for"))
    return Person(
        person_id=person_id,
        name=name,
        biography=paragraphs(body.get("biography"), LONGEST_BIOGRAPHY),
        birthday=day(body.get("birthday")),
        deathday=day(body.get("deathday")),
        birthplace=text(body.get("place_of_birth")),
        department=text(body.get("known_for_department")) or None,
        profile_path=image(body.get("profile_path")),
        also_known_as=tuple(texts(body.get("also_known_as"))[:_MOST_NAMES]),
        popularity=number(body.get("popularity"), most=_MOST_POPULARITY) or 0.0,
        cast=tuple(_each_once(_credit(entry, None, "", refreshed_at) for entry in known_for)),
        refreshed_at=refreshed_at,
    )


def _credits(body: Body, part: str, role: str, refreshed_at: str) -> Iterator[PersonCredit | None]:
    """Credits of films and series together where they were asked for so, or else of both one after the other."""
    for entry in mappings(mapping(body.get("combined_credits")).get(part)):
        yield _credit(entry, None, role, refreshed_at)
    for media_type in MEDIA_TYPES:
        for entry in mappings(mapping(body.get(f"{media_type}_credits")).get(part)):
            yield _credit(entry, media_type, role, refreshed_at)


def _credit(entry: Body, media_type: str | None, role: str, refreshed_at: str | None) -> PersonCredit | None:
    kind = media_type or entry.get("media_type")
    for known in MEDIA_TYPES:
        if kind == known and not withheld(entry):
            title = facts_of(known, entry, refreshed_at)
            return PersonCredit(title, text(entry.get(role))) if title is not None else None
    return None


def _each_once(found: Iterable[PersonCredit | None]) -> list[PersonCredit]:
    """The credits without those that are not known, and without the same part in the same title."""
    each = {(credit.title.key, credit.role): credit for credit in found if credit is not None}
    return list(each.values())


def _without_overviews(found: Iterable[PersonCredit | None], most: int) -> tuple[PersonCredit, ...]:
    """The `most` credits of the most popular titles. A hundred overviews would be the greater part of a row."""
    best = sorted(_each_once(found), key=lambda credit: -credit.title.popularity)[:most]
    return tuple(replace(credit, title=replace(credit.title, overview="")) for credit in best)
