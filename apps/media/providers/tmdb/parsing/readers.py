"""Values of one kind out of JSON that may hold anything: what is not of the kind is None, or empty.

Numbers may be written as texts, as TMDB has done at times; truth values, infinities and NaN are no numbers. No text
has half a surrogate pair, which cannot be stored.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, Final

from apps.media.people import LOCAL_PEOPLE
from apps.media.text import clean
from apps.media.titles import FIRST_MADE_UP_ID, LARGEST_ID
from movierec.timestamps import timestamp

Body = Mapping[str, Any]

# The longest titles of films have some 250 characters.
LONGEST_TITLE: Final = 300
LONGEST_NAME: Final = 100
LONGEST_OVERVIEW: Final = 2_000
# Controls and needless spaces may stand between the characters that are kept.
_READ_PER_KEPT: Final = 4

_WHOLE: Final = re.compile(r"[0-9]{1,16}")
_DECIMAL: Final = re.compile(r"[0-9]{1,15}(?:\.[0-9]{1,15})?")
_DAY: Final = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[T ].{0,30})?")
_YEARS: Final = range(1000, 2201)
_COUNTRY: Final = re.compile(r"[A-Z]{2}")
_LANGUAGE: Final = re.compile(r"([a-z]{2})(?:-[A-Z]{2})?")
_NO_LANGUAGE: Final = "xx"
_IMAGE: Final = re.compile(r"/[A-Za-z0-9_-]{1,64}\.(?:jpg|png|svg|webp)")
# Without a user's name before the host, which only serves to deceive readers.
_URL: Final = re.compile(r"https?://[\w-]+(?:\.[\w-]+)*(?::[0-9]{1,5})?(?:[/?#][^\s\"'<>\\^`{|}\ud800-\udfff]*)?")
_LONGEST_URL: Final = 300


def mapping(value: Any) -> Body:
    """An object, or an empty one."""
    return value if isinstance(value, dict) else {}


def mappings(value: Any) -> list[Body]:
    """Those entries of a list that are objects."""
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []


def text(value: Any, longest: int = LONGEST_NAME) -> str:
    """A text in one line, of at most `longest` characters."""
    if not isinstance(value, str):
        return ""
    return clean(value[: longest * _READ_PER_KEPT])[:longest].rstrip()


def paragraphs(value: Any, longest: int) -> str:
    """A text in paragraphs of one line each, with an empty line between them, of at most `longest` characters."""
    if not isinstance(value, str):
        return ""
    lines = (clean(line) for line in value[: longest * _READ_PER_KEPT].splitlines())
    return "\n\n".join(line for line in lines if line)[:longest].rstrip()


def texts(value: Any, longest: int = LONGEST_NAME) -> list[str]:
    """The texts of a list, each once, without empty ones."""
    found = (text(entry, longest) for entry in value) if isinstance(value, list) else ()
    return list(dict.fromkeys(entry for entry in found if entry))


def whole(value: Any, *, least: int = 0, most: int = LARGEST_ID) -> int | None:
    """A whole number from `least` to `most`."""
    found = _whole(value)
    return found if found is not None and least <= found <= most else None


def _whole(value: Any) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return int(value) if isinstance(value, str) and _WHOLE.fullmatch(value) else None


def identifier(value: Any) -> int | None:
    """TMDB's number of something."""
    return whole(value, least=1)


def title_identifier(value: Any) -> int | None:
    """TMDB's number of a film or series; those from FIRST_MADE_UP_ID on are ours."""
    return whole(value, least=1, most=FIRST_MADE_UP_ID - 1)


def person_identifier(value: Any) -> int | None:
    """TMDB's number of a person; those from LOCAL_PEOPLE on are ours."""
    return whole(value, least=1, most=LOCAL_PEOPLE - 1)


def number(value: Any, *, most: float) -> float | None:
    """A number from 0 to `most`, to four places."""
    if isinstance(value, str) and _DECIMAL.fullmatch(value):
        value = float(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return round(float(value), 4) + 0.0 if 0 <= value <= most else None


def flag(value: Any) -> bool:
    """Whether something is said to be so, in any of the ways that this is written."""
    return value in (True, 1, "1", "true", "True") if isinstance(value, bool | int | str) else False


def day(value: Any) -> str | None:
    """A day of the calendar as YYYY-MM-DD; a time of day behind it is left out."""
    found = _DAY.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        return None
    try:
        return found[1] if date.fromisoformat(found[1]).year in _YEARS else None
    except ValueError:
        return None


def moment(value: Any) -> str | None:
    """A point in time, as rows write it; TMDB's older answers end in " UTC"."""
    if not isinstance(value, str) or day(value) is None:
        return None
    try:
        found = datetime.fromisoformat(value.removesuffix(" UTC"))
        return timestamp(found if found.tzinfo else found.replace(tzinfo=UTC))
    except (ValueError, OverflowError):
        return None


def country(value: Any) -> str | None:
    """A country's code of two capital letters."""
    return value if isinstance(value, str) and _COUNTRY.fullmatch(value) else None


def countries(value: Any) -> list[str]:
    """The countries' codes of a list, each once."""
    found = map(country, value) if isinstance(value, list) else ()
    return list(dict.fromkeys(code for code in found if code))


def language(value: Any) -> str | None:
    """A language's code of two small letters; None for TMDB's code of "no language"."""
    found = _LANGUAGE.fullmatch(value) if isinstance(value, str) else None
    return found[1] if found is not None and found[1] != _NO_LANGUAGE else None


def image(value: Any) -> str | None:
    """The path of a picture below TMDB's address of pictures."""
    return value if isinstance(value, str) and _IMAGE.fullmatch(value) else None


def url(value: Any) -> str | None:
    """An address on the web; none of another scheme, or so long that nobody meant it."""
    return value if isinstance(value, str) and len(value) <= _LONGEST_URL and _URL.fullmatch(value) else None
