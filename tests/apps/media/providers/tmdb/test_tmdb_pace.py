from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.media.errors import SourceUnavailable
from apps.media.providers.tmdb.pace import Pace
from movierec.clock import Deadline
from tests.stand_ins.clock import StillClock


def begin(pace: Pace, clock: StillClock, budget: float = 1000) -> float:
    with pace.turn(Deadline(clock, budget)):
        return clock.now()


def most_in_a_second(moments: list[float]) -> int:
    return max(sum(start <= each < start + 1 for each in moments) for start in moments)


def test_forty_begin_at_once_and_the_next_a_good_second_later() -> None:
    clock = StillClock()
    pace = Pace(clock)
    assert [begin(pace, clock) for _ in range(81)] == [0.0] * 40 + [1.1] * 40 + [2.2]


@given(
    st.lists(
        st.tuples(st.floats(min_value=0, max_value=1.5), st.floats(min_value=0, max_value=1.5)),
        min_size=1,
        max_size=200,
    )
)
def test_no_second_has_more_than_forty(pauses: list[tuple[float, float]]) -> None:
    clock = StillClock()
    pace = Pace(clock)
    moments = []
    for pause, late in pauses:
        clock.goes_on(pause / 20)
        clock.late = late
        moments.append(begin(pace, clock))
    assert most_in_a_second(moments) <= 40


def test_those_that_wake_late_do_not_begin_together_with_the_next() -> None:
    clock = StillClock()
    pace = Pace(clock)
    for _ in range(40):
        begin(pace, clock)
    clock.late = 0.9
    moments = [begin(pace, clock) for _ in range(41)]
    assert most_in_a_second(moments) == 40
    assert moments == [2.0] * 40 + [4.0]


def test_what_was_held_back_on_its_way_has_a_tenth_of_a_second_to_leave() -> None:
    clock = StillClock()
    pace = Pace(clock)
    left = []
    for number in range(41):
        with pace.turn(Deadline(clock, 10)):
            if number < 40:
                clock.goes_on(0.0024)
            left.append(clock.now())
    assert most_in_a_second(left) == 40


def test_threads_share_the_forty() -> None:
    clock = StillClock()
    pace = Pace(clock)
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda _: begin(pace, clock), range(200)))
    # Waits overlap and the still clock adds them up, so the time is only known to be enough.
    assert clock.now() >= 4.4


def test_a_turn_after_the_deadline_is_refused_at_once_and_not_counted() -> None:
    clock = StillClock()
    pace = Pace(clock)
    for _ in range(40):
        begin(pace, clock)
    for _ in range(3):
        with pytest.raises(SourceUnavailable) as raised:
            begin(pace, clock, budget=0.5)
        assert raised.value.retry_after == 2
    assert clock.waits == []
    assert begin(pace, clock) == 1.1


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
