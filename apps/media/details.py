"""What is known of one title beyond the facts that lists and the recommender use, and how a row keeps it.

A film with its cast, its offers in sixty countries and its titles in eight languages is some 15 KB of JSON. A row keeps
it in two compressed attributes, so that a page reads one row, and a read of many titles in one language leaves the
rest behind.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Final, TypeVar

import orjson

from apps.media.errors import DetailsDamaged

# Raised when the stored form changes; details of another form are fetched anew.
FORM: Final = 1
# More than any title has, and no more than a process has room for.
_MOST_BYTES: Final = 4 * 1024 * 1024

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Credit:
    """A person's part in a title: the character played, or the job done. `person_id` is TMDB's."""

    person_id: int
    name: str
    role: str = ""
    profile_path: str | None = None


@dataclass(frozen=True, slots=True)
class Keyword:
    """A keyword with TMDB's number."""

    keyword_id: int
    name: str


@dataclass(frozen=True, slots=True)
class Video:
    """A trailer or the like: `site` is YouTube or Vimeo, `key` its name there, `language` a code of two letters."""

    site: str
    key: str
    name: str
    kind: str
    language: str | None = None
    official: bool = False
    published_at: str | None = None


@dataclass(frozen=True, slots=True)
class Provider:
    """A streaming service or shop, with TMDB's number."""

    provider_id: int
    name: str
    logo_path: str | None = None


@dataclass(frozen=True, slots=True)
class Offers:
    """Where a title can be seen in one country: the numbers of providers by kind of offer, most important first."""

    link: str | None = None
    stream: tuple[int, ...] = ()
    free: tuple[int, ...] = ()
    ads: tuple[int, ...] = ()
    rent: tuple[int, ...] = ()
    buy: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Details:
    """None, an empty tuple or mapping stand for what is not known; countries are ISO 3166 codes of two letters."""

    tagline: str = ""
    status: str | None = None
    homepage: str | None = None
    imdb_id: str | None = None
    seasons: int | None = None
    episodes: int | None = None
    cast: tuple[Credit, ...] = ()
    crew: tuple[Credit, ...] = ()
    keywords: tuple[Keyword, ...] = ()
    videos: tuple[Video, ...] = ()
    certifications: Mapping[str, str] = field(default_factory=dict)
    offers: Mapping[str, Offers] = field(default_factory=dict)
    providers: tuple[Provider, ...] = ()
    alternative_titles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Translation:
    """A title in one language; an empty text stands for what was not translated."""

    title: str = ""
    overview: str = ""
    tagline: str = ""


Translations = Mapping[str, Translation]


def packed_details(details: Details) -> bytes:
    """The details as a row keeps them."""
    return _packed(details)


def unpacked_details(content: bytes) -> Details:
    """The details that `packed_details` made. Raises DetailsDamaged for other bytes."""
    stored = _unpacked(content)
    try:
        return Details(
            **{
                **_known(Details, stored),
                "cast": _each(Credit, stored["cast"]),
                "crew": _each(Credit, stored["crew"]),
                "keywords": _each(Keyword, stored["keywords"]),
                "videos": _each(Video, stored["videos"]),
                "offers": {country: _one(Offers, offers) for country, offers in stored["offers"].items()},
                "providers": _each(Provider, stored["providers"]),
            }
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise DetailsDamaged(f"The stored details have another shape ({error!r}).") from error


def packed_translations(translations: Translations) -> bytes:
    """The translations, by language, as a row keeps them."""
    return _packed(dict(translations))


def unpacked_translations(content: bytes) -> dict[str, Translation]:
    """The translations that `packed_translations` made. Raises DetailsDamaged for other bytes."""
    try:
        return {language: _one(Translation, stored) for language, stored in _unpacked(content).items()}
    except (TypeError, AttributeError) as error:
        raise DetailsDamaged(f"The stored translations have another shape ({error!r}).") from error


def _packed(value: object) -> bytes:
    return bytes((FORM,)) + zlib.compress(orjson.dumps(value), 6)


def _unpacked(content: bytes) -> Any:
    if content[:1] != bytes((FORM,)):
        raise DetailsDamaged(f"The stored form is not {FORM}.")
    try:
        reader = zlib.decompressobj()
        return orjson.loads(reader.decompress(content[1:], _MOST_BYTES))
    except (zlib.error, orjson.JSONDecodeError) as error:
        raise DetailsDamaged(f"The stored bytes cannot be read ({error}).") from error


def _known(kind: type[T], stored: Mapping[str, Any]) -> dict[str, Any]:
    """Those of the stored members that `kind` has, lists as tuples."""
    names = {each.name for each in fields(kind)}  # type: ignore[arg-type]  # every kind is a dataclass
    return {name: tuple(value) if isinstance(value, list) else value for name, value in stored.items() if name in names}


def _one(kind: type[T], stored: Mapping[str, Any]) -> T:
    return kind(**_known(kind, stored))


def _each(kind: type[T], stored: list[Mapping[str, Any]]) -> tuple[T, ...]:
    return tuple(_one(kind, each) for each in stored)
