"""Reads for the pages of the recommender. The store of the models is asked, and DynamoDB for the live figures alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Final

from apps.ops.recommender.figures import Figure, Live, live, note, offline, settings_of, trained_on
from apps.recommendations.artifacts import Serving, held
from apps.recommendations.publishing import Published, Shelved, shelved
from movierec.api.errors import NotFound

# Of the chart, in units of its drawing, which is as wide as a small phone; the rest of its width is for the values.
_BAR_WIDTH: Final = 220
_BAR_STEP: Final = 18
_LABEL_HEIGHT: Final = 18
_ROW_HEIGHT: Final = _LABEL_HEIGHT + 2 * _BAR_STEP + 10


@dataclass(frozen=True, slots=True)
class Version:
    """A version with its figures; `before` says that it served before the one that serves now."""

    published: Published
    figures: list[Figure]
    note: str
    live: Live
    before: bool

    @property
    def megabytes(self) -> float:
        """Its size."""
        return self.published.bytes / 1e6


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything in the store, and what this process holds of it (None where it was not asked for a model yet)."""

    versions: list[Version]
    shelved: Shelved
    process: Serving | None
    gone: list[tuple[str, Live]]


def overview() -> Overview:
    """The versions, newest first, with what people did by each. One Query. Raises StoreUnreachable."""
    found, counts = shelved(), live()
    names = {published.version for published in found.versions}
    gone = sorted((version, count) for version, count in counts.items() if version not in names)
    return Overview([_version(each, found, counts.get(each.version)) for each in found.versions], found, held(), gone)


def _version(published: Published, found: Shelved, counts: Live | None) -> Version:
    report = published.report
    previous = found.pointer.previous if found.pointer else ()
    return Version(published, offline(report), note(report), counts or Live(), published.version in previous)


@dataclass(frozen=True, slots=True)
class Compared:
    """A figure of two versions, None where one has not got it."""

    label: str
    help: str
    a: float | None
    b: float | None

    @property
    def difference(self) -> float | None:
        """What the second has more than the first, None where one has no figure."""
        return None if self.a is None or self.b is None else self.b - self.a


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of the chart, in units of its drawing; a label stands above the first of two."""

    label: str
    text: str
    y: int
    width: int
    second: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two versions side by side; `settings` are (name, of the first, of the second), empty where one has not got it.

    `names` are all versions of the store.
    """

    a: Version
    b: Version
    figures: list[Compared]
    settings: list[tuple[str, str, str]]
    trained_on: list[tuple[str, int | None, int | None]]
    bars: list[Bar]
    names: list[str]

    @property
    def height(self) -> int:
        """Of the drawing."""
        return len(self.bars) * _ROW_HEIGHT // 2


def comparison(a: str, b: str) -> Comparison:
    """Two versions of the store; empty names are the active one (the newest where none is) and the newest other one.

    One Query. Raises NotFound for a version that is not there, and StoreUnreachable.
    """
    found, counts = shelved(), live()
    first, second = _pair(found, a, b)
    versions = [_version(each, found, counts.get(each.version)) for each in (first, second)]
    figures = _figures(*(version.figures for version in versions))
    ours, theirs = settings_of(first.report), settings_of(second.report)
    settings = [(name, ours.get(name, ""), theirs.get(name, "")) for name in sorted({*ours, *theirs})]
    numbers = [dict(trained_on(each.report)) for each in (first, second)]
    labels = dict.fromkeys([*numbers[0], *numbers[1]])
    told = [(label, numbers[0].get(label), numbers[1].get(label)) for label in labels]
    names = [published.version for published in found.versions]
    return Comparison(versions[0], versions[1], figures, settings, told, _bars(figures), names)


def _pair(found: Shelved, a: str, b: str) -> tuple[Published, Published]:
    newest_of_all = found.versions[0].version if found.versions else ""
    active = next((each.version for each in found.versions if each.active), newest_of_all)
    newest = (each.version for each in found.versions if each.version != (a or active))
    pair = [found.named(a or active), found.named(b or next(newest, a or active))]
    first, second = pair
    if first is None or second is None:
        raise NotFound("There is no such version to compare; choose two of those that the page of versions shows.")
    return first, second


def _figures(a: Sequence[Figure], b: Sequence[Figure]) -> list[Compared]:
    ours, theirs = {each.name: each for each in a}, {each.name: each for each in b}
    both = {each.name: each for pair in zip_longest(a, b) for each in pair if each is not None}
    return [Compared(each.label, each.help, _value(ours, name), _value(theirs, name)) for name, each in both.items()]


def _value(figures: dict[str, Figure], name: str) -> float | None:
    return figures[name].value if name in figures else None


def _bars(figures: Sequence[Compared]) -> list[Bar]:
    """Two bars a figure, the longer one as long as there is room: figures have no scale in common."""
    bars = []
    for row, figure in enumerate(figures):
        largest = max(abs(figure.a or 0), abs(figure.b or 0)) or 1
        for place, value in enumerate((figure.a, figure.b)):
            width = round(_BAR_WIDTH * abs(value or 0) / largest)
            text = "not measured" if value is None else f"{value:.4f}"
            y = row * _ROW_HEIGHT + _LABEL_HEIGHT + place * _BAR_STEP
            bars.append(Bar("" if place else figure.label, text, y, width, bool(place)))
    return bars
