"""Which titles meet a set of conditions, as operations on whole bitmaps.

A condition leaves only titles that are known to meet it: "at most 90 minutes" leaves out a title of unknown length, and
"without horror" keeps a title of which no genre is known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import reduce
from itertools import compress, islice
from operator import or_
from typing import Final, Literal

from apps.media.index.entries import folded
from apps.media.index.facts import Facts
from apps.media.index.orders import COLUMNS, Order, Sort
from apps.media.index.people import People
from apps.media.streaming import HOME_REGION
from apps.media.titles import TitleKey
from movierec.tables import Bytes, Column, flags_of, mask_of

WantedType = Literal["movie", "tv", "both"]
Bounds = tuple[int | None, int | None]

# Where fewer than one title in so many is left, sorting these is quicker than walking the whole order.
_FEW: Final = 24


@dataclass(frozen=True, slots=True)
class Terms:
    """Values of which a title must have each (`every`), or one at least; no values ask for nothing."""

    values: tuple[str, ...] = ()
    every: bool = True


@dataclass(frozen=True, slots=True)
class Wanted:
    """Conditions that all must hold, and the order of what is left.

    `released` are days such as 19990331, `rating` thousandths, `runtime` minutes; both ends are included, None is no
    bound. `providers` are TMDB's numbers or codes such as "netflix"; they and `certifications` are those of `region`.
    `keywords` are names or TMDB's numbers, `sources` such as "tmdb". `told_before`, in seconds since 1970, keeps titles
    of which a source outside last told before. `excluded` are titles to leave out: keys, or ids of whichever type.
    """

    media_type: WantedType = "both"
    sort: Sort = "popularity"
    genres: Terms = Terms()
    without_genres: tuple[str, ...] = ()
    keywords: Terms = Terms()
    without_keywords: tuple[str, ...] = ()
    people: Terms = Terms()
    languages: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    region: str = HOME_REGION
    providers: tuple[str, ...] = ()
    certifications: tuple[str, ...] = ()
    released: Bounds = (None, None)
    rating: Bounds = (None, None)
    runtime: Bounds = (None, None)
    votes: int | None = None
    sources: tuple[str, ...] = ()
    told_before: float | None = None
    excluded: frozenset[int | TitleKey] = frozenset()


@dataclass(frozen=True, slots=True)
class Found:
    """How many titles meet the conditions, and the places of those that were asked for, in order."""

    total: int
    places: list[int]


class Discovery:
    """Facts, people and columns of `size` titles, ready to be asked."""

    def __init__(self, facts: Facts, people: People, columns: Mapping[str, Column], size: int) -> None:
        self._facts = facts
        self._people = people
        self._columns = columns
        self._size = size

    @classmethod
    def read(cls, parts: Mapping[str, Bytes], facts: Facts, people: People, *, titles: int) -> Discovery:
        """The columns of a file beside its facts and people."""
        columns = {name: Column.read(parts, name, code=code, titles=titles) for name, code in COLUMNS.items()}
        return cls(facts, people, columns, titles)

    def matching(self, wanted: Wanted) -> int:
        """The titles that meet all conditions but `excluded`, as bits."""
        mask = (1 << self._size) - 1
        for condition in self._conditions(wanted):
            mask &= condition
        for unwanted in (*map(self._genre, wanted.without_genres), *map(self._keyword, wanted.without_keywords)):
            mask &= ~unwanted
        return mask

    def _conditions(self, wanted: Wanted) -> Iterator[int]:
        if wanted.media_type != "both":
            yield self._facts.mask(f"type:{wanted.media_type}")
        yield from _each_or_any(wanted.genres, self._genre)
        yield from _each_or_any(wanted.keywords, self._keyword)
        yield from _each_or_any(wanted.people, self._person)
        yield from self._alternatives(wanted)
        yield from self._within(wanted)

    def _alternatives(self, wanted: Wanted) -> Iterator[int]:
        """One of several values is enough."""
        kinds = {
            "language:": wanted.languages,
            "country:": wanted.countries,
            "source:": wanted.sources,
            f"stream:{wanted.region}/": wanted.providers,
            f"certification:{wanted.region}/": tuple(map(folded, wanted.certifications)),
        }
        for kind, values in kinds.items():
            if values:
                yield _any(self._facts.mask(f"{kind}{value}") for value in values)

    def _within(self, wanted: Wanted) -> Iterator[int]:
        bounds = {
            "days": wanted.released,
            "ratings": wanted.rating,
            "runtimes": wanted.runtime,
            "votes": (wanted.votes, None),
        }
        for name, (low, high) in bounds.items():
            if low is not None or high is not None:
                yield self._columns[name].within(low, high)

    def _genre(self, genre: str) -> int:
        return self._facts.mask(f"genre:{genre}")

    def _keyword(self, keyword: str) -> int:
        return self._facts.mask(f"keyword:{folded(keyword)}") | self._facts.mask(f"keyword-id:{keyword}")

    def _person(self, person_id: str) -> int:
        return mask_of(self._people.titles_of(int(person_id)), self._size)


def in_order(mask: int, order: Order, wanted: slice) -> list[int]:
    """Those of the places in `mask` that stand at `wanted` (start and stop) in the order."""
    flags = flags_of(mask, len(order.places))
    if mask.bit_count() * _FEW < len(flags):
        few = compress(range(len(flags)), flags)
        return sorted(few, key=order.ranks.__getitem__)[wanted]
    return list(islice(compress(order.places, map(flags.__getitem__, order.places)), wanted.start, wanted.stop))


def _each_or_any(terms: Terms, mask: Callable[[str], int]) -> Iterator[int]:
    masks = map(mask, terms.values)
    if terms.every:
        yield from masks
    elif terms.values:
        yield _any(masks)


def _any(masks: Iterable[int]) -> int:
    return reduce(or_, masks, 0)
