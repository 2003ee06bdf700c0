"""People who make films and series, as typed values."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from apps.media.text import clean
from apps.media.titles import CatalogueTitle

PERSON_MEDIA_TYPE: Final = "person"
# Far above TMDB's numbers, and far below the largest that JavaScript holds exactly.
LOCAL_PEOPLE: Final = 10**12
_HASH_BYTES: Final = 5


def local_person_id(name: str) -> int:
    """Our number for somebody of whom a source tells the name alone: the same for the same name, everywhere.

    Letter case, spaces and accents make no difference. Namesakes share a number.
    """
    letters = unicodedata.normalize("NFKD", clean(name).casefold())
    normal = clean("".join(letter for letter in letters if not unicodedata.combining(letter)))
    return LOCAL_PEOPLE + int.from_bytes(sha256(normal.encode()).digest()[:_HASH_BYTES], "big")


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
