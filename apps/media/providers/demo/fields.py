"""The fields of a line of the demo catalogue, each with the rule its value must keep."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

from apps.media.genres import GENRES
from apps.media.text import clean
from apps.media.titles import LARGEST_ID, MEDIA_TYPES

Check = Callable[[Any], bool]

CERTIFICATIONS: Final = frozenset(
    "G PG PG-13 R NC-17 TV-Y TV-Y7 TV-G TV-PG TV-14 TV-MA".split()  # noqa: SIM905  (reads better than twelve quotes)
)
ACCLAIM: Final = frozenset({"awardWinning", "criticallyAcclaimed", "cultClassic", "underrated", "blockbuster"})
SERVICES: Final = frozenset({"netflix", "prime", "hulu", "disney", "hbo", "apple", "paramount", "peacock"})


def _text(value: Any) -> bool:
    return isinstance(value, str) and value != "" and value == clean(value)


def _number(smallest: int, largest: int) -> Check:
    return lambda value: type(value) is int and smallest <= value <= largest


def _optional(check: Check) -> Check:
    return lambda value: value is None or check(value)


def _list(check: Check, shortest: int = 0, longest: int = 20) -> Check:
    return lambda value: (
        isinstance(value, list)
        and shortest <= len(value) <= longest
        and all(map(check, value))
        and len(set(value)) == len(value)
    )


def _one_of(allowed: frozenset[str]) -> Check:
    return lambda value: isinstance(value, str) and value in allowed


def _pattern(pattern: str) -> Check:
    return lambda value: isinstance(value, str) and re.fullmatch(pattern, value) is not None


def _date(value: Any) -> bool:
    try:
        return isinstance(value, str) and date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _genre(value: Any) -> bool:
    return type(value) is int and any(value in names for names in GENRES.values())


# Field → (check, the rule in words). `genres` is checked once more against the entry's own type.
FIELDS: Final[Mapping[str, tuple[Check, str]]] = {
    "type": (_one_of(frozenset(MEDIA_TYPES)), "movie or tv"),
    "id": (_number(1, LARGEST_ID), "a positive whole number"),
    "title": (_text, "a text of one line without controls or needless spaces"),
    "original_title": (_optional(_text), "null or a text of one line without controls or needless spaces"),
    "date": (_date, "a date YYYY-MM-DD"),
    "genres": (_list(_genre, 1, 4), "a list of 1 to 4 genre ids of TMDB for its type"),
    "runtime": (_number(1, 1000), "a number of minutes from 1 to 1000"),
    "language": (_pattern("[a-z]{2}"), "a language code of two small letters"),
    "countries": (_list(_pattern("[A-Z]{2}"), 1), "a list of country codes of two capital letters"),
    "makers": (_list(_text, 1), "a list of names"),
    "cast": (_list(_text), "a list of names"),
    "keywords": (_list(lambda value: _text(value) and value == value.lower()), "a list of words in lower case"),
    "certification": (_optional(_one_of(CERTIFICATIONS)), f"null or one of {', '.join(sorted(CERTIFICATIONS))}"),
    "acclaim": (_list(_one_of(ACCLAIM)), f"a list of {', '.join(sorted(ACCLAIM))}"),
    "services": (_list(_one_of(SERVICES)), f"a list of {', '.join(sorted(SERVICES))}"),
    "renown": (_number(1, 5), "a number from 1 to 5"),
    "overview": (_text, "a text of one line without controls or needless spaces"),
}


def wrong_field(entry: Mapping[str, Any]) -> tuple[str, str] | None:
    """The first field of an entry that breaks its rule, and the rule; None when all are right.

    The entry has exactly the keys of `FIELDS`.
    """
    for name, (check, rule) in FIELDS.items():
        if not check(entry[name]):
            return name, rule
    if not set(entry["genres"]) <= set(GENRES[entry["type"]]):
        return "genres", FIELDS["genres"][1]
    return None
