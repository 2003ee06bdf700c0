"""Reads the demo catalogue's JSON Lines files: one title a line, every field checked."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from apps.media.errors import CatalogueError
from apps.media.providers.demo.fields import FIELDS, wrong_field
from apps.media.titles import CatalogueTitle, TitleKey

TITLES_FOLDER: Final = Path(__file__).parent / "titles"
SOURCE: Final = "demo"


class DemoCatalogue:
    """The titles of a folder of .jsonl files, file by file in the order of their names."""

    def __init__(self, folder: Path = TITLES_FOLDER) -> None:
        self._folder = folder

    def titles(self) -> Iterator[CatalogueTitle]:
        """Every title once.

        Raises CatalogueError, naming file, line and field, for a line that is wrong or repeats a title.
        """
        places: dict[TitleKey, str] = {}
        for place, line in self._lines():
            title = _title(_checked(place, line))
            if title.key in places:
                raise CatalogueError(f"{place}: id: the title already stands at {places[title.key]}; remove one.")
            places[title.key] = place
            yield title

    def version(self) -> str:
        """A digest of the files."""
        digest = sha256()
        for path in self._files():
            digest.update(path.name.encode() + b"\0" + path.read_bytes())
        return digest.hexdigest()[:16]

    def _files(self) -> list[Path]:
        return sorted(self._folder.glob("*.jsonl"))

    def _lines(self) -> Iterator[tuple[str, str]]:
        for path in self._files():
            with path.open(encoding="utf-8") as file:
                for number, line in enumerate(file, start=1):
                    yield f"{path.name}, line {number}", line


def _checked(place: str, line: str) -> Mapping[str, Any]:
    try:
        entry = json.loads(line)
    except json.JSONDecodeError as error:
        raise CatalogueError(f"{place}: not JSON ({error.msg}); write one object a line.") from error
    if not isinstance(entry, dict) or set(entry) != set(FIELDS):
        raise CatalogueError(f"{place}: the line must be an object with exactly the keys {', '.join(FIELDS)}.")
    problem = wrong_field(entry)
    if problem is not None:
        name, rule = problem
        raise CatalogueError(f"{place}: {name}: {entry[name]!r} is not {rule}.")
    return entry


def _title(entry: Mapping[str, Any]) -> CatalogueTitle:
    return CatalogueTitle(
        media_type=entry["type"],
        media_id=entry["id"],
        title=entry["title"],
        source=SOURCE,
        original_title=entry["original_title"],
        release_date=entry["date"],
        genres=tuple(entry["genres"]),
        runtime=entry["runtime"],
        language=entry["language"],
        countries=tuple(entry["countries"]),
        makers=tuple(entry["makers"]),
        cast=tuple(entry["cast"]),
        keywords=tuple(entry["keywords"]),
        certification=entry["certification"],
        acclaim=tuple(entry["acclaim"]),
        services=tuple(entry["services"]),
        renown=entry["renown"],
        overview=entry["overview"],
    )
