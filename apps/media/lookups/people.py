"""One person with everything they had a part in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from apps.media.errors import IndexMissing, UnknownPerson
from apps.media.index.catalogue import CatalogueIndex
from apps.media.index.people import IndexedPerson
from apps.media.index_keeper import index
from apps.media.keeping import kept_until
from apps.media.lookups.questions import Known, Question, answer_to
from apps.media.lookups.rows import is_missing, live_row, missing_row, put_where_nothing_is
from apps.media.lookups.titles import is_old
from apps.media.models import CachedMedia
from apps.media.packing import DetailsDamaged, known, one, packed, read_packed, unpacked
from apps.media.people import LOCAL_PEOPLE, PERSON_MEDIA_TYPE, Person, PersonCredit
from apps.media.providers.interface import TitleSource
from apps.media.titles import LARGEST_ID, CatalogueTitle
from movierec.timestamps import now_text


class _PersonQuestion(Question[Person]):
    def __init__(self, person_id: int) -> None:
        self.name = f"person:{person_id}"
        self._person_id = person_id

    def stored(self, *, consistent: bool = False) -> Person | None:
        row = live_row(str(self._person_id), PERSON_MEDIA_TYPE, consistent=consistent)
        kept = read_packed(unpacked_person, row, "person") if row else None
        found = kept or person_of_index(self._person_id)
        if found is None and row is not None and is_missing(row):
            raise self.unknown()
        return found

    def is_old(self, value: Person) -> bool:
        return is_old(value.refreshed_at)

    def is_incomplete(self, value: Person) -> bool:
        return value.refreshed_at is None

    def ask(self, source: TitleSource, budget: float) -> Person:
        return source.person(self._person_id, budget=budget)

    def keep(self, value: Person) -> None:
        CachedMedia.put_row(
            {
                "mediaId": str(value.person_id),
                "mediaType": PERSON_MEDIA_TYPE,
                "name": value.name,
                "person": packed(value),
                "refreshedAt": value.refreshed_at,
                "updatedAt": now_text(),
                "expiresAt": kept_until(value.refreshed_at),
            }
        )

    def deny(self) -> None:
        put_where_nothing_is(missing_row(str(self._person_id), PERSON_MEDIA_TYPE))

    def unknown(self) -> UnknownPerson:
        return _unknown_person()

    def silent(self) -> str:
        return "This person is not in the catalogue yet, and its source does not answer; try again shortly."


def _unknown_person() -> UnknownPerson:
    return UnknownPerson("There is no such person; search for the name with /search?type=person.")


def known_person(person_id: int) -> Known[Person]:
    """A person with their credits: one GetItem where it is stored and younger than thirty days.

    Of people whom the source does not know, or does not tell, the catalogue's index knows the name and the titles.
    Raises UnknownPerson; SourceSilent where neither knows them, and the source does not answer; IndexMissing where
    there is no index now to say that it does not know them either.
    """
    if not 0 < person_id <= LARGEST_ID:
        raise _unknown_person()
    if person_id < LOCAL_PEOPLE:
        return _known_by_number(person_id)
    found = _person_in(index(), person_id)
    if found is None:
        raise _unknown_person()
    return Known(found, stale=False)


def _known_by_number(person_id: int) -> Known[Person]:
    try:
        return answer_to(_PersonQuestion(person_id))
    except UnknownPerson:
        # Raises IndexMissing where nobody could look into it: whom it knows must not be denied meanwhile.
        index()
        raise


def catalogue_index() -> CatalogueIndex | None:
    """The catalogue's index, None while there is none."""
    try:
        return index()
    except IndexMissing:
        return None


def person_of_index(person_id: int) -> Person | None:
    """What the catalogue's index knows of somebody; None where it does not know them."""
    current = catalogue_index()
    return _person_in(current, person_id) if current else None


def _person_in(current: CatalogueIndex, person_id: int) -> Person | None:
    found = current.person(person_id)
    return _with_titles(current, found) if found else None


def _with_titles(current: CatalogueIndex, found: IndexedPerson) -> Person:
    titles = {credit.place: _title(current, credit.place) for credit in found.credits}
    return Person(
        found.person_id,
        found.name,
        profile_path=found.profile_path,
        cast=tuple(PersonCredit(titles[each.place], "Cast") for each in found.credits if each.cast),
        crew=tuple(PersonCredit(titles[each.place], "Crew") for each in found.credits if each.crew),
    )


def _title(current: CatalogueIndex, place: int) -> CatalogueTitle:
    """A title of the index as lists show it."""
    item = current.item(place, "")
    return CatalogueTitle(
        media_type=item["media_type"],
        media_id=item["id"],
        title=item["title"],
        source="tmdb" if current.has_fact(place, "source:tmdb") else "catalogue",
        original_title=item["original_title"],
        language=item["original_language"],
        overview=item["overview"],
        poster_path=item["poster_path"],
        backdrop_path=item["backdrop_path"],
        release_date=item["release_date"],
        genres=tuple(item["genre_ids"]),
        vote_average=item["vote_average"],
        vote_count=item["vote_count"],
        popularity=item["popularity"],
    )


def unpacked_person(content: bytes) -> Person:
    """The person that a row keeps. Raises DetailsDamaged for other bytes."""
    return person_from(unpacked(content))


def person_from(stored: Mapping[str, Any]) -> Person:
    """A person of what was unpacked. Raises DetailsDamaged where it has another shape."""
    try:
        parts = {part: tuple(map(_credit, stored[part])) for part in ("cast", "crew")}
        return Person(**{**known(Person, stored), **parts})
    except (KeyError, TypeError, AttributeError) as error:
        raise DetailsDamaged(f"The stored person has another shape ({error!r}).") from error


def _credit(stored: Mapping[str, Any]) -> PersonCredit:
    return PersonCredit(one(CatalogueTitle, stored["title"]), stored["role"])
