"""Records in few bytes: each compressed on its own, with a dictionary of what many of them hold."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from typing import Any, Final

import orjson

from apps.media.index.blobs import Blobs, blobs_in_parts
from movierec.tables import Bytes

# The seal guards the bytes, so that zlib's own header and checksum, twelve bytes a record, are left out.
_RAW: Final = -zlib.MAX_WBITS
# A look-back of 16 KB finds what records share; a larger one costs every record time and gains little.
_DICTIONARY_BYTES: Final = 16 * 1024
_LEVEL: Final = 9


class Packer:
    """Compresses records that look like those it was shown, of which some fifty are enough."""

    def __init__(self, alike: Sequence[Mapping[str, Any]]) -> None:
        texts = (orjson.dumps(record) for record in alike)
        self.dictionary = b"".join(texts)[-_DICTIONARY_BYTES:]
        self._begun = zlib.compressobj(_LEVEL, zlib.DEFLATED, _RAW, zdict=self.dictionary)

    def packed(self, record: Mapping[str, Any]) -> bytes:
        """The record in few bytes."""
        # Copying the state is a fraction of the work of reading the dictionary once more.
        compressor = self._begun.copy()
        return compressor.compress(orjson.dumps(record)) + compressor.flush()


class Records:
    """Records by their places, read on demand."""

    def __init__(self, blobs: Blobs, dictionary: bytes) -> None:
        self._blobs = blobs
        self._dictionary = dictionary

    @classmethod
    def read(cls, parts: Mapping[str, Bytes], name: str) -> Records:
        """The records that `records_in_parts` wrote."""
        return cls(Blobs.read(parts, name), bytes(parts[f"{name}.dictionary"]))

    def __len__(self) -> int:
        return len(self._blobs)

    def __getitem__(self, place: int) -> Any:
        reader = zlib.decompressobj(_RAW, zdict=self._dictionary)
        return orjson.loads(reader.decompress(self._blobs[place]))


def records_in_parts(name: str, packed: Sequence[bytes], packer: Packer) -> dict[str, bytes]:
    """Records that `packer` made, in order, with what is needed to read them."""
    return {**blobs_in_parts(name, packed), f"{name}.dictionary": packer.dictionary}
