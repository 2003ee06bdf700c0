"""What is known of one title beyond the facts that lists and the recommender use, and how a row keeps it.

A film with its cast, its offers in sixty countries and its titles in eight languages is some 15 KB of JSON. A row keeps
it in two compressed attributes, so that a page reads one row, and a read of many titles in one language leaves the
rest behind.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from apps.media.packing import DetailsDamaged, each, known, one, packed, unpacked


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
    return packed(details)


def unpacked_details(content: bytes) -> Details:
    """The details that `packed_details` made. Raises DetailsDamaged for other bytes."""
    stored = unpacked(content)
    try:
        return Details(
            **{
                **known(Details, stored),
                "cast": each(Credit, stored["cast"]),
                "crew": each(Credit, stored["crew"]),
                "keywords": each(Keyword, stored["keywords"]),
                "videos": each(Video, stored["videos"]),
                "offers": {country: one(Offers, offers) for country, offers in stored["offers"].items()},
                "providers": each(Provider, stored["providers"]),
            }
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise DetailsDamaged(f"The stored details have another shape ({error!r}).") from error


def packed_translations(translations: Translations) -> bytes:
    """The translations, by language, as a row keeps them."""
    return packed(dict(translations))


def unpacked_translations(content: bytes) -> dict[str, Translation]:
    """The translations that `packed_translations` made. Raises DetailsDamaged for other bytes."""
    try:
        return {language: one(Translation, stored) for language, stored in unpacked(content).items()}
    except (TypeError, AttributeError) as error:
        raise DetailsDamaged(f"The stored translations have another shape ({error!r}).") from error
