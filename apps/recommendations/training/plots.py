"""The plot of an evaluation: an SVG that also tells its figures as text."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from xml.sax.saxutils import escape

COLOURS: Final = ("#1f6f54", "#8a8a8a", "#c07a1e", "#3b5fa8")

_WIDTH = 760
_ROW = 20
_LABEL = 150
_NUMBER = 100
_TOP = 56
_GAP = 34


@dataclass(frozen=True, slots=True)
class Bar:
    """One value with its standard error; `group` is the number of its colour."""

    label: str
    value: float
    error: float
    group: int


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars below a heading, drawn to one scale from 0."""

    heading: str
    bars: Sequence[Bar]


def charts(found: Mapping[str, Mapping[str, Mapping[str, Any]]], names: Mapping[str, str], metric: str) -> list[Chart]:
    """One chart for each number of shown likes in an evaluation's `summary`; `names` has what to call contenders."""
    shown = next(iter(found.values()))
    return [
        Chart(
            "All likes known" if likes == "all" else f"{likes} known {'like' if likes == '1' else 'likes'}",
            [
                Bar(names[name], cases[likes][metric]["mean"], cases[likes][metric]["standard_error"], group)
                for group, (name, cases) in enumerate(found.items())
            ],
        )
        for likes in shown
    ]


def draw(title: str, subject: str, drawn: Sequence[Chart]) -> str:
    """The SVG of the charts, one below the other; `subject` says what the bars measure."""
    longest = max((bar.value + bar.error for chart in drawn for bar in chart.bars), default=0.0) or 1.0
    height = _TOP + sum(_GAP + _ROW * len(chart.bars) for chart in drawn) + 16
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img" '
        'aria-labelledby="title description" font-family="system-ui, sans-serif" font-size="13">',
        f'<title id="title">{escape(title)}</title>',
        f'<desc id="description">{escape(_in_words(subject, drawn))}</desc>',
        f'<rect width="{_WIDTH}" height="{height}" fill="#ffffff"/>',
        f'<text x="16" y="24" font-size="16" font-weight="600">{escape(title)}</text>',
        f'<text x="16" y="44" fill="#555555">{escape(subject)}; whiskers are standard errors over people</text>',
    ]
    top = _TOP
    for chart in drawn:
        lines.append(f'<text x="16" y="{top + 20}" font-weight="600">{escape(chart.heading)}</text>')
        top += _GAP - 6
        for bar in chart.bars:
            lines += _bar(bar, top, (_WIDTH - _LABEL - _NUMBER) / longest)
            top += _ROW
        top += 6
    return "\n".join([*lines, "</svg>", ""])


def _bar(bar: Bar, top: float, scale: float) -> list[str]:
    middle, end = top + _ROW / 2, _LABEL + bar.value * scale
    low, high = _LABEL + max(0.0, bar.value - bar.error) * scale, _LABEL + (bar.value + bar.error) * scale
    return [
        f'<text x="{_LABEL - 8}" y="{middle + 4:.1f}" text-anchor="end">{escape(bar.label)}</text>',
        f'<rect x="{_LABEL}" y="{top + 3:.1f}" width="{end - _LABEL:.1f}" height="{_ROW - 6}" '
        f'fill="{COLOURS[bar.group % len(COLOURS)]}"/>',
        f'<path d="M{low:.1f} {middle:.1f}H{high:.1f}" stroke="#111111" fill="none"/>',
        f'<text x="{high + 8:.1f}" y="{middle + 4:.1f}">{bar.value:.4f}</text>',
    ]


def _in_words(subject: str, drawn: Sequence[Chart]) -> str:
    rows = (f"{chart.heading}: " + ", ".join(f"{bar.label} {bar.value:.4f}" for bar in chart.bars) for chart in drawn)
    return f"{subject}. {'; '.join(rows)}."
