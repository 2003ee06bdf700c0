"""What CSV files of any kind share: UTF-8 with a header, gzip where the name ends in `.gz`, faults with a remedy."""

import csv
import gzip
import re
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Final, Generic, TypeVar, cast

from apps.recommendations.engine.titles import TitleKey

MAX_MEDIA_ID: Final = 2**53 - 1

_LONGEST_HEADER = 1 << 20
_KEY = re.compile(r"tv#(?P<series>[0-9]{1,16})|(?P<film>[0-9]{1,16})(?:\.0+)?")

T = TypeVar("T")


class CsvError(ValueError):
    """The file as a whole cannot be used; the message names it, the fault and the remedy."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """A line that was not used."""

    file: Path
    line: int
    reason: str

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}: {self.reason}"


@dataclass(slots=True)
class Rows(Generic[T]):
    """What the usable lines of a file hold, and the lines that are not usable, in their order."""

    content: T
    rejected: list[Rejected] = field(default_factory=list)


def parse_key(text: str) -> TitleKey:
    """The title that `603` or `tv#1396` names; ValueError with the remedy for anything else.

    `603.0` is a film too: programs write whole numbers so when a cell of their column is empty.
    """
    found = _KEY.fullmatch(text)
    media_id = int(found["series"] or found["film"]) if found else 0
    if not (found and 1 <= media_id <= MAX_MEDIA_ID):
        raise ValueError(f"movieId {shown(text)} is no title; write a number such as 603, or tv#1396 for a series")
    return ("tv" if found["series"] else "movie", media_id)


@dataclass(frozen=True, slots=True)
class Columns:
    """How many columns a file has and where the known ones are."""

    count: int
    places: dict[str, int]


def opened(path: Path) -> BinaryIO:
    """The bytes of the file, unpacked; CsvError when there is none."""
    try:
        return cast(BinaryIO, gzip.open(path)) if path.suffix == ".gz" else path.open("rb")
    except OSError as error:
        raise CsvError(f"{path} cannot be read ({error.strerror}); name a CSV file.") from error


def part_read(path: Path, file: BinaryIO) -> float:
    """How much of the file was read, from 0 to 1."""
    packed = file.fileobj if isinstance(file, gzip.GzipFile) else file
    return packed.tell() / max(1, path.stat().st_size)


def read_checked(path: Path, read: Callable[[], T]) -> T:
    """What `read` answers; CsvError when the file breaks off or is no gzip."""
    try:
        return read()
    except (OSError, EOFError, zlib.error) as error:
        raise CsvError(f"{path} cannot be read to its end ({error}); put a whole file in its place.") from error


def read_header(path: Path, file: BinaryIO, needed: Sequence[str], known: Sequence[str]) -> Columns:
    """Takes the first line; CsvError when it names a known column twice or one of the `needed` not at all."""
    raw = read_checked(path, lambda: file.readline(_LONGEST_HEADER))
    try:
        (names,) = csv.reader([raw.decode("utf-8-sig").rstrip("\r\n")], strict=True)
    except (ValueError, csv.Error) as error:
        raise CsvError(f"{path}, line 1: this is no CSV ({error}); write {','.join(needed)} there.") from error
    spelled = {name.casefold(): name for name in known}
    found = [spelled.get(name.strip().casefold(), "") for name in names]
    for name in needed:
        if name not in found:
            raise CsvError(
                f"{path}, line 1: the header does not name {name}; "
                f"write a header such as {','.join(known[:4])} above the rows."
            )
    for name in filter(None, found):
        if found.count(name) > 1:
            raise CsvError(f"{path}, line 1: the header names {name} twice; leave one.")
    return Columns(len(found), {name: place for place, name in enumerate(found) if name})


def wrong_number(found: int, expected: int) -> str:
    """The fault of a line that has not as many fields as the header."""
    return f"{found} fields instead of {expected}; write one for each column of the header, in quotes if it has commas"


def shown(text: str) -> str:
    """`text` as a message quotes it: the beginning, if it is long."""
    return repr(text if len(text) <= 20 else f"{text[:20]}…")
