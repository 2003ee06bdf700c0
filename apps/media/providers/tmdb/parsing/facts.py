"""The facts of a title that lists and details tell alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from apps.media.genres import GENRES
from apps.media.providers.tmdb.parsing.figures import acclaim, renown
from apps.media.providers.tmdb.parsing.readers import (
    LONGEST_OVERVIEW,
    LONGEST_TITLE,
    Body,
    countries,
    country,
    day,
    flag,
    image,
    language,
    mappings,
    number,
    text,
    title_identifier,
    whole,
)
from apps.media.titles import CatalogueTitle, MediaType

SOURCE: Final = "tmdb"
_MOST_VOTES: Final = 10**9
_MOST_POPULARITY: Final = 10**6
_MOST_COUNTRIES: Final = 10
_MOST_GENRES: Final = 10


@dataclass(frozen=True, slots=True)
class _Fields:
    """What TMDB calls the fields that films and series name differently."""

    title: str
    original_title: str
    release_date: str


_FIELDS: Final = {
    "movie": _Fields("title", "original_title", "release_date"),
    "tv": _Fields("name", "original_name", "first_air_date"),
}


def withheld(entry: Body) -> bool:
    """Whether an entry is for adults only by either of TMDB's marks; pages that are open to all do not list it."""
    return flag(entry.get("adult")) or flag(entry.get("softcore"))


def facts_of(media_type: MediaType, body: Body, refreshed_at: str | None) -> CatalogueTitle | None:
    """The title of an entry of a list, or of a body of details, by what both have; None without a number or a name."""
    names = _FIELDS[media_type]
    media_id = title_identifier(body.get("id"))
    original = text(body.get(names.original_title), LONGEST_TITLE)
    title = text(body.get(names.title), LONGEST_TITLE) or original
    if media_id is None or not title:
        return None
    average = number(body.get("vote_average"), most=10) or 0.0
    votes = whole(body.get("vote_count"), most=_MOST_VOTES) or 0
    return CatalogueTitle(
        media_type=media_type,
        media_id=media_id,
        title=title,
        source=SOURCE,
        original_title=original or None,
        release_date=day(body.get(names.release_date)),
        genres=_genres(media_type, body),
        language=language(body.get("original_language")),
        countries=_countries(body),
        acclaim=acclaim(media_type, average=average, votes=votes),
        renown=renown(media_type, votes),
        overview=text(body.get("overview"), LONGEST_OVERVIEW),
        poster_path=image(body.get("poster_path")),
        backdrop_path=image(body.get("backdrop_path")),
        vote_average=average,
        vote_count=votes,
        popularity=number(body.get("popularity"), most=_MOST_POPULARITY) or 0.0,
        refreshed_at=refreshed_at,
    )


def _genres(media_type: MediaType, body: Body) -> tuple[int, ...]:
    """The genres that TMDB has for this type: lists tell their numbers, details objects with names."""
    told = [entry.get("id") for entry in mappings(body.get("genres"))] or body.get("genre_ids")
    numbers = map(whole, told) if isinstance(told, list) else ()
    known = dict.fromkeys(genre for genre in numbers if genre in GENRES[media_type])
    return tuple(genre for genre in known if genre is not None)[:_MOST_GENRES]


def _countries(body: Body) -> tuple[str, ...]:
    """Where the title is from; TMDB's older details of films tell only where it was produced."""
    produced = (country(entry.get("iso_3166_1")) for entry in mappings(body.get("production_countries")))
    origin = countries(body.get("origin_country")) or dict.fromkeys(code for code in produced if code)
    return tuple(origin)[:_MOST_COUNTRIES]
