"""Titles from a CSV file: MovieLens's `movieId,title,genres`, and more facts where there are columns for them."""

import csv
import math
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, Final, cast

from apps.recommendations.engine.titles import Title, TitleKey
from apps.recommendations.engine.vocabulary import GENRE_NAMES

from .csv_files import CsvError, Rejected, Rows, opened, parse_key, read_checked, read_header, shown, wrong_number
from .interactions import Interactions

NO_GENRES: Final = "(no genres listed)"
# MovieLens's names beside TMDB's; film noir is a keyword there.
GENRES_OF_MOVIELENS: Final = {"children": 10751, "musical": 10402, "sci-fi": 878}
KEYWORDS_OF_MOVIELENS: Final = {"film-noir": "film noir"}

_TEXTS = (
    "title",
    "original_title",
    "overview",
    "poster_path",
    "backdrop_path",
    "release_date",
    "language",
    "certification",
)
_LISTS = ("countries", "makers", "cast", "keywords", "acclaim", "services")
_NUMBERS: dict[str, Callable[[str], float]] = {
    "runtime": int,
    "vote_average": float,
    "vote_count": int,
    "popularity": float,
}
_FACTS = (*_TEXTS[1:], *_LISTS, *_NUMBERS)
_YEAR = re.compile(r"\s*\((\d{4})(?:[-\u2013]\d{0,4})?\)\s*$")
_GENRES = {name.casefold(): number for number, name in GENRE_NAMES.items()} | GENRES_OF_MOVIELENS


def read_titles(path: Path) -> Rows[list[Title]]:
    """The titles of the CSV file, lists within a field joined by `|`.

    Raises CsvError when the file cannot be read or its header does not name movieId and title.
    """
    titles: list[Title] = []
    rejected: list[Rejected] = []
    with opened(path) as file:
        columns = read_header(path, file, ("movieId", "title"), ("movieId", "title", "genres", *_FACTS))
        for line, cells in _records(path, file, rejected):
            if len(cells) != columns.count:
                rejected.append(Rejected(path, line, wrong_number(len(cells), columns.count)))
                continue
            try:
                titles.append(_title({name: cells[place].strip() for name, place in columns.places.items()}))
            except ValueError as error:
                rejected.append(Rejected(path, line, str(error)))
    if not titles:
        raise CsvError(f"{path}: no line can be used; write movieId,title,genres and a row a title.")
    return Rows(titles, sorted(rejected, key=lambda row: row.line))


def titles_for(interactions: Interactions, titles: Iterable[Title] = ()) -> list[Title]:
    """The `titles` and, for whatever else `interactions` has, titles of which only the id is known."""
    known = {title.key: title for title in titles}
    for key in interactions.items:
        if key not in known:
            known[key] = plain_title(key)
    return [known[key] for key in sorted(known)]


def plain_title(key: TitleKey, **facts: object) -> Title:
    """A title of which only its id and the `facts` are known."""
    kind = "Film" if key[0] == "movie" else "Series"
    return Title.from_json({"media_type": key[0], "media_id": key[1], "title": f"{kind} {key[1]}", **facts})


def _records(path: Path, binary: BinaryIO, rejected: list[Rejected]) -> Iterator[tuple[int, list[str]]]:
    """(line of its beginning, fields) of each row below the header; a field in quotes may hold several lines."""
    lines = _lines(path, binary, rejected)
    at = _Counted(lines)
    reader = csv.reader(at, strict=True)
    while True:
        begun = at.line + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            rejected.append(Rejected(path, begun, f"no CSV ({error}); close every quote"))
            continue
        if any(cells):
            yield begun, cells


class _Counted:
    """Hands on (line number, text) pairs as texts and knows the number of the last."""

    def __init__(self, lines: Iterator[tuple[int, str]]) -> None:
        self._lines = lines
        self.line = 1

    def __iter__(self) -> "_Counted":
        return self

    def __next__(self) -> str:
        self.line, text = next(self._lines)
        return text


def _lines(path: Path, binary: BinaryIO, rejected: list[Rejected]) -> Iterator[tuple[int, str]]:
    number = 1
    while raw := read_checked(path, binary.readline):
        number += 1
        try:
            yield number, raw.decode()
        except UnicodeDecodeError:
            rejected.append(Rejected(path, number, "not UTF-8; save the file as UTF-8"))


def _title(cells: dict[str, str]) -> Title:
    key = parse_key(cells["movieId"])
    facts: dict[str, object] = {name: cells[name] for name in _TEXTS if cells.get(name)}
    facts |= {name: _listed(cells[name]) for name in _LISTS if cells.get(name)}
    facts |= {name: _number(name, cells[name]) for name in _NUMBERS if cells.get(name)}
    if not facts.get("title"):
        raise ValueError("the title is empty; write its name")
    name = str(facts["title"])
    year = _YEAR.search(name)
    if year and year.start():
        facts["title"] = name[: year.start()]
        facts.setdefault("release_date", year.group(1))
    names = [name for name in _listed(cells.get("genres", "")) if name != NO_GENRES]
    facts["genres"] = [number for name in names if (number := _genre(name)) is not None]
    noted = [KEYWORDS_OF_MOVIELENS[name.casefold()] for name in names if name.casefold() in KEYWORDS_OF_MOVIELENS]
    facts["keywords"] = [*cast(list[str], facts.get("keywords", [])), *noted]
    return plain_title(key, **facts)


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split("|") if part.strip()]


def _genre(name: str) -> int | None:
    if name.isascii() and name.isdecimal() and int(name[:9]) in GENRE_NAMES:
        return int(name)
    return _GENRES.get(name.casefold())


def _number(name: str, text: str) -> float:
    try:
        number = _NUMBERS[name](text)
    except ValueError:
        number = math.nan
    if not 0 <= number < 1e9:
        raise ValueError(f"{name} {shown(text)} is no number from 0; leave it empty where it is not known")
    return number
