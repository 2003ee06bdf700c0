"""What is known of a version: the figures that its training measured, and what people did with what it showed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from time import time
from typing import Any, Final

import orjson

from movierec.telemetry.series.reading import labelled
from movierec.via import PREFIX, WHATS, What

LIVE_DAYS: Final = 90
# What training measured of the served recommendations on people set aside: name, label, what it is.
_OFFLINE: Final = (
    ("ndcg_at_100", "NDCG@100", "how far up what people like stands, 0 to 1"),
    ("ndcg_at_20", "NDCG@20", "the same of the first 20"),
    ("recall_at_20", "Recall@20", "the part of what people like that is among the first 20"),
    ("recall_at_50", "Recall@50", "the same of the first 50"),
    ("coverage_at_20", "Coverage@20", "the part of the liked titles that anybody gets to see"),
    ("novelty_bits", "Novelty", "how little known the titles are, in bits"),
    ("intra_list_diversity", "Diversity", "how different the titles of a list are, 0 to 1"),
)
_TRAINED_ON: Final = (("users", "People"), ("likes", "Likes"), ("exact_titles", "Titles solved exactly"))


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of a version; `popularity` is what popularity alone reached of it, None where it was not measured."""

    name: str
    label: str
    help: str
    value: float
    popularity: float | None


@dataclass(frozen=True, slots=True)
class Live:
    """How many titles a version showed, and how many of them were opened and kept, in the last 90 days."""

    shown: int = 0
    opened: int = 0
    kept: int = 0

    @property
    def click_through(self) -> str:
        """Opened of shown, in words with the counts; never a percentage of nothing."""
        return _share(self.opened, self.shown)

    @property
    def keeping(self) -> str:
        """Kept of shown."""
        return _share(self.kept, self.shown)


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.1%} ({part:,} of {whole:,})" if whole else f"{part:,} of none shown"


def offline(report: Mapping[str, Any]) -> list[Figure]:
    """The figures of a training's report that are there, in the order to show them."""
    served, popularity = (_numbers(_part(report, "evaluation"), name) for name in ("served", "popularity"))
    return [
        Figure(name, label, words, served[name], popularity.get(name))
        for name, label, words in _OFFLINE
        if name in served
    ]


def note(report: Mapping[str, Any]) -> str:
    """Why a report has no figures, empty where it has."""
    said = _part(report, "evaluation").get("note")
    return str(said) if said else "" if offline(report) else "Its training left no figures."


def trained_on(report: Mapping[str, Any]) -> list[tuple[str, int]]:
    """What a version was trained on, in words with numbers."""
    return [(label, report[name]) for name, label in _TRAINED_ON if isinstance(report.get(name), int)]


def settings_of(report: Mapping[str, Any]) -> dict[str, str]:
    """The settings of a training by their names, as texts."""
    return {name: orjson.dumps(value).decode() for name, value in sorted(_part(report, "settings").items())}


def live() -> dict[str, Live]:
    """What people did, by version; one Query."""
    now = time()
    found: dict[str, dict[What, int]] = {}
    for name, amount in labelled(PREFIX, now - LIVE_DAYS * 86_400, now).items():
        version, _, told = name.removeprefix(PREFIX).rpartition(".")
        what = next((each for each in WHATS if each == told), None)
        if version and what:
            found.setdefault(version, {})[what] = int(amount)
    return {version: Live(**counts) for version, counts in found.items()}


def _part(report: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = report.get(name)
    return part if isinstance(part, Mapping) else {}


def _numbers(part: Mapping[str, Any], name: str) -> dict[str, float]:
    numbers = _part(part, name).items()
    return {key: float(value) for key, value in numbers if isinstance(value, int | float) and value is not True}
