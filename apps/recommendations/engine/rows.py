"""A sparse matrix in few bytes: per row its strongest entries as int8 with one scale, read without NumPy."""

import sys
from array import array
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import pairwise

INDEX_CODES = {2: "H", 4: "I"}  # bytes an index -> typecode of `array`


class Rows:
    """Compressed sparse rows, each in the order of its columns.

    An entry's weight is its int8 value times its row's scale.
    """

    def __init__(
        self, starts: Sequence[int], scales: Sequence[float], columns: Sequence[int], values: Sequence[int]
    ) -> None:
        self._starts = starts
        self._scales = scales
        self._columns = columns
        self._values = values

    @classmethod
    def from_bytes(cls, content: bytes, *, rows: int, entries: int, index_bytes: int, columns: int) -> "Rows":
        """The matrix laid out as starts (u32), scales (f32), columns (u16 or u32), values (i8), little-endian.

        Raises ValueError when the sizes do not fit together or an entry points outside the matrix.
        """
        sizes = [4 * (rows + 1), 4 * rows, index_bytes * entries, entries]
        if index_bytes not in INDEX_CODES or len(content) != sum(sizes):
            raise ValueError(f"{len(content)} bytes do not hold {rows} rows with {entries} entries")
        codes = ("I", "f", INDEX_CODES[index_bytes], "b")
        parts, offset = [], 0
        for code, size in zip(codes, sizes, strict=True):
            parts.append(little_endian(code, content[offset : offset + size]))
            offset += size
        starts, scales, indices, values = parts
        if starts[0] != 0 or starts[-1] != entries or any(start > end for start, end in pairwise(starts)):
            raise ValueError("the row starts are not in order")
        if entries and max(indices) >= columns:
            raise ValueError(f"an entry points beyond the {columns} columns")
        return cls(starts, scales, indices, values)

    def __len__(self) -> int:
        return len(self._scales)

    def row(self, i: int) -> Iterator[tuple[int, float]]:
        """(column, weight) of every entry of row `i`."""
        start, end = self._starts[i], self._starts[i + 1]
        scale = self._scales[i]
        columns, values = self._columns[start:end], self._values[start:end]
        return ((j, value * scale) for j, value in zip(columns, values, strict=True))

    def is_empty(self, i: int) -> bool:
        return self._starts[i] == self._starts[i + 1]

    def among(self, i: int, wanted: set[int]) -> list[tuple[int, float]]:
        """The entries of row `i` whose column is `wanted`, by column; quick where they are few."""
        start, end = self._starts[i], self._starts[i + 1]
        columns, scale = self._columns[start:end], self._scales[i]
        return [
            (j, self._values[start + bisect_left(columns, j)] * scale) for j in sorted(wanted.intersection(columns))
        ]

    def add_row(self, totals: list[float], i: int, factor: float) -> Sequence[int]:
        """Add `factor` times row `i` to `totals`; returns the columns it touched."""
        start, end = self._starts[i], self._starts[i + 1]
        scale = self._scales[i] * factor
        columns = self._columns[start:end]
        for j, value in zip(columns, self._values[start:end], strict=False):
            totals[j] += value * scale
        return columns


def little_endian(code: str, content: bytes) -> "array[int]":
    """`content` as an array of `code`, whatever the byte order of this machine."""
    values = array(code)
    values.frombytes(content)
    if sys.byteorder == "big":
        values.byteswap()
    return values
