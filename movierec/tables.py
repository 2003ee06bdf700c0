"""Flat tables in few bytes: numbers, lists, texts and columns that are read where they lie.

Nothing is built before the first look-up, so a table of a million entries is ready as soon as its bytes are read. All
numbers are little-endian. An index takes two bytes where it can point at no more than 65,536 things, else four.
"""

import sys
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, pairwise
from typing import Any, TypeVar

Bytes = bytes | memoryview
Key = TypeVar("Key")
Value = TypeVar("Value")

_SMALL_INDEX_LIMIT = 65_536
_ZERO, _ONE = ord("0"), ord("1")
# Lone surrogates, which JSON can hold, are texts like any other.
_SURROGATES = "surrogatepass"


def index_code(things: int) -> str:
    """The typecode of `array` for an index into `things`."""
    return "H" if things <= _SMALL_INDEX_LIMIT else "I"


def little_endian(code: str, content: Bytes) -> memoryview:
    """`content` as numbers of the typecode `code`, whatever the byte order of this machine.

    Raises ValueError when the bytes are not a whole number of them.
    """
    size = array(code).itemsize
    if len(content) % size:
        raise ValueError(f"{len(content)} bytes are not a whole number of values of {size} bytes")
    if sys.byteorder == "little":
        return memoryview(content).cast("B").cast(code)  # type: ignore[call-overload, no-any-return]
    values = array(code)
    values.frombytes(content)
    values.byteswap()
    return memoryview(values)


def as_bytes(code: str, numbers: Iterable[float]) -> bytes:
    """`numbers` as little-endian values of the typecode `code`."""
    values = array(code, numbers)
    if sys.byteorder == "big":
        values.byteswap()
    return values.tobytes()


def small(code: str, content: Bytes, count: int) -> "array[Any]":
    """Exactly `count` numbers as an array, which is quicker to index than a view.

    Raises ValueError when there are more or fewer.
    """
    values: array[Any] = array(code)
    values.frombytes(little_endian(code, content).cast("B"))
    if len(values) != count:
        raise ValueError(f"{len(values)} numbers instead of {count}")
    return values


def encoded(text: str) -> bytes:
    """`text` as tables store it; their order is the order of the texts."""
    return text.encode("utf-8", _SURROGATES)


def keep(kept: dict[Key, Value], key: Key, value: Value, *, most: int) -> Value:
    """Keep `value` in a cache of at most `most`, and answer it.

    A full cache starts anew, which needs no lock and no bookkeeping. Threads share it: what one found in it a moment
    ago may be gone, so a look is one access, never a question and an access.
    """
    if len(kept) >= most:
        kept.clear()
    kept[key] = value
    return value


class Lists:
    """Lists of indexes, one after the other."""

    def __init__(self, starts: Sequence[int], items: memoryview) -> None:
        if not starts or starts[0] != 0 or starts[-1] != len(items):
            raise ValueError("the lists do not begin and end with their items")
        self._starts = starts
        self._items = items

    @classmethod
    def read(cls, parts: Mapping[str, Bytes], name: str, *, things: int) -> "Lists":
        """The lists that `lists_in_parts` wrote; their items point at `things`."""
        starts = little_endian("I", parts[f"{name}.starts"])
        return cls(starts, little_endian(index_code(things), parts[f"{name}.items"]))

    def __len__(self) -> int:
        return len(self._starts) - 1

    def __getitem__(self, i: int) -> memoryview:
        return self._items[self._starts[i] : self._starts[i + 1]]

    def size(self, i: int) -> int:
        """The length of list `i`."""
        return self._starts[i + 1] - self._starts[i]

    def check(self, rows: int, things: int) -> None:
        """Raises ValueError unless these are `rows` lists of indexes below `things`."""
        if len(self) != rows or any(start > end for start, end in pairwise(self._starts)):
            raise ValueError(f"the starts of the lists are not in order, or not those of {rows} lists")
        if len(self._items) and max(self._items) >= things:
            raise ValueError(f"an item points beyond the {things} there are")


