"""Which titles have a fact: sets of places as bits of whole numbers, made when they are asked for."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from movierec.tables import Bytes, Lists, Texts, encoded, keep, lists_in_parts, mask_of, texts_in_parts

# Of 60,000 titles a set is 7.5 KB.
_MOST_MASKS: Final = 512


class Facts:
    """Facts such as `genre:28`, and the titles that have each."""

    def __init__(self, names: Texts, places: Lists, size: int) -> None:
        if len(names) != len(places):
            raise ValueError(f"{len(names)} facts, and titles of {len(places)}")
        self._names = names
        self._places = places
        self._size = size
        self._masks: dict[str, int] = {}

    @classmethod
    def read(cls, parts: Mapping[str, Bytes], *, titles: int) -> Facts:
        """The facts that `FactTable` wrote."""
        return cls(Texts.read(parts, "facts.names"), Lists.read(parts, "facts.titles", things=titles), titles)

    def mask(self, fact: str) -> int:
        """The titles with `fact`; none where nobody has it."""
        known = self._masks.get(fact)
        if known is not None:
            return known
        place = self._names.find(fact)
        # What is unknown is not kept: anybody can ask for anything.
        return 0 if place is None else keep(self._masks, fact, self._mask(place), most=_MOST_MASKS)

    def _mask(self, place: int) -> int:
        return mask_of(self._places[place], self._size)


class FactTable:
    """Gathers the facts of titles that come in any order."""

    def __init__(self) -> None:
        self._titles: dict[str, array[int]] = {}

    def add(self, number: int, facts: Iterable[str]) -> None:
        """Notes the facts of title `number`."""
        for fact in set(facts):
            self._titles.setdefault(fact, array("I")).append(number)

    def parts(self, place_of: Sequence[int]) -> dict[str, bytes]:
        """The facts as parts of a file; `place_of` tells the place of each number."""
        names = sorted(self._titles, key=encoded)
        places = [sorted(place_of[number] for number in self._titles[name]) for name in names]
        return {**texts_in_parts("facts.names", names), **lists_in_parts("facts.titles", places, things=len(place_of))}
