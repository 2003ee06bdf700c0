"""The kinds of answers the questionnaire takes: what each reads, and how it is described to clients.

`read` answers the value to store, or raises NotThisKind with one sentence that says what would be right. `schema` is
the answer's form in JSON Schema. `blank_is_unanswered` tells whether an empty text means that nothing was chosen.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

import orjson

from movierec.api.fields import is_plain

Schema = dict[str, Any]

SHOWN_CHARACTERS = 40
MAX_NUMBER_CHARACTERS = 20


class NotThisKind(ValueError):
    """An answer that is not of its question's kind; the text says what would be."""


class Kind(Protocol):
    """One kind of answer."""

    blank_is_unanswered: ClassVar[bool]

    def read(self, value: Any) -> Any:
        """The answer to store; raises NotThisKind for one that is not."""
        ...

    def schema(self) -> Schema:
        """The answer's JSON Schema."""
        ...


def shown(value: Any) -> str:
    """A client's value as a sentence can quote it."""
    if isinstance(value, dict | list):
        return "An object" if isinstance(value, dict) else "A list"
    text = orjson.dumps(value).decode()
    return text if len(text) <= SHOWN_CHARACTERS else f"{text[:SHOWN_CHARACTERS]}…"


def _list(value: Any, most: int) -> list[Any]:
    if not isinstance(value, list):
        raise NotThisKind("Send a list.")
    if len(value) > most:
        raise NotThisKind(f"At most {most} entries are taken.")
    return value


def _text(value: Any, longest: int) -> str:
    if not isinstance(value, str):
        raise NotThisKind(f"{shown(value)} is not a text.")
    if len(value) > longest:
        raise NotThisKind(f"At most {longest} characters are taken.")
    if "\0" in value:
        raise NotThisKind("NUL characters are not taken.")
    return value


def _unique(values: list[Any]) -> list[Any]:
    return list(dict.fromkeys(values))


@dataclass(frozen=True, slots=True)
class OneCode:
    """One of the listed codes."""

    codes: tuple[str, ...]
    blank_is_unanswered: ClassVar[bool] = True

    def read(self, value: Any) -> str:
        """The code."""
        if not isinstance(value, str) or value not in self.codes:
            raise NotThisKind(f"{shown(value)} is not one of {', '.join(self.codes)}.")
        return value

    def schema(self) -> Schema:
        """A text of the listed ones."""
        return {"type": "string", "enum": list(self.codes)}


@dataclass(frozen=True, slots=True)
class ManyCodes:
    """A list of the listed codes; a repeated one counts once."""

    codes: tuple[str, ...]
    blank_is_unanswered: ClassVar[bool] = False
    most: ClassVar[int] = 100

    def read(self, value: Any) -> list[str]:
        """The distinct codes in the order sent."""
        one = OneCode(self.codes)
        return _unique([one.read(entry) for entry in _list(value, self.most)])

    def schema(self) -> Schema:
        """A list of the listed texts."""
        return {"type": "array", "items": OneCode(self.codes).schema()}


@dataclass(frozen=True, slots=True)
class Genre:
    """A listed genre's id, as a number or as text; kept in the form it came."""

    names: tuple[tuple[int, str], ...]
    blank_is_unanswered: ClassVar[bool] = True

    def read(self, value: Any) -> int | str:
        """The id as it came."""
        ids = [number for number, _ in self.names]
        whole = isinstance(value, int) and not isinstance(value, bool)
        if not (whole and value in ids) and not (isinstance(value, str) and value in map(str, ids)):
            raise NotThisKind(f"{shown(value)} is not one of {', '.join(map(str, ids))}.")
        return value  # type: ignore[no-any-return]  # it equals one of the ids or its text

    def schema(self) -> Schema:
        """A number, or its text."""
        names = ", ".join(f"{number} {name}" for number, name in self.names)
        ids = [number for number, _ in self.names]
        numbers = {"type": "integer", "enum": ids}
        return {"oneOf": [numbers, {"type": "string", "enum": list(map(str, ids))}], "description": names}


@dataclass(frozen=True, slots=True)
class Genres:
    """A list of listed genre ids; a repeated one counts once."""

    names: tuple[tuple[int, str], ...]
    blank_is_unanswered: ClassVar[bool] = False
    most: ClassVar[int] = 100

    def read(self, value: Any) -> list[int | str]:
        """The distinct ids in the order and form sent."""
        one = Genre(self.names)
        first: dict[str, int | str] = {}
        for entry in _list(value, self.most):
            first.setdefault(str(entry), one.read(entry))
        return list(first.values())

    def schema(self) -> Schema:
        """A list of ids."""
        return {"type": "array", "items": Genre(self.names).schema()}


