"""The titles and people of an answer as pictures, for the people who look at it in a browser."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from movierec.via import PARAMETER, via_of

_LISTS = ("items", "results")
_DATES = ("releaseDate", "release_date", "first_air_date")
_KINDS: Final = {"movie": "Film", "tv": "Series", "person": "Person"}


@dataclass(frozen=True, slots=True)
class Card:
    """A title's poster or a person's photograph, the words that stand for it, and why it is shown.

    `address` is the picture's, empty where there is none; `page` is what the card opens. `kind` and `reason` are empty
    where there is nothing to say. `media_type` and `media_id` name a title that was recommended, so that people can
    say what they think of it; else they are empty. `via` is the version of the model that recommended it to somebody.
    """

    address: str
    words: str
    reason: str = ""
    media_type: str = ""
    media_id: str = ""
    page: str = ""
    kind: str = ""
    via: str = ""


@dataclass(frozen=True, slots=True)
class Shelf:
    """Cards under a heading and what it says of them; both are empty where the answer is a single list."""

    heading: str
    reason: str
    cards: list[Card]


def shelves_of(answer: Mapping[str, Any]) -> list[Shelf]:
    """A card for each title and person of an answer that comes with a picture, in the answer's rows if it has any.

    What has no cards is left out.
    """
    rows = answer.get("rows")
    if not isinstance(rows, list):
        rows = [answer]
    model = _model_of(answer)
    shelves = (_shelf(row, single=row is answer, model=model) for row in rows if isinstance(row, Mapping))
    return [shelf for shelf in shelves if shelf.cards]


def _model_of(answer: Mapping[str, Any]) -> str:
    """The version of the model that recommends an answer's titles to somebody, empty for other answers."""
    metadata = answer.get("metadata")
    personal = "recommendations" in answer or "rows" in answer
    return via_of({PARAMETER: metadata.get("modelVersion")}) if personal and isinstance(metadata, Mapping) else ""


def _shelf(row: Mapping[str, Any], *, single: bool, model: str) -> Shelf:
    lists = (row.get(name) for name in _LISTS)
    entries = next((found for found in lists if isinstance(found, list)), [])
    shown = [entry for entry in entries if isinstance(entry, Mapping) and ("posterUrl" in entry or _is_person(entry))]
    # The kind is worth a word where it is not the same for all, and in what was searched for.
    kinds = {entry.get("media_type") for entry in shown}
    cards = [_card(entry, kinds_differ=len(kinds) > 1 or "query" in row, model=model) for entry in shown]
    return Shelf("", "", cards) if single else Shelf(row.get("title") or "", row.get("reason") or "", cards)


def _is_person(entry: Mapping[str, Any]) -> bool:
    return entry.get("media_type") == "person" and "name" in entry


def _card(entry: Mapping[str, Any], *, kinds_differ: bool, model: str) -> Card:
    kind = _KINDS.get(entry.get("media_type", ""), "") if kinds_differ else ""
    if _is_person(entry):
        return _person(entry, kind)
    date = next((entry[name] for name in _DATES if entry.get(name)), "")
    words = f"{entry['title']} ({date[:4]})" if date else str(entry["title"])
    if "recommendationReason" not in entry:
        # A title that the catalogue does not have may have no page.
        page = _page(entry.get("media_type"), entry.get("id")) if entry.get("inCatalogue", True) else ""
        return Card(entry["posterUrl"], words, entry.get("role") or "", page=page, kind=kind)
    named = {"media_type": entry.get("mediaType", ""), "media_id": str(entry.get("mediaId", ""))}
    page = _page(named["media_type"], named["media_id"])
    if page and model:
        page = f"{page}?{PARAMETER}={model}"
    return Card(entry["posterUrl"], words, entry["recommendationReason"], **named, page=page, kind=kind, via=model)


def _person(entry: Mapping[str, Any], kind: str) -> Card:
    profile = entry.get("profile")
    address = str(profile["url"]) if isinstance(profile, Mapping) else ""
    known = [_name(title) for title in entry.get("known_for") or ()]
    reason = f"Known for {', '.join(known)}" if known else ""
    return Card(address, str(entry["name"]), reason, page=_page("person", entry.get("id")), kind=kind)


def _name(title: Any) -> str:
    return str(title["title"]) if isinstance(title, Mapping) else str(title)


def _page(media_type: Any, identity: Any) -> str:
    """The address of the page about a title or person, empty for what has no identity."""
    return f"/media/{media_type}/{identity}" if media_type in _KINDS and identity else ""
