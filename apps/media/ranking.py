"""In which order the ready-made lists show titles."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from math import inf
from typing import Any, Final

from apps.media.listings import ListType
from apps.media.titles import CatalogueTitle, Figures, TitleKey

Statistics = Mapping[TitleKey, Figures]
_SortKey = Callable[[CatalogueTitle], tuple[Any, ...]]
_NOTHING: Final = Figures()


def figures_of(title: CatalogueTitle, statistics: Statistics) -> Figures:
    """A title's figures; zeros where nobody rated or liked it."""
    return statistics.get(title.key, _NOTHING)


def ranked(list_type: ListType, titles: Sequence[CatalogueTitle], statistics: Statistics) -> list[CatalogueTitle]:
    """`titles`, all of one media type, in the order of a list.

    Popular is liked most; trending is liked most of late; top rated has the highest weighted rating. Where two are
    level, and where nothing is known yet, the more popular and then the better known one comes first.
    """
    keys: Mapping[ListType, Callable[[], _SortKey]] = {
        "popular": lambda: lambda title: _by_popularity(title, statistics),
        "trending": lambda: lambda title: _by_trend(title, statistics),
        "top_rated": lambda: _by_rating(titles, statistics),
    }
    return sorted(titles, key=keys[list_type]())


def _by_popularity(title: CatalogueTitle, statistics: Statistics) -> tuple[Any, ...]:
    figures = figures_of(title, statistics)
    return -figures.likes, -figures.vote_count, -(title.renown or 0), title.media_id


def _by_trend(title: CatalogueTitle, statistics: Statistics) -> tuple[Any, ...]:
    return -figures_of(title, statistics).recent_likes, *_by_popularity(title, statistics)


def _by_rating(titles: Sequence[CatalogueTitle], statistics: Statistics) -> _SortKey:
    rating = weighted_rating(figures_of(title, statistics) for title in titles)

    def key(title: CatalogueTitle) -> tuple[Any, ...]:
        figures = figures_of(title, statistics)
        best_first = -rating(figures) if figures.vote_count else inf
        return best_first, *_by_popularity(title, statistics)

    return key


def weighted_rating(known: Iterable[Figures]) -> Callable[[Figures], float]:
    """The Bayesian mean of a title's votes, as IMDb's Top 250 computes it: (v·R + m·C) / (v + m).

    R is the title's mean of v votes, C the mean of all votes; the prior weighs m votes, here the votes that a rated
    title has on average, so that a handful of enthusiasts does not outrank a crowd.
    """
    rated = [figures for figures in known if figures.vote_count]
    votes = sum(figures.vote_count for figures in rated)
    prior = votes / len(rated) if rated else 0.0
    mean = sum(figures.vote_average * figures.vote_count for figures in rated) / votes if votes else 0.0

    def rating(figures: Figures) -> float:
        return (figures.vote_count * figures.vote_average + prior * mean) / (figures.vote_count + prior)

    return rating
