"""People who make films and series, as typed values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from apps.media.titles import CatalogueTitle

PERSON_MEDIA_TYPE: Final = "person"


@dataclass(frozen=True, slots=True)
class PersonCredit:
    """A title a person had a part in, and which: the character, or the job."""

    title: CatalogueTitle
    role: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """Facts of one person; None or an empty text stands for what is not known. Days are YYYY-MM-DD."""

    person_id: int
    name: str
    biography: str = ""
    birthday: str | None = None
    deathday: str | None = None
    birthplace: str = ""
    department: str | None = None
    profile_path: str | None = None
    also_known_as: tuple[str, ...] = ()
    popularity: float = 0.0
    cast: tuple[PersonCredit, ...] = ()
    crew: tuple[PersonCredit, ...] = ()
    refreshed_at: str | None = None
