"""Leases: one holder at a time, whatever happens to it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from movierec.dynamo.leases import Lease, LeaseRow, Taken, take

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


@pytest.fixture
def clock(tables: None) -> Any:
    """A clock that stands still until it is moved."""
    with time_machine.travel(NOW, tick=False) as moved:
        yield moved


def test_one_process_holds_a_work_and_others_are_told_for_how_long(clock: Any) -> None:
    assert isinstance(take("work", 10), Lease)
    clock.shift(4)
    assert take("work", 10) == Taken(6.0, "")
    assert isinstance(take("other", 10), Lease)


def test_the_lease_of_a_dead_holder_ends_by_itself(clock: Any) -> None:
    dead = take("work", 10)
    assert isinstance(dead, Lease)
    clock.shift(10)
    heir = take("work", 10)
    assert isinstance(heir, Lease)
    assert not dead.prolong(60)
    dead.give_up()
    assert take("work", 10) == Taken(10.0, "")


def test_a_holder_may_hold_it_longer(clock: Any) -> None:
    held = take("work", 10)
    assert isinstance(held, Lease)
    clock.shift(9)
    assert held.prolong(10)
    clock.shift(9)
    assert take("work", 10) == Taken(1.0, "")


def test_what_is_given_up_is_free_at_once(clock: Any) -> None:
    held = take("work", 10)
    assert isinstance(held, Lease)
    held.give_up()
    assert isinstance(take("work", 10), Lease)


def test_what_is_left_to_rest_says_why_and_is_free_afterwards(clock: Any) -> None:
    held = take("work", 10)
    assert isinstance(held, Lease)
    held.give_up(after=5, note="failed")
    assert take("work", 10) == Taken(5.0, "failed")
    clock.shift(5)
    again = take("work", 10)
    assert isinstance(again, Lease)
    assert take("work", 10) == Taken(10.0, "")
    again.give_up(after=5)
    assert take("work", 10) == Taken(5.0, "")


def test_the_row_goes_by_itself_a_minute_after_the_lease(clock: Any) -> None:
    take("work", 10.5)
    row = LeaseRow.get_row("LEASE#work", "LEASE")
    assert row is not None
    assert row["expiresAt"] == int((NOW + timedelta(seconds=70)).timestamp())


def test_of_many_at_once_one_holds_it(tables: None, atomic_requests: None) -> None:
    with ThreadPoolExecutor(20) as pool:
        found = list(pool.map(lambda _: take("work", 10), range(20)))
    assert sum(isinstance(each, Lease) for each in found) == 1


def test_each_step_is_one_write(tables: None, dynamodb_calls: list[tuple[str, dict[str, Any]]]) -> None:
    held = take("work", 10)
    take("work", 10)
    assert isinstance(held, Lease)
    held.prolong(10)
    held.give_up()
    assert [operation for operation, _ in dynamodb_calls] == ["PutItem", "PutItem", "UpdateItem", "UpdateItem"]
