"""The files of a MovieLens folder, row by row.

Format: GroupLens's README of ml-latest: movies.csv `movieId,title,genres`, links.csv `movieId,imdbId,tmdbId`,
ratings.csv `userId,movieId,rating,timestamp`; UTF-8, fields with commas in double quotes, a row a line. Each line is
read on its own, so one that cannot be read costs itself alone and is reported with its number.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

R = TypeVar("R")

COLUMNS = {
    "movies.csv": ["movieId", "title", "genres"],
    "links.csv": ["movieId", "imdbId", "tmdbId"],
    "ratings.csv": ["userId", "movieId", "rating", "timestamp"],
}
MAX_ID = 2**31 - 1
MAX_TITLE_LENGTH = 500
# The first public rating system on the web is of 1994; later than 2100 is a mistake of units.
EARLIEST_RATING = 757_382_400
LATEST_RATING = 4_102_444_800

_YEAR = re.compile(r"\s*\((\d{4})(?:[-\u2013]\d{0,4})?\)\s*$")
_BRACKET = re.compile(r"\s+\((?:a\.?k\.?a\.? )?([^()]*)\)\s*$")
_ARTICLE = re.compile(
    r"^(.+), (The|A|An|La|Le|Les|L'|Il|Lo|I|Gli|El|Los|Las|Das|Der|Die|Det|Den|De|En|Ett|Een|Un|Une|Una|O|Os|As)$"
)


class FolderError(Exception):
    """The folder is not a MovieLens folder; the message says what is missing."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that could not be read."""

    file: str
    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Film:
    """A row of movies.csv with its title taken apart."""

    movie_id: int
    title: str
    original_title: str | None
    year: int | None
    genres: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rating:
    """A row of ratings.csv; `line` is its number in the file, `timestamp` seconds since 1970."""

    line: int
    user_id: int
    movie_id: int
    stars: float
    timestamp: int


@dataclass(slots=True)
class Folder:
    """A MovieLens folder. `rejected` grows while its rows are read."""

    path: Path
    rejected: list[Rejected] = field(default_factory=list)

    def check(self) -> None:
        """Raises FolderError when a file is absent, unreadable or has other columns."""
        for name, columns in COLUMNS.items():
            try:
                with (self.path / name).open("rb") as file:
                    header = file.readline().decode("utf-8-sig", "replace").strip()
            except OSError as error:
                raise FolderError(
                    f"{self.path / name} cannot be read ({error.strerror}); name a folder with {', '.join(COLUMNS)}."
                ) from error
            if header.split(",") != columns:
                raise FolderError(f"{self.path / name} must start with the line {','.join(columns)}.")

    def films(self) -> Iterator[Film]:
        """The rows of movies.csv."""
        return self._rows("movies.csv", _film)

    def tmdb_ids(self) -> Iterator[tuple[int, int]]:
        """(movieId, tmdbId) of the rows of links.csv that have a TMDB number."""
        for movie_id, tmdb_id in self._rows("links.csv", _link):
            if tmdb_id is not None:
                yield movie_id, tmdb_id

    def ratings(self, after_line: int = 0) -> Iterator[Rating]:
        """The rows of ratings.csv behind line `after_line`."""
        return self._rows("ratings.csv", _rating, after_line)

    def lines(self, name: str) -> int:
        """How many lines a file has."""
        with (self.path / name).open("rb") as file:
            return sum(1 for _ in file)

    def reject(self, file: str, line: int, reason: str) -> None:
        """Notes a row that is not used."""
        self.rejected.append(Rejected(file, line, reason))

    def _rows(self, name: str, read: Callable[[list[str], int], R], after_line: int = 0) -> Iterator[R]:
        with (self.path / name).open("rb") as file:
            for number, raw in enumerate(file, 1):
                if number == 1 or number <= after_line or not raw.strip():
                    continue
                try:
                    row = read(_fields(raw, len(COLUMNS[name])), number)
                except ValueError as error:
                    self.reject(name, number, str(error))
                    continue
                yield row


def _fields(raw: bytes, expected: int) -> list[str]:
    try:
        text = raw.decode("utf-8-sig").rstrip("\r\n")
    except UnicodeDecodeError as error:
        raise ValueError("not UTF-8") from error
    if not text.isprintable() and any(ord(character) < 32 for character in text):
        raise ValueError("a control character")
    try:
        (fields,) = csv.reader([text], strict=True)
    except csv.Error as error:
        raise ValueError(f"not CSV ({error})") from error
    if len(fields) != expected:
        raise ValueError(f"{len(fields)} fields instead of {expected}")
    return [value.strip() for value in fields]


def _film(fields: list[str], _line: int) -> Film:
    movie_id, title, genres = fields
    if not title or len(title) > MAX_TITLE_LENGTH:
        raise ValueError("the title is empty or too long")
    name, original, year = take_apart(title)
    listed = tuple(genre for genre in genres.split("|") if genre and genre != "(no genres listed)")
    return Film(_identity(movie_id, "movieId"), name, original, year, listed)


def _link(fields: list[str], _line: int) -> tuple[int, int | None]:
    movie_id, _imdb_id, tmdb_id = fields
    return _identity(movie_id, "movieId"), _identity(tmdb_id, "tmdbId") if tmdb_id else None


def _rating(fields: list[str], line: int) -> Rating:
    user_id, movie_id, stars, timestamp = fields
    return Rating(
        line,
        _identity(user_id, "userId"),
        _identity(movie_id, "movieId"),
        _stars(stars),
        _moment(timestamp),
    )


def _identity(text: str, name: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= 10 and 1 <= int(text) <= MAX_ID):
        raise ValueError(f"{name} {text[:20]!r} is not a whole number from 1")
    return int(text)


def _stars(text: str) -> float:
    try:
        stars = float(text)
    except ValueError:
        stars = 0.0
    if not 0.5 <= stars <= 5 or stars * 2 != int(stars * 2):
        raise ValueError(f"rating {text[:20]!r} is not 0.5 to 5 in half steps")
    return stars


def _moment(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= 10):
        raise ValueError(f"timestamp {text[:20]!r} is not a number of seconds")
    if not EARLIEST_RATING <= int(text) <= LATEST_RATING:
        raise ValueError(f"timestamp {text} lies before 1994 or after 2099")
    return int(text)


def take_apart(text: str) -> tuple[str, str | None, int | None]:
    """(title, original title, year) of a title such as `City of Lost Children, The (Cité perdue, La) (1995)`.

    Articles move to the front; of the brackets before the year the last is the original title.
    """
    year = _YEAR.search(text)
    name = text[: year.start()] if year else text
    brackets = []
    while (found := _BRACKET.search(name)) and found.start() > 0:
        brackets.append(found.group(1))
        name = name[: found.start()]
    original = _article_first(brackets[0]) if brackets else None
    return _article_first(name) or text, original or None, int(year.group(1)) if year else None


def _article_first(name: str) -> str:
    found = _ARTICLE.match(name.strip())
    if not found:
        return name.strip()
    article = found.group(2)
    return f"{article}{found.group(1)}" if article.endswith("'") else f"{article} {found.group(1)}"
