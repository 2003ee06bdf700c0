"""How well known and how well liked each title is, before anything is known of the person."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, median
from typing import Final

from .titles import Title

FAMOUS: Final = "standing:famous"
WELL_KNOWN: Final = "standing:known"
TRENDING: Final = "standing:trending"
PRAISED: Final = "standing:praised"
GEM: Final = "standing:gem"

_FAMOUS_SHARE = 0.05
_TRENDING_SHARE = 0.05
_PRAISED_SHARE = 0.10
_GEM_QUALITY_SHARE = 0.25
_GEM_FAME_SHARE = 0.30
_LEAST_SPREAD = 0.3  # below it differences are chance: a third more votes, a third of a point
_LIMIT = 4.0  # standard deviations: one runaway success must not drown everything else


@dataclass(frozen=True, slots=True)
class Standing:
    """Fame and quality as z-scores, one per title, and the titles that stand out by them."""

    fame: Sequence[float]
    quality: Sequence[float]
    trending: frozenset[int]
    praised: frozenset[int]
    lately: bool  # trending rests on recent likes, not on the catalogue's popularity


@dataclass(frozen=True, slots=True)
class Ranks:
    """Fame and quality of each title, and which titles have the facts `standing:*`."""

    fame: Sequence[float]
    quality: Sequence[float]
    marks: Mapping[str, frozenset[int]]


def ranks(titles: Sequence[Title], likes: Sequence[float], recent: Sequence[float]) -> Ranks:
    """The standing of `titles`, given counts of likes and of recent likes (all 0 in an untrained model).

    Fame is the logarithm of likes, with the catalogue's own popularity as pseudo-counts that amount to one like a
    title on average: they decide where nobody has liked anything yet and fade as likes come in.
    """
    pseudo = _catalogue_share(titles)
    fame = _z_scores([math.log1p(count + extra) for count, extra in zip(likes, pseudo, strict=True)])
    quality = _z_scores(_bayesian_ratings(titles))
    current = recent if any(recent) else [title.popularity for title in titles]
    by_fame = _best_first(fame)
    by_quality = [i for i in _best_first(quality) if titles[i].vote_average > 0]
    known = [i for i in by_fame if fame[i] > 0]  # nobody is famous where all are equal
    well_known = frozenset(known[: _share(by_fame, _GEM_FAME_SHARE)])
    admired = by_quality[: _share(by_quality, _GEM_QUALITY_SHARE)]
    return Ranks(
        fame=fame,
        quality=quality,
        marks={
            FAMOUS: frozenset(known[: _share(by_fame, _FAMOUS_SHARE)]),
            WELL_KNOWN: well_known,
            TRENDING: frozenset(i for i in _best_first(current)[: _share(current, _TRENDING_SHARE)] if current[i] > 0),
            PRAISED: frozenset(by_quality[: _share(by_quality, _PRAISED_SHARE)]),
            GEM: frozenset(i for i in admired if i not in well_known),
        },
    )


def _catalogue_share(titles: Sequence[Title]) -> list[float]:
    """Each title's part of the catalogue's popularity and votes, scaled to a mean of 1 (0 when all unknown)."""
    shares = [0.0] * len(titles)
    measures: tuple[Callable[[Title], float], ...] = (lambda t: t.popularity, lambda t: float(t.vote_count))
    for measure in measures:
        values = [max(0.0, measure(title)) for title in titles]
        total = sum(values)
        if total > 0:
            scale = len(titles) / (len(measures) * total)
            shares = [share + value * scale for share, value in zip(shares, values, strict=True)]
    return shares


def _bayesian_ratings(titles: Sequence[Title]) -> list[float]:
    """Vote averages drawn to the mean of all, the more so the fewer the votes; the mean where unknown."""
    rated = [title for title in titles if title.vote_average > 0]
    if not rated:
        return [0.0] * len(titles)
    mean = fmean(title.vote_average for title in rated)
    inertia = max(1.0, median(title.vote_count for title in rated))
    return [
        (title.vote_average * title.vote_count + mean * inertia) / (title.vote_count + inertia)
        if title.vote_average > 0
        else mean
        for title in titles
    ]


def _z_scores(values: Sequence[float]) -> list[float]:
    if not values:
        return []
    mean = fmean(values)
    spread = max(_LEAST_SPREAD, math.sqrt(fmean((value - mean) ** 2 for value in values)))
    return [max(-_LIMIT, min(_LIMIT, (value - mean) / spread)) for value in values]


def _best_first(values: Sequence[float]) -> list[int]:
    return sorted(range(len(values)), key=values.__getitem__, reverse=True)


def _share(ranked: Sequence[float], share: float) -> int:
    return math.ceil(len(ranked) * share)
