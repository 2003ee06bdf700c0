"""A title of the catalogue as a typed value and as a row of the media cache."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Final, Literal

from apps.media.details import (
    Details,
    Translations,
    packed_details,
    packed_translations,
    unpacked_details,
    unpacked_translations,
)
from apps.media.packing import read_packed

MediaType = Literal["movie", "tv"]
# A film and a series can share a number, so only both together identify a title.
TitleKey = tuple[MediaType, int]

MEDIA_TYPES: Final[tuple[MediaType, ...]] = ("movie", "tv")
# The largest whole number that JavaScript clients hold exactly.
LARGEST_ID: Final = 2**53 - 1
# Numbers from here on, far above TMDB's, are ours: for imported films that it has no number for.
FIRST_MADE_UP_ID: Final = 2_000_000_000


@dataclass(frozen=True, slots=True)
class CatalogueTitle:
    """Facts of one film or series; None, an empty tuple or 0 stands for what is not known.

    `release_date` is YYYY-MM-DD or YYYY, `runtime` minutes (an episode's for series), `genres` TMDB's ids with the
    main one first, `renown` 1 (little known) to 5 (household name), `vote_average` 0 to 10. `services` are codes such
    as "netflix", or "SE/netflix" where that holds in one country. `refreshed_at` is when a source outside was asked,
    in ISO 8601; None for titles that no source outside describes.
    """

    media_type: MediaType
    media_id: int
    title: str
    source: str
    original_title: str | None = None
    release_date: str | None = None
    genres: tuple[int, ...] = ()
    runtime: int | None = None
    language: str | None = None
    countries: tuple[str, ...] = ()
    makers: tuple[str, ...] = ()
    cast: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    certification: str | None = None
    acclaim: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    renown: int | None = None
    overview: str = ""
    poster_path: str | None = None
    backdrop_path: str | None = None
    vote_average: float = 0.0
    vote_count: int = 0
    popularity: float = 0.0
    refreshed_at: str | None = None

    @property
    def key(self) -> TitleKey:
        """The title's identity."""
        return self.media_type, self.media_id


@dataclass(frozen=True, slots=True)
class FullTitle:
    """A title with everything that is kept of it.

    `details` is None where only the facts of a list are known, and the source can tell more.
    """

    facts: CatalogueTitle
    details: Details | None = None
    translations: Translations = field(default_factory=dict)

    @property
    def key(self) -> TitleKey:
        """The title's identity."""
        return self.facts.key


@dataclass(frozen=True, slots=True)
class Figures:
    """What viewers made of one title: mean of their ratings (0 to 10), how many rated, liked, and liked of late."""

    vote_average: float = 0.0
    vote_count: int = 0
    likes: int = 0
    recent_likes: int = 0


# What a row calls each field: the same in camel case, but for the genres.
_ATTRIBUTES: Final = {
    each.name: "".join(part.capitalize() if i else part for i, part in enumerate(each.name.split("_")))
    for each in fields(CatalogueTitle)
} | {"genres": "genreIds"}
# The attributes with a title's facts; its details and translations are other ones.
FACT_ATTRIBUTES: Final = tuple(_ATTRIBUTES.values())


def to_row(title: CatalogueTitle, updated_at: str) -> dict[str, Any]:
    """The row of a title; what is not known is left out, figures of 0 are kept."""
    values = {attribute: getattr(title, name) for name, attribute in _ATTRIBUTES.items()}
    row = {name: value for name, value in values.items() if value not in (None, (), "")}
    row["mediaId"] = str(title.media_id)
    row["updatedAt"] = updated_at
    if title.genres:
        row["genre"] = str(title.genres[0])
    return row


def full_to_row(full: FullTitle, updated_at: str) -> dict[str, Any]:
    """The row of a title with its details and translations, where they are known."""
    row = to_row(full.facts, updated_at)
    if full.details is not None:
        row["details"] = packed_details(full.details)
    if full.translations:
        row["translations"] = packed_translations(full.translations)
    return row


def full_from_row(row: Mapping[str, Any]) -> FullTitle:
    """The title of a row that `is_title` accepts; details and translations that cannot be read count as not known."""
    return FullTitle(from_row(row), read_packed(unpacked_details, row, "details"), translations_of(row))


def translations_of(row: Mapping[str, Any]) -> Translations:
    """The translations that a row keeps; none where they cannot be read."""
    return read_packed(unpacked_translations, row, "translations") or {}


def from_row(row: Mapping[str, Any]) -> CatalogueTitle:
    """The title of a row that `is_title` accepts."""
    values = {name: row[attribute] for name, attribute in _ATTRIBUTES.items() if row.get(attribute) is not None}
    tuples = {name: tuple(value) for name, value in values.items() if isinstance(value, list)}
    return CatalogueTitle(**{"source": "unknown", **values, **tuples, "media_id": int(row["mediaId"])})


def item_of(title: CatalogueTitle) -> dict[str, Any]:
    """What lists show of a title, called as TMDB calls it."""
    return {
        "id": title.media_id,
        "media_type": title.media_type,
        "title": title.title,
        "original_title": title.original_title or title.title,
        "original_language": title.language,
        "overview": title.overview,
        "poster_path": title.poster_path,
        "backdrop_path": title.backdrop_path,
        "release_date": title.release_date,
        "genre_ids": list(title.genres),
        "vote_average": title.vote_average,
        "vote_count": title.vote_count,
        "popularity": title.popularity,
    }


def is_title(row: Mapping[str, Any]) -> bool:
    """Whether a row of the media cache is a title and not a chunk of a list."""
    return row["mediaType"] in MEDIA_TYPES and str(row["mediaId"]).isdecimal() and "title" in row
