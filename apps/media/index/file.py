"""The index as one file: a header, named parts one after the other, and a seal over all of it.

8 bytes   magic
4 bytes   length of the header, little-endian
header    JSON: {"format": 1, "built_at": "…", "parts": [["name", length], …]}
parts     in the order of the header
32 bytes  SHA-256 of everything before
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from itertools import accumulate, pairwise
from typing import Final

import orjson

from apps.media.index.errors import IndexDamaged

# Raised when a part changes its meaning; an index of another format is built anew.
FORMAT: Final = 1
_MAGIC: Final = b"MRindex\n"
_LENGTH_BYTES: Final = 4
_SEAL_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class Opened:
    """An index's parts by name, views of the file's bytes, and when it was built, in ISO 8601."""

    built_at: str
    parts: Mapping[str, memoryview]


def sealed(parts: Mapping[str, bytes], *, built_at: str) -> bytes:
    """The file with these parts."""
    lengths = [[name, len(content)] for name, content in parts.items()]
    header = orjson.dumps({"format": FORMAT, "built_at": built_at, "parts": lengths})
    body = (_MAGIC, len(header).to_bytes(_LENGTH_BYTES, "little"), header, *parts.values())
    seal = sha256()
    for content in body:
        seal.update(content)
    # Joined once: the file is large, and a copy of it would be as large.
    return b"".join((*body, seal.digest()))


def opened(content: bytes) -> Opened:
    """The parts of a file that `sealed` made. Raises IndexDamaged for other bytes, and for other formats."""
    if content[: len(_MAGIC)] != _MAGIC:
        raise IndexDamaged("The file is no index of the catalogue.")
    view = memoryview(content)
    if sha256(view[:-_SEAL_BYTES]).digest() != view[-_SEAL_BYTES:]:
        raise IndexDamaged("The index of the catalogue is damaged: its bytes are not those that were written.")
    start = len(_MAGIC) + _LENGTH_BYTES
    end = start + int.from_bytes(view[len(_MAGIC) : start], "little")
    header = orjson.loads(view[start:end])
    if header["format"] != FORMAT:
        raise IndexDamaged(f"The index of the catalogue has format {header['format']}; this program reads {FORMAT}.")
    bounds = pairwise(accumulate((length for _, length in header["parts"]), initial=end))
    names = [name for name, _ in header["parts"]]
    return Opened(header["built_at"], {name: view[one:other] for name, (one, other) in zip(names, bounds, strict=True)})
