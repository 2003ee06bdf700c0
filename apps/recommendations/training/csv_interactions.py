"""Interactions from a CSV file: `userId,movieId[,rating][,timestamp]`, columns in any order, others passed over.

Films are named by their number, series `tv#1396`; ratings go from 0.5 to 5, timestamps are seconds since 1970. Without
ratings every row is a like. A line that cannot be read costs itself alone: it is named with its number and what to
write instead.
"""

import csv
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final, cast

import numpy as np
from numpy.typing import NDArray

from apps.recommendations.engine.titles import TitleKey
from apps.recommendations.evidence import FAVOURITE_WEIGHT, weight_of_rating

from .csv_files import (
    Columns,
    CsvError,
    Rejected,
    Rows,
    opened,
    parse_key,
    part_read,
    read_checked,
    read_header,
    shown,
    wrong_number,
)
from .interactions import Interactions

COLUMNS: Final = ("userId", "movieId", "rating", "timestamp")
# Later than 2099 is a mistake of units: milliseconds.
LATEST_TIMESTAMP: Final = 4_102_444_800

_BLOCK_BYTES = 1 << 23
_LONGEST_PLAIN_FIELD = 64
_LONGEST_PLAIN_NUMBER = 15
_MOST_REJECTED = 1_000
_MOST_REJECTED_SHARE = 0.01

Bytes = NDArray[np.uint8]
Places = NDArray[np.int64]
Texts = NDArray[np.bytes_]
Progress = Callable[[str, float], None]


def read_interactions(path: Path, progress: Progress) -> Rows[Interactions]:
    """The interactions of the CSV file; the same as `Interactions.from_events` over its usable lines.

    Ratings weigh by `evidence.weight_of_rating`: those between like and dislike are kept with weight 0, because they
    still say that a title was watched. Without timestamps all happened at 0. Raises CsvError when the file cannot be
    read, has no header that names userId and movieId, or hardly any line that can be used.
    """
    with opened(path) as file:
        table = _Table(path, read_header(path, file, ("userId", "movieId"), COLUMNS))
        for text in _blocks(path, file):
            table.add(text)
            progress(f"Reading {path.name}", 0.9 * part_read(path, file))
    found = table.interactions()
    if not len(found):
        first = f" The first fault: line {table.rejected[0].line}: {table.rejected[0].reason}" if table.rejected else ""
        raise CsvError(f"{path}: no line can be used; write a row a line under the header.{first}")
    progress(f"Reading {path.name}", 1.0)
    return Rows(found, table.rejected)


def _blocks(path: Path, file: BinaryIO) -> Iterator[bytes]:
    """The rest of the file in pieces of some megabytes that end where lines end."""
    left = b""
    while piece := read_checked(path, lambda: file.read(_BLOCK_BYTES)):
        cut = piece.rfind(b"\n") + 1
        if cut:
            yield left + piece[:cut]
            left = piece[cut:]
        else:
            left += piece
    if left:
        yield left


class _Codes(dict[bytes, int]):
    """The number of each text of one column; texts that mean the same have the same number, wrong ones -1."""

    def __init__(self, parse: Callable[[str], object]) -> None:
        super().__init__()
        self.parse = parse
        self.meanings: list[object] = []
        self._places: dict[object, int] = {}

    def __missing__(self, text: bytes) -> int:
        try:
            value = self.parse(text.decode().strip())
        except ValueError:
            code = -1
        else:
            code = self._places.setdefault(value, len(self.meanings))
            if code == len(self.meanings):
                self.meanings.append(value)
        self[text] = code
        return code

    def of(self, texts: Texts) -> NDArray[np.int32]:
        return np.fromiter(map(self.__getitem__, texts.tolist()), dtype=np.int32, count=len(texts))


