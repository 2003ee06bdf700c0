"""The titles of an answer as pictures, for the people who look at it in a browser."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_LISTS = ("items", "results")
_DATES = ("releaseDate", "release_date", "first_air_date")


@dataclass(frozen=True, slots=True)
class Card:
    """A title's poster, the words that stand for it, and why it is shown (empty where the answer does not say)."""

    address: str
    words: str
    reason: str


def cards_of(answer: Mapping[str, Any]) -> list[Card]:
    """A card for each title of an answer that comes with the address of its poster."""
    lists = (answer.get(name) for name in _LISTS)
    entries = next((found for found in lists if isinstance(found, list)), [])
    return [_card(entry) for entry in entries if isinstance(entry, Mapping) and "posterUrl" in entry]


def _card(entry: Mapping[str, Any]) -> Card:
    date = next((entry[name] for name in _DATES if entry.get(name)), "")
    words = f"{entry['title']} ({date[:4]})" if date else str(entry["title"])
    return Card(entry["posterUrl"], words, entry.get("recommendationReason", ""))