def lists_in_parts(name: str, rows: Sequence[Sequence[int]], *, things: int) -> dict[str, bytes]:
    """Lists as the parts `name`.starts (u32, one more than lists) and `name`.items (indexes)."""
    items = (item for row in rows for item in row)
    return {
        f"{name}.starts": as_bytes("I", accumulate(map(len, rows), initial=0)),
        f"{name}.items": as_bytes(index_code(things), items),
    }


class Texts:
    """Distinct texts in the order of their UTF-8 bytes."""

    def __init__(self, starts: Sequence[int], content: Bytes) -> None:
        if not starts or starts[0] != 0 or starts[-1] != len(content):
            raise ValueError("the texts do not begin and end with their bytes")
        self._starts = starts
        self._content = bytes(content)

    @classmethod
    def read(cls, parts: Mapping[str, Bytes], name: str) -> "Texts":
        """The texts that `texts_in_parts` wrote."""
        return cls(little_endian("I", parts[f"{name}.starts"]), parts[f"{name}.text"])

    def __len__(self) -> int:
        return len(self._starts) - 1

    def __getitem__(self, i: int) -> str:
        return self._raw(i).decode("utf-8", _SURROGATES)

    def _raw(self, i: int) -> bytes:
        return self._content[self._starts[i] : self._starts[i + 1]]

    def find(self, text: str) -> int | None:
        """The place of `text`, or None where it is not among the texts."""
        wanted = encoded(text)
        i = bisect_left(range(len(self)), wanted, key=self._raw)
        return i if i < len(self) and self._raw(i) == wanted else None

    def starting_with(self, prefix: str) -> range:
        """The places of the texts that start with `prefix`."""
        wanted = encoded(prefix)

        def head(i: int) -> bytes:
            return self._raw(i)[: len(wanted)]

        places = range(len(self))
        return range(bisect_left(places, wanted, key=head), bisect_right(places, wanted, key=head))

    def containing(self, words: str, among: range, *, prefix: str) -> Iterator[int]:
        """The places in `among` whose text after `prefix` is `words` or contains them as whole words."""
        wanted, skipped = encoded(words), len(encoded(prefix))
        if not wanted or not among:
            return
        at, end = self._starts[among.start], self._starts[among.stop]
        while (at := self._content.find(wanted, at, end)) >= 0:
            i = bisect_right(self._starts, at) - 1
            start, stop = self._starts[i] + skipped, self._starts[i + 1]
            before = at == start or (at > start and self._content[at - 1 : at] == b" ")
            after = at + len(wanted)
            if before and (after == stop or (after < stop and self._content[after : after + 1] == b" ")):
                yield i
                at = stop  # once a text is enough
            else:
                at += 1

    def check(self) -> None:
        """Raises ValueError unless the texts are distinct, in order and readable."""
        raws = [self._raw(i) for i in range(len(self))]
        if any(one >= other for one, other in pairwise(raws)) or sum(map(len, raws)) != len(self._content):
            raise ValueError("the texts are not in order")
        for raw in raws:
            raw.decode("utf-8", _SURROGATES)


def texts_in_parts(name: str, texts: Sequence[str]) -> dict[str, bytes]:
    """Texts, already in order, as the parts `name`.starts (u32, one more than texts) and `name`.text."""
    raws = [encoded(text) for text in texts]
    return {f"{name}.starts": as_bytes("I", accumulate(map(len, raws), initial=0)), f"{name}.text": b"".join(raws)}


# --- Sets of titles as whole numbers: bit i stands for title i ----------------------------------------------------


def mask_of(places: Iterable[int], size: int) -> int:
    """The set of `places`, all below `size`, as bits of a whole number.

    A string of digits is the fastest way there: 40 ns a place, where setting bits of a number copies it each time.
    """
    digits = bytearray(b"0") * size
    for i in places:
        digits[i] = _ONE
    digits.reverse()
    return int(digits, 2) if size else 0


