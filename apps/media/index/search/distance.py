"""How many slips of the typist lie between two texts."""

from typing import Final


class Pattern:
    """A text that others are compared with, by optimal string alignment: a slip inserts, drops or replaces a letter,
    or swaps two neighbours.

    Hyyrö, A bit-vector algorithm for computing Levenshtein and Damerau edit distances, Nordic Journal of Computing
    10 (2003): a column of the table of distances is two whole numbers, and a letter of the other text costs a dozen
    operations on them, whatever the length of the pattern.
    """

    __slots__ = ("_all", "_last", "_places", "length", "text")

    def __init__(self, text: str) -> None:
        self.text: Final = text
        self.length: Final = len(text)
        self._all = (1 << len(text)) - 1
        self._last = 1 << len(text) >> 1
        self._places: dict[str, int] = {}
        for place, letter in enumerate(text):
            self._places[letter] = self._places.get(letter, 0) | 1 << place

    def distances(self, other: str) -> tuple[int, int, int]:
        """The distance to `other`; that to the prefix of `other` which is nearest; and that prefix's length.

        Of prefixes equally near, the longest counts: "the matrx" is "the matrix" without a letter rather than
        "the matr" with one too many.
        """
        everything, last, places = self._all, self._last, self._places
        rises, falls, diagonal, before = everything, 0, 0, 0
        distance = nearest = self.length
        end = 0
        for at, letter in enumerate(other, start=1):
            same = places.get(letter, 0)
            swapped = ((~diagonal & same) << 1) & before
            diagonal = ((((same & rises) + rises) ^ rises) | same | falls | swapped) & everything
            up = falls | (everything & ~(diagonal | rises))
            down = diagonal & rises
            if up & last:
                distance += 1
            elif down & last:
                distance -= 1
            if distance <= nearest:
                nearest, end = distance, at
            up = up << 1 | 1
            rises = (down << 1 | ~(diagonal | up)) & everything
            falls = up & diagonal
            before = same
        return distance, nearest, end

    def distance_within(self, other: str) -> int:
        """The distance to whatever stretch of `other` is nearest."""
        everything, last, places = self._all, self._last, self._places
        rises, falls, diagonal, before = everything, 0, 0, 0
        distance = nearest = self.length
        for letter in other:
            same = places.get(letter, 0)
            swapped = ((~diagonal & same) << 1) & before
            diagonal = ((((same & rises) + rises) ^ rises) | same | falls | swapped) & everything
            up = falls | (everything & ~(diagonal | rises))
            down = diagonal & rises
            if up & last:
                distance += 1
            elif down & last:
                distance -= 1
                nearest = min(nearest, distance)
            up <<= 1
            rises = (down << 1 | ~(diagonal | up)) & everything
            falls = up & diagonal
            before = same
        return nearest
