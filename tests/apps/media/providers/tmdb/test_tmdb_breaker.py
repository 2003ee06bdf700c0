from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from apps.media.errors import SourceUnavailable
from apps.media.providers.tmdb.breaker import Breaker
from tests.stand_ins.clock import StillClock


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def breaker(clock: StillClock) -> Breaker:
    return Breaker(clock)


def fail(breaker: Breaker, times: int) -> None:
    for _ in range(times):
        breaker.admit()
        breaker.failed()


def is_open(breaker: Breaker) -> bool:
    try:
        breaker.admit()
    except SourceUnavailable:
        return True
    return False


def test_the_eighth_failure_in_a_row_opens_it(breaker: Breaker, clock: StillClock) -> None:
    fail(breaker, 7)
    breaker.admit()
    breaker.failed()
    clock.goes_on(4.5)
    with pytest.raises(SourceUnavailable) as raised:
        breaker.admit()
    assert raised.value.retry_after == 11


def test_a_success_between_keeps_it_closed(breaker: Breaker) -> None:
    fail(breaker, 7)
    breaker.succeeded()
    fail(breaker, 7)
    assert not is_open(breaker)


def test_failures_far_apart_keep_it_closed(breaker: Breaker, clock: StillClock) -> None:
    for _ in range(20):
        fail(breaker, 1)
        clock.goes_on(4.3)
    assert not is_open(breaker)


def test_one_finds_out_whether_it_is_back(breaker: Breaker, clock: StillClock) -> None:
    fail(breaker, 8)
    clock.goes_on(15)
    assert [is_open(breaker) for _ in range(3)] == [False, True, True]
    breaker.succeeded()
    assert [is_open(breaker) for _ in range(3)] == [False, False, False]


def test_it_stays_open_while_the_probe_fails(breaker: Breaker, clock: StillClock) -> None:
    fail(breaker, 8)
    clock.goes_on(40)
    fail(breaker, 1)
    assert is_open(breaker)
    clock.goes_on(14.9)
    assert is_open(breaker)
    clock.goes_on(0.1)
    assert not is_open(breaker)


def test_a_probe_that_never_reports_is_followed_by_another(breaker: Breaker, clock: StillClock) -> None:
    fail(breaker, 8)
    clock.goes_on(15)
    breaker.admit()
    clock.goes_on(15)
    assert [is_open(breaker) for _ in range(2)] == [False, True]


def test_of_many_threads_one_probes(breaker: Breaker, clock: StillClock) -> None:
    fail(breaker, 8)
    clock.goes_on(15)
    with ThreadPoolExecutor(16) as pool:
        opened = list(pool.map(lambda _: is_open(breaker), range(200)))
    assert opened.count(False) == 1
