from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.media.errors import SourceUnavailable
from apps.media.providers.tmdb.clock import Deadline
from apps.media.providers.tmdb.pace import Pace
from tests.stand_ins.clock import StillClock


def begin(pace: Pace, clock: StillClock, budget: float = 1000) -> float:
    with pace.turn(Deadline(clock, budget)):
        return clock.now()


def most_in_a_second(moments: list[float]) -> int:
    return max(sum(start <= each < start + 1 for each in moments) for start in moments)


def test_forty_begin_at_once_and_the_next_a_second_later() -> None:
    clock = StillClock()
    pace = Pace(clock)
    assert [begin(pace, clock) for _ in range(81)] == [0.0] * 40 + [1.0] * 40 + [2.0]


@given(st.lists(st.floats(min_value=0, max_value=1.5), min_size=1, max_size=200))
def test_no_second_has_more_than_forty(pauses: list[float]) -> None:
    clock = StillClock()
    pace = Pace(clock)
    moments = []
    for pause in pauses:
        clock.goes_on(pause / 20)
        moments.append(begin(pace, clock))
    # A beginning is reckoned from another one, with the rounding of binary fractions.
    assert most_in_a_second([round(moment, 9) for moment in moments]) <= 40


def test_threads_share_the_forty() -> None:
    clock = StillClock()
    pace = Pace(clock)
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda _: begin(pace, clock), range(200)))
    # Waits overlap and the still clock adds them up, so the time is only known to be enough.
    assert clock.now() >= 4


def test_a_turn_after_the_deadline_is_refused_at_once_and_not_counted() -> None:
    clock = StillClock()
    pace = Pace(clock)
    for _ in range(40):
        begin(pace, clock)
    for _ in range(3):
        with pytest.raises(SourceUnavailable) as raised:
            begin(pace, clock, budget=0.5)
        assert raised.value.retry_after == 1
    assert clock.waits == []
    assert begin(pace, clock) == 1.0


def test_the_twenty_first_at_once_is_refused() -> None:
    clock = StillClock()
    pace = Pace(clock)
    with ExitStack() as stack:
        for _ in range(20):
            stack.enter_context(pace.turn(Deadline(clock, 1)))
        began = time.monotonic()
        with pytest.raises(SourceUnavailable, match="20 requests"):
            begin(pace, clock, budget=0.01)
        assert time.monotonic() - began < 10
    assert begin(pace, clock, budget=1) == 0.0


def test_a_refused_turn_gives_its_place_back() -> None:
    clock = StillClock()
    pace = Pace(clock)
    pace.hold(100)
    for _ in range(50):
        with pytest.raises(SourceUnavailable) as raised:
            begin(pace, clock, budget=10)
        assert raised.value.retry_after == 100
    clock.goes_on(100)
    assert begin(pace, clock, budget=1) == 100.0


def test_a_shorter_hold_does_not_end_a_longer_one() -> None:
    clock = StillClock()
    pace = Pace(clock)
    pace.hold(30)
    pace.hold(1)
    assert begin(pace, clock) == 30.0
