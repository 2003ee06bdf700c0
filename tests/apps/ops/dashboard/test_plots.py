from __future__ import annotations

from math import log10

import pytest
from hypothesis import given
from hypothesis import strategies as some

from apps.ops.dashboard import words
from apps.ops.dashboard.plots import BOTTOM, LEFT, RIGHT, TOP, Line, plot, round_marks
from apps.ops.dashboard.ranges import RANGES, Span, told
from movierec.telemetry.series.reading import Counted

SPAN = Span(RANGES[0], 1_777_777_777)


@given(some.floats(0, 1e12))
def test_marks_are_round_few_and_reach_the_top(most: float) -> None:
    marks = round_marks(most)
    assert marks[0] == 0
    assert most <= marks[-1]
    assert 2 <= len(marks) <= 5
    step = marks[1]
    assert step / 10 ** int(log10(step)) in (1, 2, 5)
    assert marks == [place * step for place in range(len(marks))]


@pytest.mark.parametrize(
    ("most", "least", "marks"),
    [(0, 1, [0, 1]), (7, 1, [0, 2, 4, 6, 8]), (0, 100, [0, 50, 100]), (400, 1, [0, 100, 200, 300, 400])],
)
def test_marks(most: float, least: float, marks: list[float]) -> None:
    assert round_marks(most, least) == marks


@given(some.lists(some.none() | some.floats(0, 1e9), min_size=60, max_size=60))
def test_lines_stay_within_their_axes_and_are_broken_where_nothing_is(values: list[float | None]) -> None:
    drawn = plot("name", "Title", [Line("Label", values)], SPAN, words.number)
    (line,) = drawn.lines
    runs = [run for run in line.path.split("M") if run.strip()]
    points = [tuple(map(float, point.replace("h0", "").split())) for run in runs for point in run.split("L")]
    assert len(points) == sum(value is not None for value in values)
    assert all(LEFT <= x <= RIGHT and TOP <= y <= BOTTOM for x, y in points)
    known = [value is not None for value in values]
    assert len(runs) == sum(here and not before for before, here in zip([False, *known], known, strict=False))
    assert [row for _, row in drawn.rows] == [[words.number(value)] for value in reversed(values) if value]


@given(some.floats(0, 4e9), some.sampled_from(RANGES))
def test_spans_end_with_the_step_under_way(now: float, of: object) -> None:
    span = Span(of, now)  # type: ignore[arg-type]
    starts = span.starts()
    assert len(starts) == span.range.steps
    assert starts[0] == span.since
    assert starts[-1] <= now < starts[-1] + span.range.step
    assert all(start % span.range.step == 0 for start in starts)
    assert 4 <= len(span.ticks()) <= 8


def test_periods_come_into_their_steps() -> None:
    span = Span(RANGES[1], 1_777_777_777)
    first, last = span.starts()[0], span.starts()[-1]
    steps = span.stepped([Counted(first, {"A": 1}), Counted(first + 840, {"A": 2}), Counted(last, {"A": 4})])
    assert (steps[0], steps[1], steps[-1]) == ({"A": 3}, {}, {"A": 4})


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "just now"), (59, "just now"), (60, "1 minute ago"), (7_199, "1 hour ago"), (172_800, "2 days ago")],
)
def test_ages(seconds: float, said: str) -> None:
    assert words.age(seconds) == said


def test_times_in_words() -> None:
    assert [words.milliseconds(value) for value in (None, 0, 999, 1_500, 5_000)] == [
        "none", "0 ms", "999 ms", "1.5 s", "over 5 s",
    ]  # fmt: skip
    assert [words.percent(value) for value in (None, 0, 0.05, 12.34, 100)] == [
        "none", "0.0 %", "under 0.1 %", "12.3 %", "100.0 %",
    ]  # fmt: skip
    assert told(0) == "1970-01-01 00:00"
