"""Who made which titles: a person's name, picture and titles, by their number."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from heapq import nlargest
from itertools import groupby
from math import log1p
from operator import or_
from typing import Final

from apps.media.index.blobs import Blobs, blobs_in_parts
from apps.media.people import local_person_id
from apps.media.titles import FullTitle
from movierec.tables import Bytes, Lists, as_bytes, encoded, lists_in_parts, little_endian

# Some 7 MB of the file. In 60,000 titles more people than these have a part, most of them a small one in one title.
MOST_PEOPLE: Final = 100_000
_CAST: Final = 1
_CREW: Final = 2
_KINDS: Final = 4
# Stands between a name and the path of a picture, and in neither.
_APART: Final = "\n"
# The part of a title's fame that a player has falls to a half at this place of the billing.
_HALF_BILLING: Final = 10


@dataclass(frozen=True, slots=True)
class IndexedCredit:
    """A title somebody had a part in, and whether as a player, as a maker, or both."""

    place: int
    cast: bool
    crew: bool


@dataclass(frozen=True, slots=True)
class IndexedPerson:
    """What the index knows of somebody; `credits` begin with the best known title."""

    person_id: int
    name: str
    profile_path: str | None
    credits: tuple[IndexedCredit, ...]


class People:
    """People in the order of their numbers."""

    def __init__(self, numbers: Sequence[int], facts: Blobs, titles: Lists, kinds: Blobs) -> None:
        if not len(numbers) == len(facts) == len(titles) == len(kinds):
            raise ValueError("the tables of people are not equally long")
        self._numbers = numbers
        self._facts = facts
        self._titles = titles
        self._kinds = kinds

    @classmethod
    def read(cls, parts: Mapping[str, Bytes], *, titles: int) -> People:
        """The people that `PeopleTable` wrote."""
        return cls(
            little_endian("Q", parts["people.numbers"]),
            Blobs.read(parts, "people.facts"),
            Lists.read(parts, "people.titles", things=titles),
            Blobs.read(parts, "people.kinds"),
        )

    def __len__(self) -> int:
        return len(self._numbers)

    def __getitem__(self, row: int) -> IndexedPerson:
        name, _, profile_path = str(self._facts[row], "utf-8", "surrogatepass").rpartition(_APART)
        parts = zip(self._titles[row], self._kinds[row], strict=True)
        credited = tuple(IndexedCredit(place, bool(kind & _CAST), bool(kind & _CREW)) for place, kind in parts)
        return IndexedPerson(self._numbers[row], name, profile_path or None, credited)

    def find(self, person_id: int) -> int | None:
        """The row of a person, None where the index has none."""
        row = bisect_left(self._numbers, person_id)
        return row if row < len(self) and self._numbers[row] == person_id else None

    def titles_of(self, person_id: int) -> Sequence[int]:
        """The places of a person's titles."""
        row = self.find(person_id)
        return () if row is None else self._titles[row]


@dataclass(frozen=True, slots=True)
class _Part:
    """Somebody's part in a title; players have their place in the billing, from 0."""

    person_id: int
    name: str
    profile_path: str | None
    kind: int
    billing: int = 0


class PeopleTable:
    """Gathers the people of titles that come in any order."""

    def __init__(self) -> None:
        self._rows: dict[int, int] = {}
        self._names: list[str] = []
        self._profiles: list[str | None] = []
        # A part each: whose, in which title, as what, and how far down the billing.
        self._who = array("I")
        self._titles = array("I")
        self._kinds = array("B")
        self._billings = array("B")

    def add(self, number: int, full: FullTitle) -> None:
        """Notes who made title `number`."""
        for part in _parts_of(full):
            row = self._rows.setdefault(part.person_id, len(self._names))
            if row == len(self._names):
                self._names.append(part.name)
                self._profiles.append(part.profile_path)
            elif self._profiles[row] is None:
                self._profiles[row] = part.profile_path
            self._who.append(row)
            self._titles.append(number)
            self._kinds.append(part.kind)
            self._billings.append(min(part.billing, 255))

    def finished(self, place_of: Sequence[int], fame: Sequence[float]) -> FinishedPeople:
        """The best known people; `place_of` and `fame` tell the place and the fame of each title's number."""
        weights = self._weights(fame)
        known = nlargest(MOST_PEOPLE, range(len(weights)), key=weights.__getitem__)
        numbers = {row: person_id for person_id, row in self._rows.items()}
        rows = sorted(known, key=numbers.__getitem__)
        titles, kinds = self._credits(rows, place_of, fame)
        most = log1p(max(weights, default=0.0)) or 1.0
        facts = [encoded(f"{self._names[row]}{_APART}{self._profiles[row] or ''}") for row in rows]
        return FinishedPeople(
            names=[self._names[row] for row in rows],
            fame=[log1p(weights[row]) / most for row in rows],
            parts={
                "people.numbers": as_bytes("Q", (numbers[row] for row in rows)),
                **blobs_in_parts("people.facts", facts),
                **lists_in_parts("people.titles", titles, things=len(place_of)),
                **blobs_in_parts("people.kinds", kinds),
            },
        )

    def _weights(self, fame: Sequence[float]) -> array[float]:
        """How well known everybody is: the fame of their titles, less of it for those further down the billing."""
        weights = array("d", bytes(8 * len(self._names)))
        for who, title, billing in zip(self._who, self._titles, self._billings, strict=True):
            weights[who] += fame[title] * _HALF_BILLING / (_HALF_BILLING + billing)
        return weights

    def _credits(
        self, rows: Sequence[int], place_of: Sequence[int], fame: Sequence[float]
    ) -> tuple[list[list[int]], list[bytes]]:
        """The places of the titles of each of `rows`, the best known first, and the kinds of their parts in them."""
        size = len(place_of)
        by_fame = sorted(range(size), key=lambda number: (-fame[number], place_of[number]))
        rank_of = array("I", bytes(4 * size))
        for rank, number in enumerate(by_fame):
            rank_of[number] = rank
        position = {row: i for i, row in enumerate(rows)}
        # A part as one number, which is sorted in a fraction of a tuple's time and room.
        parts = sorted(
            (position[who] * size + rank_of[title]) * _KINDS + kind
            for who, title, kind in zip(self._who, self._titles, self._kinds, strict=True)
            if who in position
        )
        titles: list[list[int]] = [[] for _ in rows]
        kinds: list[bytearray] = [bytearray() for _ in rows]
        for (i, rank), same in groupby(parts, key=lambda part: divmod(part // _KINDS, size)):
            titles[i].append(place_of[by_fame[rank]])
            kinds[i].append(reduce(or_, (part % _KINDS for part in same)))
        return titles, [bytes(each) for each in kinds]


@dataclass(frozen=True, slots=True)
class FinishedPeople:
    """People in the order of their numbers: names, fame from 0 to 1, and the parts of the file."""

    names: list[str]
    fame: list[float]
    parts: dict[str, bytes]


def _parts_of(full: FullTitle) -> Iterator[_Part]:
    """A source's own numbers where it tells them; elsewhere names are all there is."""
    details = full.details
    if details is not None and (details.cast or details.crew):
        for billing, each in enumerate(details.cast):
            yield _Part(each.person_id, each.name, each.profile_path, _CAST, billing)
        for each in details.crew:
            yield _Part(each.person_id, each.name, each.profile_path, _CREW)
        return
    for billing, name in enumerate(full.facts.cast):
        yield _Part(local_person_id(name), name, None, _CAST, billing)
    for name in full.facts.makers:
        yield _Part(local_person_id(name), name, None, _CREW)
