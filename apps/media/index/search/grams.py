"""Which names share the most pairs of letters with a query.

A bitmap for each pair of letters says which names have it; names are in the order of fame, so the lowest bits are the
best known. How many pairs of the query each name has is added up for all names at once, as a column of binary digits
(the vertical counters of bit-sliced indexes: O'Neil and Quass, SIGMOD 1997): a pair costs some operations on whole
bitmaps, which take a few microseconds over a hundred thousand names, however many names have it. Counting a pair in
lists of names would cost a thousand times as much for the common pairs.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from itertools import compress, islice, pairwise
from typing import Final

from movierec.tables import (
    Bytes,
    Column,
    Lists,
    Texts,
    as_bytes,
    column_in_parts,
    encoded,
    keep,
    lists_in_parts,
    little_endian,
    mask_of,
    texts_in_parts,
)

LONGEST_COUNTED: Final = 255
_MOST_GRAMS: Final = 48
_LETTERS_COUNT_UP_TO: Final = 9  # in longer names most letters are in most names
_DENSE: Final = 256  # a pair that one name of so many has is a bitmap, a rarer one a list
_MOST_KEPT: Final = 512


def pairs_of(core: str) -> set[str]:
    """The pairs of letters of a name: in words, at their ends, and where two words meet."""
    padded = f" {core} "
    pairs = {padded[at : at + 2] for at in range(len(padded) - 1)}
    words = core.split()
    pairs.update(one[-1] + other[0] for one, other in pairwise(words))
    return pairs


def letters_of(core: str) -> set[str]:
    """The letters and digits of a name, where they are few enough for a bitmap each."""
    return {letter for letter in core if letter.isascii() and letter != " "}


class _Bitmaps:
    """A bitmap over the names for each of some grams."""

    def __init__(self, grams: Iterable[int], content: Bytes, names: int) -> None:
        self._slots = {gram: slot for slot, gram in enumerate(grams)}
        self._content = content
        self._width = _width(names)
        if len(content) != len(self._slots) * self._width:
            raise ValueError(f"{len(content)} bytes are not {len(self._slots)} bitmaps of {names} names")

    def get(self, gram: int) -> int | None:
        """The bitmap of `gram`, or None where it has none."""
        slot = self._slots.get(gram)
        if slot is None:
            return None
        return int.from_bytes(self._content[slot * self._width : (slot + 1) * self._width], "little")

    def check(self, grams: int, names: int) -> None:
        """Raises ValueError unless the bitmaps are of `grams` and point at `names`."""
        if any(gram >= grams or (self.get(gram) or 0) >> names for gram in self._slots):
            raise ValueError("a bitmap is of no gram, or points beyond the names")


class Grams:
    """The pairs and letters of so many names, in the order of fame."""

    def __init__(self, texts: Texts, sparse: Lists, dense: _Bitmaps, lengths: Column) -> None:
        self._texts = texts
        self._sparse = sparse
        self._dense = dense
        self._lengths = lengths
        self._kept: dict[str, int] = {}

    @classmethod
    def read(cls, parts: Mapping[str, Bytes], name: str, *, names: int) -> "Grams":
        """The table that `grams_in_parts` wrote."""
        return cls(
            Texts.read(parts, f"{name}.texts"),
            Lists.read(parts, f"{name}.sparse", things=names),
            _Bitmaps(little_endian("I", parts[f"{name}.dense"]), parts[f"{name}.bitmaps"], names),
            Column.read(parts, f"{name}.lengths", code="B", titles=names),
        )

    def nearest(self, core: str, *, low: int, high: int, most: int) -> list[int]:
        """At most `most` names that share most pairs with `core`, and as many among those of `low` to `high` letters.

        Where more are level, the best known ones.
        """
        wanted = self._known(sorted(pairs_of(core)))
        if len(core) <= _LETTERS_COUNT_UP_TO:
            wanted += self._known(sorted(letters_of(core)))
        if not wanted:
            return []
        digits = _added(wanted)
        found = _best(digits, len(wanted), -1, most)
        alike = _best(digits, len(wanted), self._lengths.within(low, high), most)
        return list(dict.fromkeys(found + alike))

    def _known(self, grams: Iterable[str]) -> list[int]:
        """The bitmaps of those pairs that some name has, at most so many."""
        masks = (self._mask(gram) for gram in grams)
        return list(islice((mask for mask in masks if mask), _MOST_GRAMS))

    def _mask(self, gram: str) -> int:
        kept = self._kept.get(gram)
        return keep(self._kept, gram, self._read(gram), most=_MOST_KEPT) if kept is None else kept

    def _read(self, gram: str) -> int:
        place = self._texts.find(gram)
        if place is None:
            return 0
        mask = self._dense.get(place)
        return _mask_of_few(self._sparse[place]) if mask is None else mask

    def check(self, names: int) -> None:
        """Raises ValueError unless the tables fit one another and `names` names."""
        self._texts.check()
        self._sparse.check(len(self._texts), names)
        self._dense.check(len(self._texts), names)
        self._lengths.check(names)


def _mask_of_few(places: Sequence[int]) -> int:
    """The set of rising `places` as bits: quicker than `mask_of` where they are few."""
    if not places:
        return 0
    bits = bytearray(_width(places[-1] + 1))
    for i in places:
        bits[i >> 3] |= 1 << (i & 7)
    return int.from_bytes(bits, "little")


def _width(names: int) -> int:
    return (names + 7) // 8


def _added(masks: Iterable[int]) -> list[int]:
    """In how many of the masks each bit is, as binary digits, the lowest first."""
    digits: list[int] = []
    for mask in masks:
        carried = mask
        for place, digit in enumerate(digits):
            digits[place] = digit ^ carried
            carried &= digit
            if not carried:
                break
        else:
            digits.append(carried)
    return digits


def _at_least(digits: Sequence[int], count: int) -> int:
    """The bits whose number is `count`, which is above 0, or more."""
    more, equal = 0, -1
    for place in reversed(range(len(digits))):
        if count >> place & 1:
            equal &= digits[place]
        else:
            more |= equal & digits[place]
    return more | equal if not count >> len(digits) else 0


def _best(digits: Sequence[int], total: int, among: int, most: int) -> list[int]:
    """At most `most` bits with the highest numbers, of those in `among`; the lowest where more are level."""
    level = {total + 1: 0}

    def size(count: int) -> int:
        """How many there are of `count` or more, negative: it rises with the count."""
        level[count] = _at_least(digits, count) & among
        return -level[count].bit_count()

    least = bisect_left(range(1, total + 1), -most, key=size) + 1
    chosen = _lowest(level[least], most)
    if least > 1 and len(chosen) < most:
        chosen += _lowest(level[least - 1] & ~level[least], most - len(chosen))
    return chosen


def _lowest(mask: int, most: int) -> list[int]:
    """The places of the lowest bits, at most so many."""
    places: list[int] = []
    words = little_endian("Q", mask.to_bytes(8 * ((mask.bit_length() + 63) // 64), "little"))
    for at, word in compress(enumerate(words), words):
        left = word
        while left:
            places.append(64 * at + (left & -left).bit_length() - 1)
            left &= left - 1
        if len(places) >= most:
            break
    return places[:most]


def grams_in_parts(name: str, cores: Sequence[str]) -> dict[str, bytes]:
    """The tables of `cores`, which are in the order of fame.

    `name`.texts: the pairs and letters; `name`.sparse: for each the names that have it, where they are few, else
    nothing; `name`.dense: those that many have; `name`.bitmaps: a bit for each name, one bitmap after the other;
    `name`.lengths: the number of letters of each name.
    """
    having: dict[str, list[int]] = {}
    for place, core in enumerate(cores):
        for gram in pairs_of(core) | letters_of(core):
            having.setdefault(gram, []).append(place)
    grams = sorted(having, key=encoded)
    dense = [place for place, gram in enumerate(grams) if len(having[gram]) * _DENSE > len(cores)]
    width, common = _width(len(cores)), set(dense)
    sparse = [() if place in common else having[gram] for place, gram in enumerate(grams)]
    lengths = [min(LONGEST_COUNTED, len(core.replace(" ", ""))) for core in cores]
    return (
        texts_in_parts(f"{name}.texts", grams)
        | lists_in_parts(f"{name}.sparse", sparse, things=len(cores))
        | column_in_parts(f"{name}.lengths", "B", lengths)
        | {
            f"{name}.dense": as_bytes("I", dense),
            f"{name}.bitmaps": b"".join(
                mask_of(having[grams[place]], len(cores)).to_bytes(width, "little") for place in dense
            ),
        }
    )
