"""Fields of titles that staff may correct: how a value is typed, what it must be, and where it shows."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from apps.media.genres import GENRES
from apps.media.streaming import HOME_REGION
from apps.media.text import clean
from apps.media.titles import CatalogueTitle, FullTitle, MediaType
from movierec.dynamo.table import Row

# What stands for a field, by its name in CatalogueTitle, in place of what the source says; lists where that has tuples.
Values = Mapping[str, Any]

_LONGEST_NAME: Final = 300
_LONGEST_OVERVIEW: Final = 2_000
_LONGEST_RUNTIME: Final = 1_000
_MOST_ENTRIES: Final = 20
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_YEAR: Final = re.compile(r"1[89]\d\d|20\d\d|21\d\d", re.ASCII)
_LANGUAGE: Final = re.compile("[a-z]{2}")
_COUNTRY: Final = re.compile("[A-Z]{2}")
_CERTIFICATION: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9 .+/-]{0,19}")
_PICTURE: Final = re.compile(r"/[A-Za-z0-9_-]{1,80}\.(?:jpg|png)")


class WrongValue(ValueError):
    """What was typed cannot stand in a field; the message is a sentence that says what can."""


@dataclass(frozen=True, slots=True)
class Field:
    """A field that can be corrected.

    `read` makes a value of what was typed, for a title of a type, and raises WrongValue; `item_name` is what lists call
    it, empty where they do not show it.
    """

    name: str
    label: str
    help: str
    read: Callable[[str, MediaType], Any]
    item_name: str = ""
    long: bool = False

    def typed(self, value: Any, media_type: MediaType) -> str:
        """A value as somebody would type it: `read` makes the same value of it again."""
        if self.name == "genres":
            return ", ".join(GENRES[media_type].get(genre, str(genre)) for genre in value)
        return ", ".join(value) if isinstance(value, list | tuple) else "" if value is None else str(value)


def _name(text: str, media_type: MediaType) -> str:
    found = clean(text)
    if not 1 <= len(found) <= _LONGEST_NAME:
        raise WrongValue(f"Write a name of 1 to {_LONGEST_NAME} characters.")
    return found


def _name_or_none(text: str, media_type: MediaType) -> str | None:
    return _name(text, media_type) if clean(text) else None


def _overview(text: str, media_type: MediaType) -> str:
    found = clean(text)
    if len(found) > _LONGEST_OVERVIEW:
        raise WrongValue(f"Write at most {_LONGEST_OVERVIEW} characters; these are {len(found)}.")
    return found


def _day(text: str, media_type: MediaType) -> str | None:
    found = text.strip()
    if not found or _YEAR.fullmatch(found):
        return found or None
    if _DAY.fullmatch(found) and _YEAR.fullmatch(found[:4]) and _is_day(found):
        return found
    raise WrongValue("Write a day such as 1999-03-31, a year such as 1999, or nothing.")


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _runtime(text: str, media_type: MediaType) -> int | None:
    found = text.strip()
    if not found:
        return None
    if not re.fullmatch("[0-9]{1,4}", found) or not 1 <= int(found) <= _LONGEST_RUNTIME:
        raise WrongValue(f"Write a whole number of minutes from 1 to {_LONGEST_RUNTIME}, or nothing.")
    return int(found)


def _genres(text: str, media_type: MediaType) -> list[int]:
    numbers = {name.casefold(): number for number, name in GENRES[media_type].items()}
    names = _entries(text)
    unknown = [name for name in names if name.casefold() not in numbers]
    if unknown:
        raise WrongValue(f"There is no genre {unknown[0][:50]!r}; choose of {', '.join(GENRES[media_type].values())}.")
    return list(dict.fromkeys(numbers[name.casefold()] for name in names))


def _countries(text: str, media_type: MediaType) -> list[str]:
    codes = _entries(text)
    if len(codes) > _MOST_ENTRIES or not all(map(_COUNTRY.fullmatch, codes)):
        raise WrongValue(f"Write at most {_MOST_ENTRIES} codes of two capital letters, such as SE, NO; or nothing.")
    return list(dict.fromkeys(codes))


def _entries(text: str) -> list[str]:
    """What stands between commas."""
    return [entry for each in text.split(",") if (entry := clean(each))]


def _matching(pattern: re.Pattern[str], sentence: str) -> Callable[[str, MediaType], str | None]:
    def read(text: str, media_type: MediaType) -> str | None:
        found = text.strip()
        if found and not pattern.fullmatch(found):
            raise WrongValue(sentence)
        return found or None

    return read


_PICTURE_PATH: Final = _matching(_PICTURE, "Write a path of TMDB's such as /abc123.jpg, or nothing.")

FIELDS: Final[Mapping[str, Field]] = {
    field.name: field
    for field in (
        Field("title", "Title", "In the catalogue's own language; translated titles stay.", _name, "title"),
        Field(
            "original_title",
            "Original title",
            "Nothing where it is the title itself.",
            _name_or_none,
            "original_title",
        ),
        Field(
            "overview",
            "Overview",
            f"At most {_LONGEST_OVERVIEW} characters, in the catalogue's own language.",
            _overview,
            "overview",
            long=True,
        ),
        Field("release_date", "Release date", "YYYY-MM-DD, or the year alone.", _day, "release_date"),
        Field("genres", "Genres", "Their names with commas between them, the main one first.", _genres, "genre_ids"),
        Field("runtime", "Runtime", "In minutes; of a series, of one episode.", _runtime),
        Field(
            "language",
            "Language",
            "The original language as two small letters, such as sv.",
            _matching(_LANGUAGE, "Write two small letters such as sv, or nothing."),
            "original_language",
        ),
        Field("countries", "Countries", "Two capital letters each, such as SE, NO.", _countries),
        Field(
            "certification",
            "Certification",
            f"That of {HOME_REGION}, such as PG-13.",
            _matching(_CERTIFICATION, "Write a certification such as PG-13 of at most 20 characters, or nothing."),
        ),
        Field("poster_path", "Poster", "TMDB's path; nothing for a drawn one.", _PICTURE_PATH, "poster_path"),
        Field("backdrop_path", "Backdrop", "TMDB's path, or nothing.", _PICTURE_PATH, "backdrop_path"),
    )
}


def corrected(title: CatalogueTitle, values: Values) -> CatalogueTitle:
    """The title with corrected values in place of its source's."""
    known: dict[str, Any] = {name: value for name, value in values.items() if name in FIELDS}
    lists = {name: tuple(value) for name, value in known.items() if isinstance(value, list)}
    return replace(title, **{**known, **lists})


def corrected_full(full: FullTitle, values: Values) -> FullTitle:
    """The same for a title with its details, which tell a certification as well."""
    found = replace(full, facts=corrected(full.facts, values))
    if found.details is None or "certification" not in values:
        return found
    others = {name: value for name, value in found.details.certifications.items() if name != HOME_REGION}
    return replace(found, details=replace(found.details, certifications=others))


def corrected_item(item: Row, values: Values) -> Row:
    """What lists show of a title, with corrected values."""
    shown = {field.item_name: values[name] for name, field in FIELDS.items() if field.item_name and name in values}
    if shown.get("original_title", "") is None:
        shown["original_title"] = shown.get("title", item["title"])
    return {**item, **shown}
