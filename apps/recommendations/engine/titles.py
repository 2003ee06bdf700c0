"""A title's facts, as the engine and the artifact hold them."""

import math
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any, Literal, cast

MediaType = Literal["movie", "tv"]
TitleKey = tuple[MediaType, int]

_YEAR = re.compile(r"(\d{4})")


@lru_cache(maxsize=65_536)
def normalise(text: str) -> str:
    """`text` as it is compared: no case, accents or punctuation, single spaces."""
    decomposed = unicodedata.normalize("NFKD", text)
    plain = "".join(character for character in decomposed if not unicodedata.combining(character))
    return " ".join("".join(c if c.isalnum() else " " for c in plain.casefold()).split())


@dataclass(frozen=True, slots=True)
class Title:
    """Facts for display, filters and content similarity; figures are 0 when unknown."""

    media_type: MediaType
    media_id: int
    title: str
    original_title: str | None
    overview: str
    poster_path: str | None
    backdrop_path: str | None
    release_date: str | None
    genres: tuple[int, ...]
    runtime: int | None
    language: str | None
    countries: tuple[str, ...]
    makers: tuple[str, ...]
    cast: tuple[str, ...]
    keywords: tuple[str, ...]
    certification: str | None
    acclaim: tuple[str, ...]
    services: tuple[str, ...]
    vote_average: float
    vote_count: int
    popularity: float

    @property
    def key(self) -> TitleKey:
        return (self.media_type, self.media_id)

    @property
    def year(self) -> int | None:
        """The year of release, or None when the date is absent or unreadable."""
        found = _YEAR.match(self.release_date or "")
        return int(found.group(1)) if found else None

    def to_json(self) -> dict[str, Any]:
        """The title as plain values; what is unknown or empty is left out."""
        values = ((field.name, getattr(self, field.name)) for field in fields(self))
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in values
            if value not in (None, (), "", 0) or name in ("media_id", "title")
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Title":
        """The title `to_json` wrote.

        Raises ValueError, KeyError or TypeError when `media_type`, `media_id` or `title` is absent or a
        value has a wrong type.
        """
        media_type = stored["media_type"]
        if media_type not in ("movie", "tv"):
            raise ValueError(f"media_type must be movie or tv, not {media_type!r}")
        return cls(
            media_type=cast(MediaType, media_type),
            media_id=int(stored["media_id"]),
            title=str(stored["title"]),
            original_title=stored.get("original_title"),
            overview=stored.get("overview", ""),
            poster_path=stored.get("poster_path"),
            backdrop_path=stored.get("backdrop_path"),
            release_date=stored.get("release_date"),
            genres=tuple(int(genre) for genre in stored.get("genres", ())),
            runtime=stored.get("runtime"),
            language=stored.get("language"),
            countries=tuple(stored.get("countries", ())),
            makers=tuple(stored.get("makers", ())),
            cast=tuple(stored.get("cast", ())),
            keywords=tuple(stored.get("keywords", ())),
            certification=stored.get("certification"),
            acclaim=tuple(stored.get("acclaim", ())),
            services=tuple(stored.get("services", ())),
            vote_average=finite(stored.get("vote_average", 0.0)),
            vote_count=int(stored.get("vote_count", 0)),
            popularity=finite(stored.get("popularity", 0.0)),
        )


def finite(value: float) -> float:
    """`value` as a float, or 0 where it is not a finite number."""
    number = float(value)
    return number if math.isfinite(number) else 0.0
