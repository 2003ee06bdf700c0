"""The titles of an answer as pictures, for the people who look at it in a browser."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_LISTS = ("items", "results")
_DATES = ("releaseDate", "release_date", "first_air_date")


@dataclass(frozen=True, slots=True)
class Card:
    """A title's poster, the words that stand for it, and why it is shown (empty where the answer does not say).

    `media_type` and `media_id` name a title that was recommended, so that people can say what they think of it; else
    they are empty.
    """

    address: str
    words: str
    reason: str = ""
    media_type: str = ""
    media_id: str = ""


@dataclass(frozen=True, slots=True)
class Shelf:
    """Cards under a heading and what it says of them; both are empty where the answer is a single list."""

    heading: str
    reason: str
    cards: list[Card]


def shelves_of(answer: Mapping[str, Any]) -> list[Shelf]:
    """A card for each title of an answer that comes with the address of its poster, in the answer's rows if it has any.

    What has no cards is left out.
    """
    rows = answer.get("rows")
    if not isinstance(rows, list):
        rows = [answer]
    shelves = (_shelf(row, single=row is answer) for row in rows if isinstance(row, Mapping))
    return [shelf for shelf in shelves if shelf.cards]


def _shelf(row: Mapping[str, Any], *, single: bool) -> Shelf:
    lists = (row.get(name) for name in _LISTS)
    entries = next((found for found in lists if isinstance(found, list)), [])
    cards = [_card(entry) for entry in entries if isinstance(entry, Mapping) and "posterUrl" in entry]
    return Shelf("", "", cards) if single else Shelf(row.get("title") or "", row.get("reason") or "", cards)


def _card(entry: Mapping[str, Any]) -> Card:
    date = next((entry[name] for name in _DATES if entry.get(name)), "")
    words = f"{entry['title']} ({date[:4]})" if date else str(entry["title"])
    if "recommendationReason" not in entry:
        return Card(entry["posterUrl"], words)
    named = {"media_type": entry.get("mediaType", ""), "media_id": str(entry.get("mediaId", ""))}
    return Card(entry["posterUrl"], words, entry["recommendationReason"], **named)
