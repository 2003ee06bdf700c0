"""Sparse rows in the artifact's layout: strongest entries, int8 with a scale per row, little-endian."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from apps.recommendations.engine.rows import Rows, little_endian

_LARGEST_INT8 = 127
_SMALL_INDEX_LIMIT = 65_536

Entries = tuple[NDArray[np.int64], NDArray[np.float32]]  # columns and weights of one row


@dataclass
class PackedRows:
    """The arrays of `engine.rows.Rows`, ready to be written or read in place."""

    starts: NDArray[np.uint32]
    scales: NDArray[np.float32]
    columns: NDArray[np.uint32]
    values: NDArray[np.int8]

    @property
    def index_bytes(self) -> int:
        return 2 if len(self.scales) <= _SMALL_INDEX_LIMIT else 4

    def to_bytes(self) -> bytes:
        parts = (
            self.starts.astype("<u4"),
            self.scales.astype("<f4"),
            self.columns.astype(f"<u{self.index_bytes}"),
            self.values,
        )
        return b"".join(part.tobytes() for part in parts)

    def to_rows(self) -> Rows:
        """The matrix as the engine reads it, without a file between."""
        return Rows(
            little_endian("I", self.starts.astype("<u4").tobytes()),
            little_endian("f", self.scales.astype("<f4").tobytes()),
            little_endian("I", self.columns.astype("<u4").tobytes()),
            little_endian("b", self.values.tobytes()),
        )


def pack(rows: Sequence[Entries | None]) -> PackedRows:
    """The rows as int8; entries that round to 0 are dropped, None is an empty row."""
    starts = np.zeros(len(rows) + 1, dtype=np.uint32)
    scales = np.zeros(len(rows), dtype=np.float32)
    columns: list[NDArray[np.uint32]] = []
    values: list[NDArray[np.int8]] = []
    for place, row in enumerate(rows):
        starts[place + 1] = starts[place]
        scale = np.float32(np.abs(row[1]).max() / _LARGEST_INT8) if row is not None and len(row[1]) else 0.0
        # The scale of weights near the smallest float is 0: such a row says nothing.
        if row is None or not scale:
            continue
        whole = np.rint(row[1] / scale).clip(-_LARGEST_INT8, _LARGEST_INT8).astype(np.int8)
        kept = whole != 0
        scales[place] = scale
        columns.append(row[0][kept].astype(np.uint32))
        values.append(whole[kept])
        starts[place + 1] += len(values[-1])
    return PackedRows(
        starts,
        scales,
        np.concatenate(columns) if columns else np.zeros(0, dtype=np.uint32),
        np.concatenate(values) if values else np.zeros(0, dtype=np.int8),
    )


def strongest(weights: NDArray[np.float32], keep: int) -> Entries:
    """The `keep` entries of a dense row with the largest absolute weights, in the order of their columns."""
    if len(weights) > keep:
        columns = np.sort(np.argpartition(-np.abs(weights), keep - 1)[:keep])
    else:
        columns = np.arange(len(weights))
    return columns.astype(np.int64), weights[columns]
