"""A sparse matrix in few bytes: per row its strongest entries as int8 with one scale, read without NumPy."""

import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from movierec.tables import Bytes, index_code, little_endian, small


class Rows:
    """Compressed sparse rows, each by falling absolute weight, so that its first entries are its strongest.

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
    def from_bytes(cls, content: Bytes, *, rows: int, entries: int, columns: int) -> "Rows":
        """The matrix laid out as starts (u32), scales (f32), columns (u16 or u32), values (i8), little-endian.

        Raises ValueError when the sizes do not fit together. That every entry is in order is for `check` to say.
        """
        code = index_code(columns)
        sizes = [4 * (rows + 1), 4 * rows, (2 if code == "H" else 4) * entries, entries]
        if len(content) != sum(sizes):
            raise ValueError(f"{len(content)} bytes do not hold {rows} rows with {entries} entries")
        view, parts = memoryview(content), []
        for size in sizes:
            parts.append(view[:size])
            view = view[size:]
        starts = small("I", parts[0], rows + 1)
        if starts[0] != 0 or starts[-1] != entries:
            raise ValueError("the rows do not begin and end with their entries")
        scales = small("f", parts[1], rows)
        return cls(starts, scales, little_endian(code, parts[2]), little_endian("b", parts[3]))

    def __len__(self) -> int:
        return len(self._scales)

    def row(self, i: int) -> Iterator[tuple[int, float]]:
        """(column, weight) of every entry of row `i`, the strongest first."""
        start, end = self._starts[i], self._starts[i + 1]
        scale = self._scales[i]
        columns, values = self._columns[start:end], self._values[start:end]
        return ((j, value * scale) for j, value in zip(columns, values, strict=True))

    def among(self, i: int, wanted: set[int], most: int | None = None) -> list[tuple[int, float]]:
        """The entries of row `i`, or of its `most` strongest, whose column is `wanted`, by column; quick for few."""
        start, end = self._span(i, most)
        columns = self._columns[start:end]
        found = wanted.intersection(columns)
        if not found:
            return []
        scale, values = self._scales[i], self._values[start:end]
        return sorted((j, value * scale) for j, value in zip(columns, values, strict=True) if j in found)

    def spread(self, sources: Iterable[tuple[int, float]], most: int | None = None) -> dict[int, float]:
        """The sum of factor times row over `sources` of (row, factor), or over the `most` strongest entries of each.

        This is where a request spends its time: one dictionary, and nothing done twice for an entry.
        """
        totals: dict[int, float] = {}
        for i, factor in sources:
            start, end = self._span(i, most)
            scale = self._scales[i] * factor
            for j, value in zip(self._columns[start:end], self._values[start:end], strict=False):
                if j in totals:
                    totals[j] += value * scale
                else:
                    totals[j] = value * scale
        return totals

    def _span(self, i: int, most: int | None) -> tuple[int, int]:
        start, end = self._starts[i], self._starts[i + 1]
        return start, end if most is None else min(end, start + most)

    def check(self, columns: int) -> None:
        """Raises ValueError unless every row is in order and points below `columns`."""
        if any(start > end for start, end in pairwise(self._starts)):
            raise ValueError("the row starts are not in order")
        if not all(map(math.isfinite, self._scales)):
            raise ValueError("a scale is not a finite number")
        if self._columns and max(self._columns) >= columns:
            raise ValueError(f"an entry points beyond the {columns} columns")
        for start, end in pairwise(self._starts):
            strengths = [abs(value) for value in self._values[start:end]]
            if any(one < other for one, other in pairwise(strengths)):
                raise ValueError("the entries of a row are not by falling weight")
