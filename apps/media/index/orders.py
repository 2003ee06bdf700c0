"""In which orders titles are shown, and how well known each is."""

from __future__ import annotations

import unicodedata
from array import array
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import inf, log1p
from typing import Any, Final, Literal, TypeVar

from apps.media.index.entries import day_number
from apps.media.keeping import kept_until
from apps.media.ranking import RatingScale, Standing
from apps.media.titles import CatalogueTitle
from movierec.tables import Bytes, as_bytes, column_in_parts, index_code, small

N = TypeVar("N", int, float)

Sort = Literal["popularity", "rating", "votes", "newest", "oldest", "title", "runtime"]

SORTS: Final[tuple[Sort, ...]] = ("popularity", "rating", "votes", "newest", "oldest", "title", "runtime")
# The columns of a file and what their values are stored as; 0 is unknown.
COLUMNS: Final = {"days": "I", "runtimes": "H", "ratings": "H", "votes": "I"}
# Ratings are compared in thousandths, as TMDB writes them: whole numbers are exact.
RATING_STEPS: Final = 1000
_VOTES_SHARE: Final = 0.7
_RENOWN_SHARE: Final = 0.5
# What a column has room for.
_MOST_VOTES: Final = 2**32 - 1
_MOST_MINUTES: Final = 2**16 - 1
_MOST_RATING: Final = 10
_MOST_POPULARITY: Final = 1e9
_MOST_RENOWN: Final = 5


@dataclass(slots=True)
class FigureTable:
    """Gathers the numbers of titles that come in any order."""

    days: array[int] = field(default_factory=lambda: array("I"))
    runtimes: array[int] = field(default_factory=lambda: array("H"))
    ratings: array[float] = field(default_factory=lambda: array("d"))
    votes: array[int] = field(default_factory=lambda: array("I"))
    popularity: array[float] = field(default_factory=lambda: array("d"))
    renown: array[int] = field(default_factory=lambda: array("B"))
    expiries: array[int] = field(default_factory=lambda: array("Q"))
    titles: list[str] = field(default_factory=list)

    def add(self, title: CatalogueTitle) -> None:
        """Notes the numbers of a title."""
        self.days.append(day_number(title.release_date))
        self.runtimes.append(_bounded(title.runtime, _MOST_MINUTES))
        self.ratings.append(_bounded(title.vote_average, _MOST_RATING))
        self.votes.append(_bounded(title.vote_count, _MOST_VOTES))
        self.popularity.append(_bounded(title.popularity, _MOST_POPULARITY))
        self.renown.append(_bounded(title.renown, _MOST_RENOWN))
        self.expiries.append(kept_until(title.refreshed_at) or 0)
        self.titles.append(_collated(title.title))

    def year(self, i: int) -> int | None:
        """The year of title `i`, None where it is not known."""
        return self.days[i] // 10_000 or None

    def fame(self) -> list[float]:
        """How well known each title is, from 0 to 1, by votes and popularity; by renown where nobody voted."""
        votes = log1p(max(self.votes, default=0)) or 1.0
        popularity = log1p(max(self.popularity, default=0.0)) or 1.0
        return [
            _VOTES_SHARE * log1p(self.votes[i]) / votes + (1 - _VOTES_SHARE) * log1p(self.popularity[i]) / popularity
            if self.votes[i] or self.popularity[i]
            else _RENOWN_SHARE * self.renown[i] / _MOST_RENOWN
            for i in range(len(self.votes))
        ]

    def parts(self, numbers: Sequence[int]) -> dict[str, bytes]:
        """Columns and orders as parts of a file; `numbers` are those of the titles in the order of their places."""
        ratings = [round(self.ratings[i] * RATING_STEPS) if self.votes[i] else 0 for i in numbers]
        code = index_code(len(numbers))
        return {
            **_column("days", [self.days[i] for i in numbers]),
            **_column("runtimes", [self.runtimes[i] for i in numbers]),
            **_column("ratings", ratings),
            **_column("votes", [self.votes[i] for i in numbers]),
            "titles.expiries": as_bytes("Q", (self.expiries[i] for i in numbers)),
            **{f"order.{sort}": as_bytes(code, self._order(key, numbers)) for sort, key in self._keys().items()},
        }

    def _order(self, key: Callable[[int], Any], numbers: Sequence[int]) -> list[int]:
        """The places in the order of `key`, the more popular and better known first where two are level."""
        level = sorted(range(len(numbers)), key=lambda place: self._by_popularity(numbers[place]))
        return sorted(level, key=lambda place: key(numbers[place]))

    def _standing(self, i: int) -> Standing:
        return Standing(self.ratings[i], self.votes[i], self.popularity[i], self.popularity[i])

    def _by_popularity(self, i: int) -> tuple[float, ...]:
        return -self.popularity[i], -self.votes[i], -self.renown[i]

    def _keys(self) -> Mapping[Sort, Callable[[int], Any]]:
        """What is unknown stands at the end of every order."""
        scale = RatingScale.of(map(self._standing, range(len(self.votes))))
        return {
            "popularity": self._by_popularity,
            "rating": lambda i: -scale.weighted(self._standing(i)) if self.votes[i] else inf,
            "votes": lambda i: -self.votes[i],
            "newest": lambda i: -self.days[i],
            "oldest": lambda i: self.days[i] or inf,
            "title": self.titles.__getitem__,
            "runtime": lambda i: self.runtimes[i] or inf,
        }


class Order:
    """The places of all titles in one order."""

    def __init__(self, places: array[int]) -> None:
        self.places = places

    @classmethod
    def read(cls, parts: Mapping[str, Bytes], sort: Sort, *, titles: int) -> Order:
        """The order that `FigureTable` wrote. Raises ValueError unless it is as long as there are titles."""
        return cls(small(index_code(titles), parts[f"order.{sort}"], titles))

    @cached_property
    def ranks(self) -> array[int]:
        """Where each place stands; made at first use, since not every process is asked for every order."""
        ranks = array(self.places.typecode, bytes(len(self.places) * self.places.itemsize))
        for rank, place in enumerate(self.places):
            ranks[place] = rank
        return ranks


def _column(name: str, values: Sequence[int]) -> dict[str, bytes]:
    return column_in_parts(name, COLUMNS[name], values)


def _bounded(value: N | None, most: N) -> N | int:
    """A stored row may hold anything; one absurd number must not cost the whole index."""
    return min(max(value or 0, 0), most)


def _collated(title: str) -> str:
    """A title as it is sorted: without case and accents."""
    plain = unicodedata.normalize("NFKD", title.casefold())
    return "".join(character for character in plain if not unicodedata.combining(character))
