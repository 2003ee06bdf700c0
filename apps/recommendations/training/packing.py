"""Matrices in the artifact's layout, little-endian: sparse rows and factors, int8 with a scale per row."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from apps.recommendations.engine.factors import Factors
from apps.recommendations.engine.rows import Rows
from movierec.tables import index_code

_LARGEST_INT8 = 127
_EXCESS = 128  # a byte of a factor stands for its value minus this

Entries = tuple[NDArray[np.int64], NDArray[np.float32]]  # columns and weights of one row


@dataclass
class PackedRows:
    """The arrays of `engine.rows.Rows`, ready to be written or read in place; columns are titles, as rows are."""

    starts: NDArray[np.uint32]
    scales: NDArray[np.float32]
    columns: NDArray[np.uint32]
    values: NDArray[np.int8]

    def to_bytes(self) -> bytes:
        columns = self.columns.astype("<u2" if index_code(len(self.scales)) == "H" else "<u4")
        parts = (self.starts.astype("<u4"), self.scales.astype("<f4"), columns, self.values)
        return b"".join(part.tobytes() for part in parts)

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """The arrays by name, as `from_arrays` takes them."""
        return {"starts": self.starts, "scales": self.scales, "columns": self.columns, "values": self.values}

    @classmethod
    def from_arrays(cls, arrays: dict[str, NDArray[Any]]) -> "PackedRows":
        """The rows that `arrays` were taken from."""
        return cls(**arrays)

    def to_rows(self) -> Rows:
        """The matrix as the engine reads it, without a file between."""
        size = len(self.scales)
        return Rows.from_bytes(self.to_bytes(), rows=size, entries=len(self.values), columns=size)


@dataclass
class PackedFactors:
    """The arrays of `engine.factors.Factors`: a scale and a row of bytes for each title, twice."""

    encoder_scales: NDArray[np.float32]
    decoder_scales: NDArray[np.float32]
    encoder: NDArray[np.uint8]
    decoder: NDArray[np.uint8]

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """The arrays by name, as `from_arrays` takes them."""
        return {
            "encoder_scales": self.encoder_scales,
            "decoder_scales": self.decoder_scales,
            "encoder": self.encoder,
            "decoder": self.decoder,
        }

    @classmethod
    def from_arrays(cls, arrays: dict[str, NDArray[Any]]) -> "PackedFactors":
        """The factors that `arrays` were taken from."""
        return cls(**arrays)

    @property
    def dimensions(self) -> int:
        return int(self.decoder.shape[1])

    def to_bytes(self) -> bytes:
        scales = (self.encoder_scales.astype("<f4"), self.decoder_scales.astype("<f4"))
        return b"".join(part.tobytes() for part in (*scales, self.encoder, self.decoder))

    def to_factors(self) -> Factors:
        """The factors as the engine reads them, without a file between."""
        return Factors(self.to_bytes(), titles=len(self.decoder_scales), dimensions=self.dimensions)


def pack(rows: Sequence[Entries | None]) -> PackedRows:
    """The rows as int8, each by falling absolute weight; entries that round to 0 are dropped, None is an empty row."""
    filled = [(place, row) for place, row in enumerate(rows) if row is not None and len(row[0])]
    lengths = [len(columns) for _, (columns, _) in filled]
    return pack_entries(
        np.repeat(np.array([place for place, _ in filled], dtype=np.int64), lengths),
        np.concatenate([columns for _, (columns, _) in filled] or [np.zeros(0, dtype=np.int64)]),
        np.concatenate([weights for _, (_, weights) in filled] or [np.zeros(0, dtype=np.float32)]),
        len(rows),
    )


def pack_entries(
    rows: NDArray[np.int64], columns: NDArray[np.int64], weights: NDArray[np.float32], count: int
) -> PackedRows:
    """The matrix of `count` rows with the entries (row, column, weight), in any order, packed as `pack` does."""
    largest = np.zeros(count, dtype=np.float32)
    np.maximum.at(largest, rows, np.abs(weights))
    scales = (largest / np.float32(_LARGEST_INT8)).astype(np.float32)
    # The scale of weights near the smallest float is 0: such a row says nothing.
    steps = np.divide(weights, scales[rows], out=np.zeros(len(weights), dtype=np.float32), where=scales[rows] > 0)
    values = np.rint(steps).clip(-_LARGEST_INT8, _LARGEST_INT8).astype(np.int8)
    kept = values != 0
    rows, columns, values = rows[kept], columns[kept], values[kept]
    weakness = (_LARGEST_INT8 - np.abs(values.astype(np.int64))).astype(np.uint64)
    # Row, weakness and column as one number each: sorting these is several times faster than sorting by three keys.
    order = np.argsort((rows.astype(np.uint64) << 39) | (weakness << 32) | columns.astype(np.uint64))
    starts = np.zeros(count + 1, dtype=np.uint32)
    starts[1:] = np.cumsum(np.bincount(rows, minlength=count))
    scales[np.diff(starts) == 0] = 0
    return PackedRows(starts, scales, columns[order].astype(np.uint32), values[order])


def pack_factors(encoder: NDArray[np.floating], decoder: NDArray[np.floating]) -> PackedFactors:
    """Two matrices of a row per title and a column per dimension, as int8 with a scale per row.

    Raises ValueError when their shapes differ.
    """
    if encoder.shape != decoder.shape:
        raise ValueError(f"an encoder of shape {encoder.shape} does not fit a decoder of shape {decoder.shape}")
    encoder_scales, encoder_bytes = _in_bytes(encoder)
    decoder_scales, decoder_bytes = _in_bytes(decoder)
    return PackedFactors(encoder_scales, decoder_scales, encoder_bytes, decoder_bytes)


def _in_bytes(matrix: NDArray[np.floating]) -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
    scales = (np.abs(matrix).max(axis=1, initial=0.0) / _LARGEST_INT8).astype(np.float32)
    steps = np.divide(matrix, scales[:, None], out=np.zeros(matrix.shape), where=scales[:, None] > 0)
    return scales, (np.rint(steps).clip(-_LARGEST_INT8, _LARGEST_INT8) + _EXCESS).astype(np.uint8)


def strongest(weights: NDArray[np.float32], keep: int) -> Entries:
    """The `keep` entries of a dense row with the largest absolute weights, in the order of their columns."""
    if len(weights) > keep:
        columns = np.sort(np.argpartition(-np.abs(weights), keep - 1)[:keep])
    else:
        columns = np.arange(len(weights))
    return columns.astype(np.int64), weights[columns]