class _Table:
    """The rows read so far, as arrays of codes.

    Where lines and fields begin and end is found by NumPy for a whole block; each different text of a column is then
    understood once. Lines that are not plain (quotes, very long fields) are read one by one.
    """

    def __init__(self, path: Path, columns: Columns) -> None:
        self.path = path
        self.columns = columns
        self.rejected: list[Rejected] = []
        self._lines = 1
        self._rows = 0
        self._codes = {name: _Codes(_PARSERS[name]) for name in COLUMNS[:3] if name in columns.places}
        self._parts: dict[str, list[NDArray[Any]]] = {name: [] for name in COLUMNS}

    def add(self, text: bytes) -> None:
        """Takes the lines of a block."""
        block = _Block(text, self.columns.count)
        self._add_plain(block)
        for place in block.odd.tolist():
            self._add_odd(block.line(place), self._lines + 1 + place)
        self._lines += len(block.starts)
        if len(self.rejected) > max(_MOST_REJECTED, _MOST_REJECTED_SHARE * self._lines):
            first = min(self.rejected, key=lambda row: row.line)
            raise CsvError(
                f"{self.path}: {len(self.rejected):,} of the first {self._lines:,} lines cannot be used, so this may "
                f"be the wrong file; the first is line {first.line}: {first.reason}."
            )

    def _add_plain(self, block: "_Block") -> None:
        fields = {name: block.field(place) for name, place in self.columns.places.items()}
        found: dict[str, NDArray[Any]] = {name: codes.of(fields[name]) for name, codes in self._codes.items()}
        good = np.logical_and.reduce([codes >= 0 for codes in found.values()])
        if "timestamp" in fields:
            found["timestamp"] = _timestamps(fields["timestamp"])
            good &= ~np.isnan(found["timestamp"])
        for name, values in found.items():
            self._parts[name].append(values[good])
        self._rows += int(good.sum())
        for row in np.flatnonzero(~good).tolist():
            cells = {name: texts[row] for name, texts in fields.items()}
            self._reject(self._lines + 1 + int(block.plain[row]), self._fault(cells))

    def _add_odd(self, raw: bytes, line: int) -> None:
        if not raw.strip():
            return
        try:
            cells = _cells(raw, self.columns.count)
        except ValueError as error:
            self._reject(line, str(error))
            return
        texts = {name: cells[place].encode() for name, place in self.columns.places.items()}
        fault = self._fault(texts)
        if fault:
            self._reject(line, fault)
            return
        for name, codes in self._codes.items():
            self._parts[name].append(np.array([codes[texts[name]]], dtype=np.int32))
        if "timestamp" in texts:
            self._parts["timestamp"].append(_timestamps(np.array([texts["timestamp"]])))
        self._rows += 1

    def _fault(self, cells: dict[str, bytes]) -> str:
        """What is wrong with a row, and what to write; empty when nothing is."""
        for name, text in cells.items():
            try:
                _PARSERS[name](text.decode().strip())
            except UnicodeDecodeError:
                return f"{name} is not UTF-8; save the file as UTF-8"
            except ValueError as error:
                return str(error)
        return ""

    def _reject(self, line: int, reason: str) -> None:
        self.rejected.append(Rejected(self.path, line, reason))

    def _joined(self, name: str, dtype: type) -> NDArray[Any]:
        parts = self._parts.pop(name)
        return np.concatenate(parts) if parts else np.zeros(0, dtype=dtype)

    def interactions(self) -> Interactions:
        """All rows as interactions; to be called once, because it takes the arrays with it."""
        self.rejected.sort(key=lambda row: row.line)
        user_names = cast(list[str], self._codes["userId"].meanings)
        keys = cast(list[TitleKey], self._codes["movieId"].meanings)
        users, items = self._joined("userId", np.int32), self._joined("movieId", np.int32)
        if "rating" in self._codes:
            stars = cast(list[float], self._codes["rating"].meanings)
            weight_of = np.array([weight_of_rating(value) for value in stars], dtype=np.float32)
            weights = weight_of[self._joined("rating", np.int32).astype(np.int64)]
        else:
            weights = np.full(len(users), FAVOURITE_WEIGHT, dtype=np.float32)
        times = (
            self._joined("timestamp", np.float64).astype(np.float64)
            if "timestamp" in self.columns.places
            else np.zeros(len(users))
        )
        return from_arrays(user_names, keys, users.astype(np.int64), items.astype(np.int64), weights, times)


def from_arrays(
    users: Sequence[str],
    keys: Sequence[TitleKey],
    user_codes: Places,
    item_codes: Places,
    weights: NDArray[np.float32],
    timestamps: NDArray[np.float64],
) -> Interactions:
    """What `Interactions.from_events` makes of the rows (users[user_codes], keys[item_codes], weights, timestamps).

    Of one user's rows on a title the latest counts, of those of one moment the one of the largest weight.
    """
    user_order, item_order = _sorted_places(users, user_codes), _sorted_places(keys, item_codes)
    user_places, item_places = user_order.ranks[user_codes], item_order.ranks[item_codes]
    pairs = user_places * max(1, len(item_order.kept)) + item_places
    order = np.argsort(pairs, kind="stable")
    if (pairs[order][1:] == pairs[order][:-1]).any():
        order = np.lexsort((weights, timestamps, pairs))
    ordered = pairs[order]
    last = np.ones(len(ordered), dtype=bool)
    last[:-1] = ordered[1:] != ordered[:-1]
    order = order[last]
    return Interactions(
        users=[users[code] for code in user_order.kept],
        items=[keys[code] for code in item_order.kept],
        user_indices=user_places[order].astype(np.int32),
        item_indices=item_places[order].astype(np.int32),
        weights=weights[order],
        timestamps=timestamps[order],
    )


@dataclass(frozen=True, slots=True)
class _Order:
    """The codes that occur, by their values, and the place of each code there."""

    kept: list[int]
    ranks: Places


