"""Titles as short vectors, int8 with a scale per title: scores for chosen titles by dot products."""

import math
import struct
from collections.abc import Iterable, Sequence
from operator import mul

from .tables import Bytes, small

_EXCESS = 128  # a stored byte is the int8 value plus this: `bytes` are the fastest to read
_LANE = 4  # bytes a dot product has within a large integer


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
        factors, rows = [], []
        for i, weight in titles:
            factors.append(weight * self._encoder_scales[i])
            rows.append(self._row(self._encoder, i))
        if not rows:
            return [0.0] * self.dimensions
        offset = _EXCESS * sum(factors)
        return [sum(map(mul, factors, column)) - offset for column in zip(*rows, strict=True)]

    def scores(self, vector: Sequence[float], titles: Iterable[int]) -> list[float]:
        """For each of `titles` the dot product of its decoder row and `vector`."""
        d, start, content, scales = self.dimensions, self._decoder, self._content, self._decoder_scales
        offset = _EXCESS * sum(vector)
        return [
            (sum(map(mul, vector, bytes(content[start + i * d : start + i * d + d]))) - offset) * scales[i]
            for i in titles
        ]

    def terms(self, titles: Iterable[int], sources: Sequence[tuple[int, float]]) -> list[list[float]]:
        """For each of `titles` what each (title, weight) of `sources` adds to its score: together they are the score.

        The dot products of a title with all sources are computed at once: each dimension of the sources is one large
        integer with four bytes for a source, and the sum of its products with a title's small integers holds every dot
        product in its place. No sum overflows its bytes below 66,000 dimensions.
        """
        rows = [self._row(self._encoder, i) for i, _ in sources]
        lanes = self._lanes(rows)
        excess = [_EXCESS * (sum(row) - _EXCESS * self.dimensions) for row in rows]
        weights = [weight * self._encoder_scales[i] for i, weight in sources]
        found = []
        for title in titles:
            row = self._row(self._decoder, title)
            packed = sum(map(mul, row, lanes)).to_bytes(_LANE * len(rows), "little")
            scale, own = self._decoder_scales[title], _EXCESS * sum(row)
            dots = struct.unpack(f"<{len(rows)}I", packed)
            found.append(
                [(dot - own - more) * scale * weight for dot, more, weight in zip(dots, excess, weights, strict=True)]
            )
        return found

    def _lanes(self, rows: Sequence[bytes]) -> list[int]:
        """For each dimension the bytes of all `rows`, as one integer."""
        joined, lanes = b"".join(rows), []
        for dimension in range(self.dimensions):
            lane = bytearray(_LANE * len(rows))
            lane[::_LANE] = joined[dimension :: self.dimensions]
            lanes.append(int.from_bytes(lane, "little"))
        return lanes

    def _row(self, start: int, i: int) -> bytes:
        at = start + i * self.dimensions
        return bytes(self._content[at : at + self.dimensions])

    def check(self) -> None:
        """Raises ValueError unless every scale is a finite number."""
        if not all(map(math.isfinite, (*self._encoder_scales, *self._decoder_scales))):
            raise ValueError("a scale is not a finite number")
