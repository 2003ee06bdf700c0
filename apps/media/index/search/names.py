"""The names of documents: their texts, whose they are, and what begins with a query at any of their words."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate, pairwise
from typing import Final

from movierec.tables import Bytes, Lists, as_bytes, encoded, keep, lists_in_parts, little_endian

_END: Final = "\n"
_FLAGS: Final = 256
_MOST_BEGINNINGS: Final = 24
_FARTHEST_BEGINNING: Final = 255
_MOST_KEPT: Final = 1024
_LONG_KEPT: Final = 2000
# Scripts without spaces between words: a word may begin at every letter.
_UNSPACED: Final = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\ua4cf\uf900-\ufaff\U00020000-\U0003ffff]"
)


class Names:
    """Distinct names, the best known first, and those who bear them."""

    def __init__(self, starts: Sequence[int], content: bytes, holders: Lists, words: tuple[memoryview, Bytes]) -> None:
        if not starts or starts[0] != 0 or starts[-1] != len(content):
            raise ValueError("the names do not begin and end with their bytes")
        if len(words[0]) != len(words[1]):
            raise ValueError("the beginnings of words are not as many as their places")
        self._starts = starts
        self._content = content
        self._holders = holders
        self._names, self._offsets = words
        self._kept: dict[tuple[str, int], list[int]] = {}

    @classmethod
    def read(cls, parts: Mapping[str, Bytes], name: str, *, documents: int) -> "Names":
        """The names that `names_in_parts` wrote."""
        return cls(
            little_endian("I", parts[f"{name}.starts"]),
            bytes(parts[f"{name}.text"]),
            Lists.read(parts, f"{name}.holders", things=_FLAGS * documents),
            (little_endian("I", parts[f"{name}.words"]), parts[f"{name}.offsets"]),
        )

    def __len__(self) -> int:
        return len(self._starts) - 1

    def __getitem__(self, i: int) -> str:
        return self._content[self._starts[i] : self._starts[i + 1] - 1].decode("utf-8", "surrogatepass")

    def holders(self, i: int) -> Iterator[tuple[int, int]]:
        """The documents that bear name `i`, the best known first, each with the flags it was written with."""
        for item in self._holders[i]:
            yield divmod(item, _FLAGS)

    def best_holder(self, i: int) -> int:
        """The best known document that bears name `i`."""
        return self._holders[i][0] // _FLAGS

    def called(self, core: str) -> list[int]:
        """The name `core`, if it is one."""
        found = self._range(core + _END)
        return [self._names[at] for at in found if self._offsets[at] == 0]

    def starting_with(self, core: str, *, most: int) -> list[int]:
        """The best known names, at most `most`, in which a word begins with `core`."""
        kept = self._kept.get((core, most))
        if kept is not None:
            return kept
        found = self._range(core)
        best = list(dict.fromkeys(sorted(self._names[found.start : found.stop])[: 2 * most]))[:most]
        return keep(self._kept, (core, most), best, most=_MOST_KEPT) if len(found) > _LONG_KEPT else best

    def _range(self, text: str) -> range:
        wanted = encoded(text)
        length, content, starts, names, offsets = len(wanted), self._content, self._starts, self._names, self._offsets

        def head(at: int) -> bytes:
            begin = starts[names[at]] + offsets[at]
            return content[begin : begin + length]

        places = range(len(names))
        first = bisect_left(places, wanted, key=head)
        return range(first, bisect_right(places, wanted, lo=first, key=head))

    def check(self, documents: int) -> None:
        """Raises ValueError unless the tables fit one another and `documents` documents."""
        if any(one >= other for one, other in pairwise(self._starts)):
            raise ValueError("the starts of the names are not in order")
        for i in range(len(self)):
            if self._content[self._starts[i + 1] - 1] != ord(_END) or not self[i]:
                raise ValueError(f"name {i} is empty or does not end")
        self._holders.check(len(self), _FLAGS * documents)
        heads = []
        for name, offset in zip(self._names, self._offsets, strict=True):
            if name >= len(self) or self._starts[name] + offset >= self._starts[name + 1]:
                raise ValueError("a word begins beyond its name")
            heads.append(self._content[self._starts[name] + offset : self._starts[name + 1]])
        if any(one > other for one, other in pairwise(heads)):
            raise ValueError("the beginnings of words are not in order")


def names_in_parts(
    name: str, cores: Sequence[str], holders: Sequence[Sequence[tuple[int, int]]], *, documents: int
) -> dict[str, bytes]:
    """Names in the order of fame, each with (document, flags below 256) of those who bear it.

    `name`.starts and `name`.text: each name with a line's end; `name`.holders: documents and flags as one number;
    `name`.words and `name`.offsets: for each beginning of a word, in the order of what follows up to the name's end,
    the name and the byte in it.
    """
    raws = [encoded(core + _END) for core in cores]
    beginnings = [(raw[at:], place, at) for place, raw in enumerate(raws) for at in _beginnings(cores[place])]
    beginnings.sort()
    rows = [[document * _FLAGS + flags for document, flags in row] for row in holders]
    return lists_in_parts(f"{name}.holders", rows, things=_FLAGS * documents) | {
        f"{name}.starts": as_bytes("I", accumulate(map(len, raws), initial=0)),
        f"{name}.text": b"".join(raws),
        f"{name}.words": as_bytes("I", (place for _, place, _ in beginnings)),
        f"{name}.offsets": as_bytes("B", (at for _, _, at in beginnings)),
    }


def unspaced(core: str) -> bool:
    """Whether a text has letters of a script that does not part words."""
    return not core.isascii() and _UNSPACED.search(core) is not None


def _beginnings(core: str) -> list[int]:
    """The bytes at which words of the name begin."""
    places = [0] + [at + 1 for at, letter in enumerate(core) if letter == " "]
    if not core.isascii():
        places += [at for at, letter in enumerate(core) if at and _UNSPACED.match(letter) and core[at - 1] != " "]
    offsets = (len(encoded(core[:at])) for at in sorted(places)[:_MOST_BEGINNINGS])
    return [offset for offset in offsets if offset <= _FARTHEST_BEGINNING]
