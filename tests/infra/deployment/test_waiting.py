"""Waits that grow, and end."""

from __future__ import annotations

from infra.deployment.waiting import LONGEST_PAUSE_SECONDS, until
from tests.infra.deployment.small import Ticking, clock


def test_what_is_there_at_once_is_not_waited_for() -> None:
    ticking = Ticking()

    assert until(lambda: "here", clock(ticking), 100) == "here"
    assert ticking.pauses == []


def test_pauses_grow_to_the_longest() -> None:
    ticking = Ticking()

    assert until(lambda: True if ticking.time > 60 else None, clock(ticking), 1000) is True
    assert ticking.pauses[:3] == [0.2, 0.2 * 1.5, 0.2 * 1.5 * 1.5]
    assert max(ticking.pauses) == LONGEST_PAUSE_SECONDS
    assert ticking.pauses == sorted(ticking.pauses)


def test_when_the_time_is_over_nothing_is_found_and_it_was_used_to_the_end() -> None:
    ticking = Ticking()

    assert until(lambda: None, clock(ticking), 7) is None
    assert ticking.time == 7
