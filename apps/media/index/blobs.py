"""Byte strings one after the other, each at its place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import accumulate

from movierec.tables import Bytes, as_bytes, little_endian


class Blobs:
    """Byte strings in any order, also equal and empty ones."""

    def __init__(self, starts: Sequence[int], content: Bytes) -> None:
        if not starts or starts[0] != 0 or starts[-1] != len(content):
            raise ValueError("the byte strings do not begin and end with their bytes")
        self._starts = starts
        self._content = memoryview(content)

    @classmethod
    def read(cls, parts: Mapping[str, Bytes], name: str) -> Blobs:
        """The byte strings that `blobs_in_parts` wrote."""
        return cls(little_endian("I", parts[f"{name}.starts"]), parts[f"{name}.bytes"])

    def __len__(self) -> int:
        return len(self._starts) - 1

    def __getitem__(self, place: int) -> memoryview:
        return self._content[self._starts[place] : self._starts[place + 1]]


def blobs_in_parts(name: str, blobs: Sequence[bytes]) -> dict[str, bytes]:
    """Byte strings as the parts `name`.starts (u32, one more than strings) and `name`.bytes."""
    return {f"{name}.starts": as_bytes("I", accumulate(map(len, blobs), initial=0)), f"{name}.bytes": b"".join(blobs)}
