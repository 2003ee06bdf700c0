"""Titles as short vectors, int8 with a scale per title: scores for chosen titles by dot products."""

import math
import struct
from collections.abc import Iterable, Sequence
from operator import mul

from movierec.tables import Bytes, small

_EXCESS = 128  # a stored byte is the int8 value plus this: `bytes` are the fastest to read
# Sums of products are computed for many titles at once: as the lanes of one large integer, eight bytes each, which
# Python multiplies and adds at the speed of C. Weights become integers of 40 bits, so no lane overflows below 60,000.
_LANE = 8
_BITS = 40
_MIDDLE = 1 << 62  # added to each lane, so that a negative sum does not borrow from the next


class Factors:
    """Two vectors of `dimensions` numbers for each title.

    The encoder's add up to a person from their titles, the decoder's score titles for a person.
    """

    def __init__(self, content: Bytes, *, titles: int, dimensions: int) -> None:
        """The file: encoder scales, decoder scales (f32), encoder, decoder (rows of bytes, each value plus 128).

        Raises ValueError when the sizes do not fit together.
        """
        cells = titles * dimensions
        if dimensions < 1 or len(content) != 8 * titles + 2 * cells:
            raise ValueError(f"{len(content)} bytes do not hold {titles} titles with {dimensions} dimensions")
        self.dimensions = dimensions
        self._encoder_scales = small("f", content[: 4 * titles], titles)
        self._decoder_scales = small("f", content[4 * titles : 8 * titles], titles)
        self._content = memoryview(content)
        self._encoder = 8 * titles
        self._decoder = 8 * titles + cells

    def __len__(self) -> int:
        return len(self._decoder_scales)

    def encode(self, titles: Iterable[tuple[int, float]]) -> list[float]:
        """The person's vector: the sum of weight times encoder row over (title, weight)."""
        weights, rows = [], []
        for i, weight in titles:
            weights.append(weight * self._encoder_scales[i])
            rows.append(self._row(self._encoder, i))
        return _combined(weights, rows, self.dimensions)

    def scores(self, vector: Sequence[float], titles: Sequence[int]) -> list[float]:
        """For each of `titles` the dot product of its decoder row and `vector`."""
        columns = self._columns(self._decoder, titles)
        dots = _combined(vector, columns, len(titles))
        return [dot * self._decoder_scales[i] for dot, i in zip(dots, titles, strict=True)]

    def terms(self, titles: Iterable[int], sources: Sequence[tuple[int, float]]) -> list[list[float]]:
        """For each of `titles` what each (title, weight) of `sources` adds to its score: together the score."""
        columns = self._columns(self._encoder, [i for i, _ in sources])
        lanes = [_lane(column) for column in columns]
        weights = [weight * self._encoder_scales[i] for i, weight in sources]
        found = []
        for title in titles:
            row = [byte - _EXCESS for byte in self._row(self._decoder, title)]
            scale = self._decoder_scales[title]
            dots = _unpacked(sum(map(mul, row, lanes)), len(sources), _EXCESS * sum(row))
            found.append([dot * scale * weight for dot, weight in zip(dots, weights, strict=True)])
        return found

    def _columns(self, start: int, titles: Sequence[int]) -> list[bytes]:
        """For each dimension the bytes of all `titles`."""
        joined = b"".join([self._row(start, i) for i in titles])
        return [joined[dimension :: self.dimensions] for dimension in range(self.dimensions)]

    def _row(self, start: int, i: int) -> bytes:
        at = start + i * self.dimensions
        return bytes(self._content[at : at + self.dimensions])

    def check(self) -> None:
        """Raises ValueError unless every scale is a finite number."""
        if not all(map(math.isfinite, (*self._encoder_scales, *self._decoder_scales))):
            raise ValueError("a scale is not a finite number")


def _combined(weights: Sequence[float], rows: Sequence[bytes], length: int) -> list[float]:
    """The sum of weight times row, for rows of `length` bytes that each stand for their value minus the excess."""
    largest = max(map(abs, weights), default=0.0)
    if not largest or not length:
        return [0.0] * length
    step = math.ldexp(1.0, math.frexp(largest)[1] - _BITS)
    whole = [round(weight / step) for weight in weights]
    packed = sum(map(mul, whole, map(_lane, rows)))
    return [value * step for value in _unpacked(packed, length, _EXCESS * sum(whole))]


def _lane(row: bytes) -> int:
    """The bytes of `row` as the lanes of one integer."""
    lane = bytearray(_LANE * len(row))
    lane[::_LANE] = row
    return int.from_bytes(lane, "little")


def _unpacked(packed: int, count: int, excess: int) -> list[int]:
    """The lanes of an integer, which may be negative, less `excess`."""
    middles = int.from_bytes(_MIDDLE.to_bytes(_LANE, "little") * count, "little")
    lanes = struct.unpack(f"<{count}Q", (packed + middles).to_bytes(_LANE * count, "little"))
    return [lane - _MIDDLE - excess for lane in lanes]
