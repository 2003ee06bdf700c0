"""Turns: one process at a time, and one that died for seconds only."""

from __future__ import annotations

from threading import Event
from time import time
from typing import Any

import pytest

from movierec.dynamo.connection import shared_connection
from movierec.dynamo.leases import Lease, LeaseRow, is_held, take
from movierec.dynamo.turns import LEASE_SECONDS, TurnLost, TurnTaken, turn

pytestmark = pytest.mark.usefixtures("tables", "atomic_requests")


def test_a_turn_keeps_others_out_until_its_block_ends() -> None:
    assert not is_held("tidy")
    with turn("tidy", wait=0) as held:
        held.check()
        assert is_held("tidy")
        sentence = r"^Another process does the work tidy at the moment; try again shortly\.$"
        with pytest.raises(TurnTaken, match=sentence), turn("tidy", wait=0):
            pass
        with turn("other", wait=0):
            pass
    assert not is_held("tidy")
    with turn("tidy", wait=0):
        pass


def test_an_error_in_the_block_ends_the_turn() -> None:
    with pytest.raises(ValueError, match="oops"), turn("tidy", wait=0):
        raise ValueError("oops")
    assert not is_held("tidy")


def test_it_is_waited_for_as_long_as_told() -> None:
    pauses: list[float] = []
    assert isinstance(take("tidy", 20), Lease)
    with pytest.raises(TurnTaken), turn("tidy", wait=2.5, pause=pauses.append):
        pass
    assert pauses == [1.0, 1.0, 0.5]


def test_it_begins_once_the_other_one_is_through() -> None:
    held = take("tidy", 20)
    assert isinstance(held, Lease)
    pauses: list[float] = []

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 2:
            held.give_up()

    with turn("tidy", wait=60, pause=pause):
        assert pauses == [1.0, 1.0]


def test_it_is_prolonged_and_one_that_was_taken_over_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("movierec.dynamo.turns.BEAT_SECONDS", 0.01)
    prolonged = Event()

    def note(params: Any, **_: Any) -> None:
        if b"LEASE#tidy" in params["body"]:
            prolonged.set()

    events = shared_connection().client.meta.events
    events.register("before-call.dynamodb.UpdateItem", note)
    try:
        with turn("tidy", wait=0) as held:
            assert prolonged.wait(30)
            held.check()
            LeaseRow("LEASE#tidy", "LEASE", holder="another", until=time() + 3600).save()
            held._thread.join(30)
            with pytest.raises(TurnLost, match=r"^Another process took over the work tidy; this one stopped\.$"):
                held.check()
    finally:
        events.unregister("before-call.dynamodb.UpdateItem", note)
    # What the other one holds stays.
    assert is_held("tidy")
    assert not isinstance(take("tidy", LEASE_SECONDS), Lease)
