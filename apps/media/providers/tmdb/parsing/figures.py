"""What TMDB's figures say of a title: how well known it is, and which kinds of acclaim it has.

The bounds are ours. Series get fewer votes at TMDB than films, and kinder ones.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from apps.media.titles import MediaType


@dataclass(frozen=True, slots=True)
class _Bounds:
    """Votes from which a title is of renown 2, 3, 4 and 5; the least mean and the votes of both kinds of praise."""

    renown: tuple[int, int, int, int]
    acclaimed: float
    acclaimed_votes: int
    underrated: float
    underrated_votes: range


_BOUNDS: Final[Mapping[MediaType, _Bounds]] = {
    "movie": _Bounds(
        renown=(75, 500, 2_500, 10_000),
        acclaimed=7.5,
        acclaimed_votes=500,
        underrated=7.2,
        underrated_votes=range(50, 1_500),
    ),
    "tv": _Bounds(
        renown=(30, 200, 1_000, 4_000),
        acclaimed=8.1,
        acclaimed_votes=200,
        underrated=7.8,
        underrated_votes=range(20, 400),
    ),
}
_BLOCKBUSTER_REVENUE: Final = 200_000_000  # US dollars
_CULT: Final = frozenset({"cult classic", "cult film", "cult movie", "midnight movie"})


def renown(media_type: MediaType, votes: int) -> int | None:
    """How well known a title is, 1 to 5, by the number of its votes; None without any."""
    return 1 + sum(votes >= bound for bound in _BOUNDS[media_type].renown) if votes else None


def acclaim(
    media_type: MediaType, *, average: float, votes: int, revenue: int = 0, keywords: Collection[str] = ()
) -> tuple[str, ...]:
    """The questionnaire's codes of acclaim that hold. TMDB does not know of awards."""
    bounds = _BOUNDS[media_type]
    held = {
        "criticallyAcclaimed": average >= bounds.acclaimed and votes >= bounds.acclaimed_votes,
        "cultClassic": not _CULT.isdisjoint(keywords),
        "underrated": average >= bounds.underrated and votes in bounds.underrated_votes,
        "blockbuster": revenue >= _BLOCKBUSTER_REVENUE,
    }
    return tuple(code for code, holds in held.items() if holds)