def _sorted_places(values: Sequence[str] | Sequence[TitleKey], codes: Places) -> _Order:
    used = np.bincount(codes, minlength=len(values)) > 0
    kept = sorted(np.flatnonzero(used).tolist(), key=values.__getitem__)
    ranks = np.zeros(len(values), dtype=np.int64)
    ranks[kept] = np.arange(len(kept))
    return _Order(kept, ranks)


class _Block:
    """The lines of a piece of the file: those that are plain, with where their fields are, and the odd ones."""

    def __init__(self, text: bytes, columns: int) -> None:
        self.text = text
        self.bytes = np.frombuffer(text, dtype=np.uint8)
        newlines = np.flatnonzero(self.bytes == ord("\n"))
        ends = newlines if text.endswith(b"\n") else np.append(newlines, len(text))
        self.starts = np.concatenate(([0], ends[:-1] + 1))
        returned = (ends > self.starts) & (self.bytes[np.maximum(ends - 1, 0)] == ord("\r"))
        self.ends = ends - returned
        commas = np.flatnonzero(self.bytes == ord(","))
        first = np.searchsorted(commas, self.starts)
        plain = np.searchsorted(commas, self.ends) - first == columns - 1
        plain &= (self.ends > self.starts) & (self.ends - self.starts <= columns * (_LONGEST_PLAIN_FIELD + 1))
        plain[self._lines_with((self.bytes == ord('"')) | (self.bytes == 0))] = False
        self.plain = np.flatnonzero(plain)
        self.odd = np.flatnonzero(~plain)
        inner = (
            commas[first[self.plain, None] + np.arange(columns - 1)]
            if len(commas)
            else np.zeros((0, columns - 1), np.int64)
        )
        self._field_starts = np.column_stack((self.starts[self.plain], inner + 1))
        self._field_ends = np.column_stack((inner, self.ends[self.plain]))

    def _lines_with(self, marked: NDArray[np.bool_]) -> Places:
        return np.unique(np.searchsorted(self.ends, np.flatnonzero(marked)))

    def line(self, place: int) -> bytes:
        return self.text[self.starts[place] : self.ends[place]]

    def field(self, place: int) -> Texts:
        """One column of the plain lines."""
        starts = self._field_starts[:, place]
        lengths = self._field_ends[:, place] - starts
        width = max(1, int(lengths.max(initial=0)))
        reach = np.arange(width)
        cells = self.bytes[np.minimum(starts[:, None] + reach, len(self.bytes) - 1)]
        cells[reach >= lengths[:, None]] = 0
        texts: Texts = np.ascontiguousarray(cells).view(f"S{width}").ravel()
        return texts


def _timestamps(texts: Texts) -> NDArray[np.float64]:
    """Seconds of each text; not a number where a text is none."""
    width = texts.dtype.itemsize
    cells = texts.view(np.uint8).reshape(len(texts), width) if len(texts) else np.zeros((0, width), np.uint8)
    digits = cells - np.uint8(ord("0"))
    written = cells != 0
    lengths = written.sum(axis=1)
    plain = ((digits <= 9) | ~written).all(axis=1) & (lengths > 0) & (lengths <= _LONGEST_PLAIN_NUMBER)
    values = np.zeros(len(texts))
    for place in range(min(width, _LONGEST_PLAIN_NUMBER)):
        values = np.where(written[:, place], values * 10 + digits[:, place], values)
    values[plain & (values > LATEST_TIMESTAMP)] = np.nan
    for row in np.flatnonzero(~plain).tolist():
        try:
            values[row] = _moment(texts[row].decode().strip())
        except ValueError:
            values[row] = np.nan
    return values


def _cells(raw: bytes, expected: int) -> list[str]:
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        raise ValueError("not UTF-8; save the file as UTF-8") from error
    if "\0" in text:
        raise ValueError("a control character; remove it")
    try:
        (cells,) = csv.reader([text], strict=True)
    except csv.Error as error:
        raise ValueError(f"no CSV ({error}); close every quote on its line") from error
    if len(cells) != expected:
        raise ValueError(wrong_number(len(cells), expected))
    return cells


def _user(text: str) -> str:
    if not text:
        raise ValueError("userId is empty; write the id of the person")
    return text


def _stars(text: str) -> float:
    try:
        stars = float(text)
    except ValueError:
        stars = math.nan
    if not 0.5 <= stars <= 5:
        raise ValueError(f"rating {shown(text)} is not 0.5 to 5; write it on that scale")
    return stars


def _moment(text: str) -> float:
    try:
        moment = float(text)
    except ValueError:
        moment = math.nan
    if not 0 <= moment <= LATEST_TIMESTAMP:
        raise ValueError(f"timestamp {shown(text)} is no time from 1970 to 2099; write seconds since 1970")
    return moment


_PARSERS: dict[str, Callable[[str], object]] = {
    "userId": _user,
    "movieId": parse_key,
    "rating": _stars,
    "timestamp": _moment,
}
