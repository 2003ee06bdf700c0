"""Which lists each schedule asks its source for.

TMDB knows no prizes. Award winners are taken to be what many people voted on and hold in high esteem: of those with
some thousand votes the best rated, beside TMDB's own list of the top rated. Hidden gems are rated as well by few.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from apps.media.genres import GENRES
from apps.media.listings import LISTED_TYPES, ListedType, ListType
from apps.media.sync.schedules import Schedule
from apps.media.titles import MEDIA_TYPES, MediaType

# Drawn from everywhere, and liked by most: what people of any taste are likely to be shown.
DISCOVERED_GENRES: Final[Mapping[MediaType, tuple[int, ...]]] = {
    "movie": (28, 35, 18, 878, 53),
    "tv": (10759, 35, 18, 10765, 80),
}
# Series get fewer votes than films.
_GEM_VOTES: Final[Mapping[MediaType, tuple[int, int]]] = {"movie": (150, 1_500), "tv": (60, 600)}
_AWARD_VOTES: Final[Mapping[MediaType, int]] = {"movie": 3_000, "tv": 1_000}


@dataclass(frozen=True, slots=True)
class SourceList:
    """A list to ask for: its name in records, the path at the source, and how many pages.

    `kept_as` names the ready-made list whose order it gives, None where only its titles count.
    """

    name: str
    path: str
    pages: int
    parameters: Mapping[str, str] = field(default_factory=dict)
    kept_as: tuple[ListType, ListedType] | None = None


def lists_of(schedule: Schedule, today: date) -> list[SourceList]:
    """The lists of a schedule, in the order in which they are asked for; none for one that takes the daily export."""
    if schedule.name == "daily":
        return list(_daily())
    return list(_weekly(today)) if schedule.name == "weekly" else []


def _daily() -> Iterator[SourceList]:
    for kind in MEDIA_TYPES:
        yield SourceList(f"popular {kind}", f"{kind}/popular", 2, kept_as=("popular", kind))
    for each in LISTED_TYPES:
        yield SourceList(f"trending {each}", f"trending/{each}/week", 1, kept_as=("trending", each))


def _weekly(today: date) -> Iterator[SourceList]:
    for kind in MEDIA_TYPES:
        yield SourceList(f"top rated {kind}", f"{kind}/top_rated", 3, kept_as=("top_rated", kind))
        yield _discovered(f"award winners {kind}", kind, 3, _best(7.5, _AWARD_VOTES[kind], None))
        least, most = _GEM_VOTES[kind]
        yield _discovered(f"hidden gems {kind}", kind, 3, _best(7.0, least, most), kept_as=("hidden_gems", kind))
        for genre in DISCOVERED_GENRES[kind]:
            name = f"{GENRES[kind][genre]} {kind}"
            yield _discovered(name, kind, 2, {"sort_by": "popularity.desc", "with_genres": str(genre)})
    yield SourceList("upcoming movie", "movie/upcoming", 2, kept_as=("upcoming", "movie"))
    # TMDB has no list of series to come.
    to_come = {"sort_by": "popularity.desc", "first_air_date.gte": today.isoformat()}
    yield _discovered("upcoming tv", "tv", 2, to_come, kept_as=("upcoming", "tv"))
    yield SourceList("now playing movie", "movie/now_playing", 2, kept_as=("now_playing", "movie"))
    yield SourceList("now playing tv", "tv/on_the_air", 2, kept_as=("now_playing", "tv"))


def _discovered(
    name: str,
    kind: MediaType,
    pages: int,
    parameters: Mapping[str, str],
    *,
    kept_as: tuple[ListType, MediaType] | None = None,
) -> SourceList:
    return SourceList(name, f"discover/{kind}", pages, {"include_adult": "false", **parameters}, kept_as)


def _best(rating: float, least_votes: int, most_votes: int | None) -> dict[str, str]:
    """The best rated of at least `rating` with so many votes, as parameters of discover."""
    bounds = {"vote_average.gte": str(rating), "vote_count.gte": str(least_votes)}
    most = {} if most_votes is None else {"vote_count.lte": str(most_votes)}
    return {"sort_by": "vote_average.desc", **bounds, **most}
