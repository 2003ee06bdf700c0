"""The index of the catalogue in memory: what every process answers search, filters and people from."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from math import inf
from time import time
from typing import Any, cast

from apps.media.index.discover import Discovery, Found, Wanted, in_order
from apps.media.index.errors import IndexDamaged
from apps.media.index.facts import Facts
from apps.media.index.file import opened
from apps.media.index.keys import key_of, place_of
from apps.media.index.orders import SORTS, Order
from apps.media.index.people import IndexedPerson, People
from apps.media.index.records import Records
from apps.media.index.search import Search
from apps.media.keeping import KEPT_SECONDS
from apps.media.titles import MEDIA_TYPES, TitleKey
from movierec.tables import little_endian, mask_of, small


class CatalogueIndex:
    """Titles by their places, from 0 to before `len`; places from there on are people, in the results of `search`.

    What it answers from is never changed, so threads may share it.
    """

    def __init__(self, parts: Mapping[str, memoryview], built_at: str) -> None:
        self.built_at = built_at
        self._numbers: Sequence[int] = little_endian("Q", parts["titles.numbers"])
        size = len(self._numbers)
        # When each title must not be shown any more, in seconds since 1970; 0 is never.
        self._expiries = small("Q", parts["titles.expiries"], size)
        self._first_expiry = min(filter(None, self._expiries), default=inf)
        # How many titles were over at the last look, and which.
        self._over_last = (0, 0)
        self._records = Records.read(parts, "records")
        if len(self._records) != size:
            raise ValueError(f"{len(self._records)} records of {size} titles")
        self._facts = Facts.read(parts, titles=size)
        self._people = People.read(parts, titles=size)
        self._discovery = Discovery.read(parts, self._facts, self._people, titles=size)
        self._orders = {sort: Order.read(parts, sort, titles=size) for sort in SORTS}
        self.search = Search.read(parts, documents=size + len(self._people))

    @classmethod
    def read(cls, content: bytes) -> CatalogueIndex:
        """The index that `build_index` made. Raises IndexDamaged for other bytes; the message says what to do."""
        file = opened(content)
        try:
            return cls(file.parts, file.built_at)
        except (KeyError, ValueError) as error:
            raise IndexDamaged(f"The index of the catalogue lacks a part or has a wrong one ({error}).") from error

    def __len__(self) -> int:
        return len(self._numbers)

    def place(self, key: TitleKey) -> int | None:
        """The place of a title, None where the index has none."""
        return place_of(self._numbers, key)

    def key(self, place: int) -> TitleKey:
        """The title at a place."""
        return key_of(self._numbers[place])

    def item(self, place: int, language: str) -> dict[str, Any]:
        """The title at a place as lists show it, with its name in `language` where that is known."""
        record = self._records[place]
        item = cast("dict[str, Any]", record["item"])
        return {**item, "title": record["titles"].get(language, item["title"])}

    def has_fact(self, place: int, fact: str) -> bool:
        """Whether the title at a place has a fact of `entries.facts_of`, such as `source:tmdb`."""
        return bool(self._facts.mask(fact) >> place & 1)

    def person(self, person_id: int) -> IndexedPerson | None:
        """Somebody by TMDB's number or ours, None where the index has none, or none of their titles may be shown."""
        row = self._people.find(person_id)
        found = None if row is None else self._with_kept(self._people[row])
        return found if found and found.credits else None

    def person_at(self, place: int) -> IndexedPerson:
        """The person at a place of `search`'s results that no title has."""
        return self._with_kept(self._people[place - len(self)])

    def _with_kept(self, person: IndexedPerson) -> IndexedPerson:
        return replace(person, credits=tuple(each for each in person.credits if self.is_kept(each.place)))

    def is_kept(self, place: int) -> bool:
        """Whether what is at a place may be shown still: what a source outside told is kept for a while only.

        A person goes with the last of their titles.
        """
        if place >= len(self):
            return self._first_expiry > time() or bool(self.person_at(place).credits)
        return not 0 < self._expiries[place] <= time()

    def discover(self, wanted: Wanted, *, start: int = 0, stop: int | None = None) -> Found:
        """The titles that meet all conditions, in the wanted order: how many, and the places from `start` to `stop`."""
        mask = self._matching(wanted)
        return Found(mask.bit_count(), in_order(mask, self._orders[wanted.sort], slice(start, stop)))

    def among(self, places: Iterable[int], wanted: Wanted) -> list[int]:
        """Those of the places, in their order, whose titles meet all conditions."""
        mask = self._matching(wanted)
        return [place for place in places if mask >> place & 1]

    def _matching(self, wanted: Wanted) -> int:
        mask = self._discovery.matching(wanted) & ~mask_of(self._excluded(wanted), len(self)) & ~self._over()
        return mask if wanted.told_before is None else mask & self._told_before(wanted.told_before)

    def _told_before(self, moment: float) -> int:
        number = bisect_left(self._by_expiry, moment + KEPT_SECONDS, key=self._expiries.__getitem__)
        return mask_of(self._by_expiry[:number], len(self))

    def _excluded(self, wanted: Wanted) -> Iterator[int]:
        for excluded in wanted.excluded:
            keys = [(media_type, excluded) for media_type in MEDIA_TYPES] if isinstance(excluded, int) else [excluded]
            yield from (place for key in keys if (place := self.place(key)) is not None)

    def _over(self) -> int:
        """The titles that may not be shown any more, as bits."""
        now = time()
        if now < self._first_expiry:
            return 0
        number = bisect_right(self._by_expiry, now, key=self._expiries.__getitem__)
        known, mask = self._over_last
        if number != known:
            mask = mask_of(self._by_expiry[:number], len(self))
            self._over_last = number, mask
        return mask

    @cached_property
    def _by_expiry(self) -> list[int]:
        """The titles that are kept for a while only, the first to go first; few processes live to see one go."""
        return sorted(filter(self._expiries.__getitem__, range(len(self))), key=self._expiries.__getitem__)
