"""Plots as templates draw them: lines over time, with round numbers on their axes, as texts of SVG."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import ceil, floor, log10
from typing import Final

from apps.ops.dashboard.ranges import Span, told

# The units of the drawing; it is as wide as the page lets it be.
WIDTH: Final = 360
HEIGHT: Final = 180
LEFT: Final = 52
RIGHT: Final = 350
TOP: Final = 10
BOTTOM: Final = 152
# Half of the width of a time below the plot: five signs.
HALF_TIME: Final = 17
MOST_INTERVALS: Final = 4
# How lines look, beside their colours: solid and dashed.
_LOOKS: Final = ("first", "second")

Words = Callable[[float | None], str]


@dataclass(frozen=True, slots=True)
class Line:
    """One figure: its value in each step, None where there is none."""

    label: str
    values: Sequence[float | None]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A line as a path of SVG, and its class."""

    label: str
    look: str
    path: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A place on an axis, in units of the drawing, and what stands there; `at_edge`: it ends there, lest it be cut."""

    at: str
    words: str
    at_edge: bool = False


@dataclass(frozen=True, slots=True)
class Plot:
    """A drawing with everything that is said about it; `rows` are the same numbers for a table."""

    name: str
    title: str
    summary: str
    lines: list[Drawn]
    across: list[Tick]
    up: list[Tick]
    labels: list[str]
    rows: list[tuple[str, list[str]]]


def plot(name: str, title: str, lines: Sequence[Line], span: Span, words: Words, *, least_top: float = 1) -> Plot:
    """Draws lines; `words` tells a value, and the axis goes up to `least_top` at least."""
    values = [value for line in lines for value in line.values if value is not None]
    marks = round_marks(max(values, default=0), least_top)
    drawn = [Drawn(line.label, look, _path(line.values, marks[-1])) for line, look in zip(lines, _LOOKS, strict=False)]
    starts = span.starts()
    return Plot(
        name=name,
        title=title,
        summary=" ".join(_summary(line, words) for line in lines),
        lines=drawn,
        across=[_tick(_x(starts.index(at), len(starts)), told(at, span.range.shown)) for at in span.ticks()],
        up=[Tick(_text(_y(mark, marks[-1])), words(mark)) for mark in marks],
        labels=[line.label for line in lines],
        rows=_rows(lines, starts, words),
    )


def round_marks(most: float, least_top: float = 1) -> list[float]:
    """Marks from 0 up to `most` or more, at most four beside 0, whose steps are 1, 2 or 5 times a power of ten.

    No step is less than 1: what is drawn are whole numbers, milliseconds and percent.
    """
    wanted = max(most, least_top)
    power = 10 ** max(0, floor(log10(wanted / MOST_INTERVALS)))
    step = next(factor * power for factor in (1, 2, 5, 10) if wanted <= factor * power * MOST_INTERVALS)
    return [place * step for place in range(ceil(wanted / step) + 1)]


def _tick(at: float, words: str) -> Tick:
    return Tick(_text(at), words, at + HALF_TIME > WIDTH)


def _summary(line: Line, words: Words) -> str:
    values = [value for value in line.values if value is not None]
    if not values:
        return f"{line.label}: nothing was counted."
    return f"{line.label}: from {words(min(values))} to {words(max(values))}."


def _rows(lines: Sequence[Line], starts: Sequence[int], words: Words) -> list[tuple[str, list[str]]]:
    """Steps in which something was counted, the newest first."""
    columns = zip(*(line.values for line in lines), strict=True)
    rows = [(told(start), values) for start, values in zip(starts, columns, strict=True) if any(values)]
    return [(at, [words(value) for value in values]) for at, values in reversed(rows)]


def _path(values: Sequence[float | None], top: float) -> str:
    """A line that is broken where there are no values; what stands alone is a dot."""
    places = [(place, value) for place, value in enumerate(values) if value is not None]
    # What follows one on another has the same difference of its place and its rank.
    runs = groupby(enumerate(places), key=lambda ranked: ranked[1][0] - ranked[0])
    return " ".join(_run([place for _, place in run], len(values), top) for _, run in runs)


def _run(places: Sequence[tuple[int, float]], steps: int, top: float) -> str:
    points = [f"{_text(_x(place, steps))} {_text(_y(value, top))}" for place, value in places]
    return f"M{points[0]}h0" if len(points) == 1 else f"M{'L'.join(points)}"


def _x(place: int, steps: int) -> float:
    return LEFT + (RIGHT - LEFT) * place / (steps - 1)


def _y(value: float, top: float) -> float:
    return BOTTOM - (BOTTOM - TOP) * value / top


def _text(length: float) -> str:
    return f"{length:.1f}"
