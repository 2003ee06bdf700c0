"""Which titles the ready-made lists show, and in which order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import inf
from typing import Any, Final, NamedTuple, Protocol

from apps.media.keeping import kept_until
from apps.media.listings import ListType
from apps.media.titles import CatalogueTitle, Figures, TitleKey

Statistics = Mapping[TitleKey, Figures]

# Titles of other sources bring votes and popularity of their own, which ours do not replace.
SOURCES_WITHOUT_FIGURES: Final = frozenset({"demo", "movielens"})
# How long after its first day a title plays.
PLAYS: Final = timedelta(days=45)
# Hidden gems have this part of the votes that a rated title has on average, at least and at most.
_FEWEST_VOTES: Final = 1 / 20
_MOST_VOTES: Final = 1 / 2
_LITTLE_KNOWN: Final = 2
_UNDERRATED: Final = "underrated"


class Rated(Protocol):
    """What viewers' votes on a title say: their mean and their number."""

    @property
    def vote_average(self) -> float: ...

    @property
    def vote_count(self) -> int: ...


class Standing(NamedTuple):
    """How a title stands with viewers: mean of 0 to 10, votes, popularity, and popularity of late."""

    vote_average: float
    vote_count: int
    popularity: float
    trend: float


@dataclass(frozen=True, slots=True)
class Contender:
    """What decides where a title stands on lists, and `expires_at`, when it leaves them, in seconds since 1970.

    It is small: a rebuild keeps one of every title.
    """

    key: TitleKey
    standing: Standing
    release_date: str | None
    genres: tuple[int, ...]
    renown: int | None
    is_underrated: bool
    expires_at: int | None


def contender(title: CatalogueTitle, figures: Figures | None) -> Contender:
    """A title that stands as our viewers' `figures` say, or by those of its source where there are none."""
    return Contender(
        key=title.key,
        standing=_standing(title, figures),
        release_date=title.release_date,
        genres=title.genres,
        renown=title.renown,
        is_underrated=_UNDERRATED in title.acclaim,
        expires_at=kept_until(title.refreshed_at),
    )


def _standing(title: CatalogueTitle, figures: Figures | None) -> Standing:
    if figures is None:
        return Standing(title.vote_average, title.vote_count, title.popularity, title.popularity)
    return Standing(figures.vote_average, figures.vote_count, figures.likes, figures.recent_likes)


_SortKey = Callable[[Contender], tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class RatingScale:
    """What ratings are measured against: the votes of a rated title on average, and the mean of all votes."""

    votes: float
    mean: float

    @classmethod
    def of(cls, titles: Iterable[Rated]) -> RatingScale:
        """The scale of some titles; those without votes do not count."""
        rated = [title for title in titles if title.vote_count]
        votes = sum(title.vote_count for title in rated)
        total = sum(title.vote_average * title.vote_count for title in rated)
        return cls(votes / len(rated), total / votes) if rated else cls(0.0, 0.0)

    def weighted(self, title: Rated) -> float:
        """The Bayesian mean of a rated title's votes, as IMDb's Top 250 computes it: (v·R + m·C) / (v + m).

        R is the title's mean of v votes, C the mean of all votes; the prior weighs m votes, here the votes that a
        rated title has on average, so that a handful of enthusiasts does not outrank a crowd.
        """
        votes, mean = title.vote_count, title.vote_average
        return (votes * mean + self.votes * self.mean) / (votes + self.votes)


class Ranking:
    """Titles whose standing is compared with one another: films, series, or both."""

    def __init__(self, titles: Sequence[Contender], today: date) -> None:
        self._titles = titles
        self._scale = RatingScale.of(title.standing for title in titles)
        self._today = today.isoformat()
        self._plays_since = (today - PLAYS).isoformat()

    def ranked(self, list_type: ListType) -> list[Contender]:
        """The titles that belong on a list, in its order.

        Popular is liked most; trending is liked most of late; top rated has the highest weighted rating; what comes
        out next is soonest; hidden gems are rated above the mean of all votes and little known. Where two are level,
        and where nothing is known yet, the more popular and then the better known one comes first.
        """
        chosen, key = self._rules()[list_type]
        return sorted(filter(chosen, self._titles) if chosen else self._titles, key=key)

    def _rules(self) -> Mapping[ListType, tuple[Callable[[Contender], bool] | None, _SortKey]]:
        return {
            "popular": (None, _by_popularity),
            "trending": (None, _by_trend),
            "top_rated": (None, self._by_rating),
            "upcoming": (self._comes, lambda title: (_last_day(title), *_by_popularity(title))),
            "now_playing": (self._plays, _by_popularity),
            "hidden_gems": (self._is_gem, self._by_rating),
        }

    def _by_rating(self, title: Contender) -> tuple[Any, ...]:
        best_first = -self._scale.weighted(title.standing) if title.standing.vote_count else inf
        return best_first, *_by_popularity(title)

    def _comes(self, title: Contender) -> bool:
        """Whether it comes out after today; of a year alone, whether none of its days has come yet."""
        first_day = title.release_date or ""
        return first_day > (self._today if len(first_day) > 4 else self._today[:4])

    def _plays(self, title: Contender) -> bool:
        return self._plays_since <= (title.release_date or "") <= self._today

    def _is_gem(self, title: Contender) -> bool:
        standing = title.standing
        praised = standing.vote_average > self._scale.mean if standing.vote_count else title.is_underrated
        return praised and not self._comes(title) and self._is_little_known(title)

    def _is_little_known(self, title: Contender) -> bool:
        if title.is_underrated:
            return True
        if title.renown is not None:
            return title.renown <= _LITTLE_KNOWN
        return _FEWEST_VOTES * self._scale.votes <= title.standing.vote_count <= _MOST_VOTES * self._scale.votes


def _last_day(title: Contender) -> str:
    """The day it comes out, of a year alone the last one."""
    first_day = title.release_date or ""
    return first_day if len(first_day) > 4 else f"{first_day}-12-31"


def _by_popularity(title: Contender) -> tuple[Any, ...]:
    standing, (media_type, media_id) = title.standing, title.key
    return -standing.popularity, -standing.vote_count, -(title.renown or 0), media_id, media_type


def _by_trend(title: Contender) -> tuple[Any, ...]:
    return -title.standing.trend, *_by_popularity(title)
