"""The questionnaire as the engine understands it: typed, and forgiving about what was stored."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from .titles import normalise
from .vocabulary import ABOVE_CEILING, CODE_TABLES, CONTENT_TYPES, DEAL_BREAKERS, canonical_genres

_FIELDS: Final[Mapping[str, str]] = {
    "moodPreferences": "mood_preferences",
    "watchingContext": "watching_context",
    "streamingPlatforms": "streaming_platforms",
    "watchingTime": "watching_time",
    "eraPreferences": "era_preferences",
    "languagePreferences": "language_preferences",
    "subgenrePreferences": "subgenre_preferences",
    "aestheticPreferences": "aesthetic_preferences",
    "storyStructurePreferences": "story_structure_preferences",
    "characterPreferences": "character_preferences",
    "maturityPreference": "maturity_preference",
    "criticalAcclaimPreferences": "critical_acclaim_preferences",
    "contentDiscoveryPreference": "content_discovery_preference",
    "viewingBehaviorPreference": "viewing_behavior_preference",
    "runtimePreference": "runtime_preference",
    "internationalContentPreference": "international_content_preference",
}

ContentType = Literal["movies", "tv", "both"]
Codes = tuple[str, ...]


@dataclass(frozen=True)
class Taste:
    """What a person told the questionnaire; the empty Taste says nothing."""

    favorite_genres: tuple[int, ...] = ()
    disliked_genres: tuple[int, ...] = ()
    genre_ratings: Mapping[int, float] = field(default_factory=dict)
    mood_preferences: Codes = ()
    watching_context: Codes = ()
    streaming_platforms: Codes = ()
    watching_time: Codes = ()
    era_preferences: Codes = ()
    language_preferences: Codes = ()
    subgenre_preferences: Codes = ()
    aesthetic_preferences: Codes = ()
    story_structure_preferences: Codes = ()
    character_preferences: Codes = ()
    maturity_preference: Codes = ()
    critical_acclaim_preferences: Codes = ()
    content_discovery_preference: Codes = ()
    viewing_behavior_preference: Codes = ()
    deal_breakers: Codes = ()
    content_type: ContentType = "both"
    runtime_preference: Codes = ()
    international_content_preference: Codes = ()
    favorite_content: tuple[str, ...] = ()
    favorite_actors: tuple[str, ...] = ()
    favorite_directors: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    min_rating: float | None = None
    max_rating: float | None = None
    release_year_start: int | None = None
    release_year_end: int | None = None

    @classmethod
    def from_preferences(cls, stored: Mapping[str, object]) -> "Taste":
        """The taste in a stored profile; unknown keys, unknown codes and unreadable values are passed over."""
        codes = {
            attribute: tuple(code for code in _texts(stored.get(name)) if code in CODE_TABLES[attribute])
            for name, attribute in _FIELDS.items()
        }
        people = stored.get("favoritePeople")
        people = people if isinstance(people, Mapping) else {}
        low, high = _in_order(_number(stored.get("minRating")), _number(stored.get("maxRating")))
        start, end = _in_order(_number(stored.get("releaseYearStart")), _number(stored.get("releaseYearEnd")))
        return cls(
            favorite_genres=_genres(stored.get("favoriteGenres")),
            disliked_genres=_genres(stored.get("dislikedGenres")),
            genre_ratings=_ratings(stored.get("genreRatings")),
            deal_breakers=tuple(c for c in _texts(stored.get("dealBreakers")) if c in DEAL_BREAKERS),
            content_type=_content_type(stored.get("contentType")),
            favorite_content=_texts(stored.get("favoriteContent"), split=True),
            favorite_actors=_names(people.get("actors")),
            favorite_directors=_names(people.get("directors")),
            keywords=_unique(k.casefold() for k in _texts(stored.get("keywords"), split=True)),
            min_rating=low,
            max_rating=high,
            release_year_start=None if start is None else int(start),
            release_year_end=None if end is None else int(end),
            **codes,
        )

    @property
    def maturity_ceiling(self) -> str | None:
        """The code that bounds what may be shown: the most permissive one chosen, or None for no bound."""
        if not self.maturity_preference or not set(self.maturity_preference) <= set(ABOVE_CEILING):
            return None
        return "teen" if "teen" in self.maturity_preference else "family"


def _texts(value: object, *, split: bool = False) -> tuple[str, ...]:
    """The distinct non-empty strings in a list, or in one string (at its commas, where `split`)."""
    if isinstance(value, str):
        value = value.split(",") if split else [value]
    if not isinstance(value, Iterable) or isinstance(value, (Mapping, bytes)):
        return ()
    return _unique(item.strip() for item in value if isinstance(item, str))


def _unique(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value))


def _names(value: object) -> tuple[str, ...]:
    return tuple(name for name in _texts(value, split=True) if normalise(name))


def _number(value: object) -> float | None:
    """A finite number, also from its text; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def _in_order(low: float | None, high: float | None) -> tuple[float | None, float | None]:
    """Bounds given the wrong way round are meant the right way round."""
    return (high, low) if low is not None and high is not None and low > high else (low, high)


def _genres(value: object) -> tuple[int, ...]:
    """Genre ids (numbers or their text) in the terms of films."""
    if isinstance(value, str):
        value = value.split(",")
    if not isinstance(value, Iterable) or isinstance(value, (Mapping, bytes)):
        return ()
    numbers = [number for number in map(_number, value) if number is not None]
    return tuple(dict.fromkeys(part for number in numbers for part in canonical_genres(int(number))))


def _ratings(value: object) -> dict[int, float]:
    """Ratings 1 to 10 by genre in the terms of films; where two ids mean one genre, the higher counts."""
    ratings: dict[int, float] = {}
    for name, rating in value.items() if isinstance(value, Mapping) else ():
        genre, points = _number(name), _number(rating)
        if genre is None or points is None or not 1 <= points <= 10:
            continue
        for part in canonical_genres(int(genre)):
            ratings[part] = max(points, ratings.get(part, 1.0))
    return ratings


def _content_type(value: object) -> ContentType:
    if isinstance(value, (list, tuple)) and len(value) == 1:
        value = value[0]
    if isinstance(value, str) and value in CONTENT_TYPES:
        return "movies" if value == "movies" else "tv"
    return "both"
