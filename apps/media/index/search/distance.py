"""How many slips of the typist lie between two texts."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from math import inf
from typing import Final

# Texts are compared at once with those of about their length: the longest text takes the time of all.
_LANES_UP_TO: Final = (16, 32, 64)


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

    def distances_within(self, others: Sequence[str]) -> list[int]:
        """For each of `others`, the distance to whatever stretch of it is nearest.

        All are compared at once: each has a lane of a few bytes in the whole numbers of a column, so that a letter of
        each costs some operations on numbers of a few hundred bytes.
        """
        order = sorted(range(len(others)), key=lambda place: len(others[place]))
        nearest = [self.length] * len(others)
        start = 0
        for longest in (*_LANES_UP_TO, inf):
            end = bisect_right(order, longest, lo=start, key=lambda place: len(others[place]))
            if start < end:
                for place, distance in zip(
                    order[start:end], self._in_lanes([others[place] for place in order[start:end]]), strict=True
                ):
                    nearest[place] = distance
            start = end
        return nearest

    def _in_lanes(self, others: Sequence[str]) -> bytes:
        """The distances of `distances_within`; shorter texts are filled up with a letter that the pattern lacks."""
        length, lanes = self.length, len(others)
        if not length:
            return bytes(lanes)
        width = length // 8 + 1
        ones = int.from_bytes((b"\1" + bytes(width - 1)) * lanes, "little")
        everything, top = ones * self._all, 8 * width - 1
        half = ones * ((1 << top) - 1)
        nearest, above = ones * length, 0
        rises, falls, diagonal, before = everything, 0, 0, 0
        for same in self._places_in_lanes(others, width):
            swapped = (((everything ^ diagonal) & same) << 1) & before
            diagonal = ((((same & rises) + rises) ^ rises) | same | falls | swapped) & everything
            up = falls | (everything ^ (diagonal | rises))
            down = diagonal & rises
            lower = (down >> length - 1) & ones
            # Where the distance is the nearest so far, one less is a new nearest.
            fewer = lower & ~((above + half) >> top)
            nearest -= fewer
            above += ((up >> length - 1) & ones) - (lower ^ fewer)
            up <<= 1
            rises = (down << 1 | everything ^ (diagonal | up) & everything) & everything
            falls = up & diagonal
            before = same
        return nearest.to_bytes(width * lanes, "little")[::width]

    def _places_in_lanes(self, others: Sequence[str], width: int) -> Iterator[int]:
        """For the first letter of each text, then for the second and so on: where the pattern has it, in lanes."""
        tables, codes = self._translation(width)
        longest = max(map(len, others))
        joined = "".join(other.ljust(longest, "\0") for other in others)
        content = bytes(codes.get(letter, 0) for letter in joined) if codes else joined.encode("ascii", "replace")
        column = bytearray(width * len(others))
        for at in range(longest):
            letters = content[at::longest]
            for byte, table in enumerate(tables):
                column[byte::width] = letters.translate(table)
            yield int.from_bytes(column, "little")

    def _translation(self, width: int) -> tuple[list[bytes], dict[str, int]]:
        """For each byte of a lane what letters become in it, and the codes of letters, where ASCII is not enough."""
        codes = {} if self.text.isascii() else {letter: code for code, letter in enumerate(self._places, start=1)}
        tables = [bytearray(256) for _ in range(width)]
        for letter, places in self._places.items():
            for byte, table in enumerate(tables):
                table[codes.get(letter) or ord(letter)] = places >> 8 * byte & 0xFF
        return [bytes(table) for table in tables], codes