@dataclass(frozen=True, slots=True)
class Number:
    """A number between two bounds, as a number or as text."""

    lowest: float
    highest: float
    whole: bool = False
    blank_is_unanswered: ClassVar[bool] = True

    def read(self, value: Any) -> int | float:
        """The number."""
        number = _number(value)
        if number is None or not self.lowest <= number <= self.highest or (self.whole and number != int(number)):
            sort = "whole number" if self.whole else "number"
            raise NotThisKind(f"{shown(value)} is not a {sort} from {self.lowest} to {self.highest}.")
        return int(number) if self.whole else number

    def schema(self) -> Schema:
        """A number with its bounds."""
        return {"type": "integer" if self.whole else "number", "minimum": self.lowest, "maximum": self.highest}


def _number(value: Any) -> int | float | None:
    """A finite number, also from its text; whole ones as int where they are written so."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    if not isinstance(value, str):
        return value if math.isfinite(value) else None
    try:
        number = float(value) if len(value) <= MAX_NUMBER_CHARACTERS and is_plain(value) else math.nan
    except ValueError:
        return None
    if not math.isfinite(number):
        return None
    return int(number) if number.is_integer() else number


@dataclass(frozen=True, slots=True)
class GenreRatings:
    """Points from 1 to 10 by genre id."""

    names: tuple[tuple[int, str], ...]
    blank_is_unanswered: ClassVar[bool] = False

    def read(self, value: Any) -> dict[str, int | float]:
        """The points by the id's text."""
        if not isinstance(value, dict):
            raise NotThisKind('Send an object of genre ids and points, such as {"28": 8}.')
        genre, points = Genre(self.names), Number(1, 10)
        return {str(genre.read(name)): points.read(rating) for name, rating in value.items()}

    def schema(self) -> Schema:
        """An object from ids to points."""
        return {"type": "object", "additionalProperties": Number(1, 10).schema(), "example": {"28": 8}}


@dataclass(frozen=True, slots=True)
class Text:
    """Free text."""

    longest: int
    blank_is_unanswered: ClassVar[bool] = True

    def read(self, value: Any) -> str:
        """The text as it came."""
        return _text(value, self.longest)

    def schema(self) -> Schema:
        """A text with its limit."""
        return {"type": "string", "maxLength": self.longest}


@dataclass(frozen=True, slots=True)
class Texts:
    """A list of short texts; a repeated one counts once."""

    most: int
    longest: int
    blank_is_unanswered: ClassVar[bool] = False

    def read(self, value: Any) -> list[str]:
        """The distinct texts in the order sent."""
        return _unique([_text(entry, self.longest) for entry in _list(value, self.most)])

    def schema(self) -> Schema:
        """A list of texts with its limits."""
        return {"type": "array", "maxItems": self.most, "items": Text(self.longest).schema()}


@dataclass(frozen=True, slots=True)
class People:
    """Names by what the people do: actors, directors, and other crafts a client may know."""

    most: int
    longest: int
    crafts: ClassVar[tuple[str, ...]] = ("actors", "directors")
    most_crafts: ClassVar[int] = 10
    blank_is_unanswered: ClassVar[bool] = False

    def read(self, value: Any) -> dict[str, list[str]]:
        """The lists of names."""
        if not isinstance(value, dict) or len(value) > self.most_crafts or "" in value:
            raise NotThisKind('Send an object such as {"actors": [], "directors": []}.')
        names = Texts(self.most, self.longest)
        return {_text(craft, self.longest): names.read(people) for craft, people in value.items() if people is not None}

    def schema(self) -> Schema:
        """An object of lists of names."""
        names = Texts(self.most, self.longest).schema()
        return {"type": "object", "properties": dict.fromkeys(self.crafts, names), "additionalProperties": names}


@dataclass(frozen=True, slots=True)
class Flag:
    """Yes or no."""

    blank_is_unanswered: ClassVar[bool] = True

    def read(self, value: Any) -> bool:
        """True or false."""
        if not isinstance(value, bool):
            raise NotThisKind(f"{shown(value)} is not true or false.")
        return value

    def schema(self) -> Schema:
        """A boolean."""
        return {"type": "boolean"}


@dataclass(frozen=True, slots=True)
class Mark:
    """A text or a number a client set for itself, kept as it came."""

    longest: int
    blank_is_unanswered: ClassVar[bool] = True

    def read(self, value: Any) -> str | int | float:
        """The mark."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            return _text(value, self.longest)
        if abs(value) > 2**53:
            raise NotThisKind(f"{shown(value)} is not a number from -{2**53} to {2**53}.")
        return value

    def schema(self) -> Schema:
        """A text or a number."""
        return {"oneOf": [Text(self.longest).schema(), {"type": "number"}]}


@dataclass(frozen=True, slots=True)
class Marks:
    """A list of such marks."""

    most: int
    longest: int
    blank_is_unanswered: ClassVar[bool] = False

    def read(self, value: Any) -> list[str | int | float]:
        """The marks in the order sent."""
        one = Mark(self.longest)
        return [one.read(entry) for entry in _list(value, self.most)]

    def schema(self) -> Schema:
        """A list of texts or numbers."""
        return {"type": "array", "maxItems": self.most, "items": Mark(self.longest).schema()}