def flags_of(mask: int, size: int) -> bytes:
    """One byte for each of `size` places: 1 where `mask` has it, else 0."""
    if mask == (1 << size) - 1:
        return b"\x01" * size  # the rule, and worth a short cut
    digits = f"{mask:0{size}b}".encode()
    return digits.translate(_DIGITS_TO_FLAGS)[::-1]


_DIGITS_TO_FLAGS = bytes.maketrans(b"01", b"\x00\x01")


class Column:
    """A number of each title, where it is known, for questions such as "which are between 90 and 120?".

    A bit-sliced index (O'Neil and Quass, SIGMOD 1997): the distinct values in order, and each title's place among them
    as one bitmap for each binary digit. A comparison is a few operations on whole bitmaps.
    """

    def __init__(self, steps: Sequence[float], known: int, planes: Sequence[int]) -> None:
        self._steps = steps
        self._planes = planes
        self.known = known

    @classmethod
    def read(cls, parts: Mapping[str, Bytes], name: str, *, code: str, titles: int) -> "Column":
        """The column that `column_in_parts` wrote."""
        steps = little_endian(code, parts[f"{name}.steps"]).tolist()
        bits, width = parts[f"{name}.bits"], (titles + 7) // 8
        if len(bits) != width * (1 + len(steps).bit_length()):
            raise ValueError(f"{len(bits)} bytes of bitmaps do not fit {len(steps)} values of {titles} titles")
        bitmaps = [int.from_bytes(bits[at : at + width], "little") for at in range(0, len(bits), width or 1)]
        return cls(steps, bitmaps[0] if bitmaps else 0, bitmaps[1:])

    def within(self, low: float | None, high: float | None) -> int:
        """The titles known to be at least `low` and at most `high` (None: no bound), as bits."""
        below = self._below(0 if low is None else bisect_left(self._steps, low))
        up_to = self._below(len(self._steps) if high is None else bisect_right(self._steps, high))
        return up_to & ~below

    def _below(self, step: int) -> int:
        """The known titles whose place among the steps is less than `step`."""
        less, equal = 0, self.known
        for digit, plane in enumerate(reversed(self._planes)):
            ones = equal & plane
            if step >> (len(self._planes) - 1 - digit) & 1:
                less |= equal ^ ones
                equal = ones
            else:
                equal ^= ones
        return less

    def check(self, titles: int) -> None:
        """Raises ValueError unless the values are in order and the bitmaps fit them."""
        if any(not one < other for one, other in pairwise(self._steps)):
            raise ValueError("the values of a column are not in order")
        if self.known >> titles or self._below(len(self._steps)) != self.known:
            raise ValueError("a column points beyond its values or its titles")


def column_in_parts(name: str, code: str, values: Sequence[float]) -> dict[str, bytes]:
    """A column as `name`.steps (the distinct values, rising) and `name`.bits; 0 means unknown.

    The bitmaps: which titles are known, then one for each binary digit of a title's place among the steps, the lowest
    first. Title i is bit i % 8 of byte i // 8; the number of digits is that of the number of steps.
    """
    exact: list[float] = array(code, values).tolist()
    steps = sorted(set(exact) - {0})
    place = {value: step for step, value in enumerate(steps)}
    width, size = (len(exact) + 7) // 8, len(exact)
    tests: list[Callable[[float], bool]] = [lambda value: value in place]
    tests += [lambda value, d=digit: bool(place.get(value, 0) >> d & 1) for digit in range(len(steps).bit_length())]  # type: ignore[misc]
    masks = (mask_of((i for i, value in enumerate(exact) if test(value)), size) for test in tests)
    return {
        f"{name}.steps": as_bytes(code, steps),
        f"{name}.bits": b"".join(mask.to_bytes(width, "little") for mask in masks),
    }
