from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st
from pynamodb.exceptions import GetError

from movierec.api.authentication import Principal
from movierec.dynamo.connection import shared_connection
from movierec.dynamo.data_table import DataRow
from movierec.switches import Flag, ReadOnlyNow, SwitchedOff, deciding, is_on, keeping, limit_of, require
from movierec.switches.keeping import KEPT_SECONDS, Keeper
from movierec.switches.rows import store, stored
from movierec.switches.values import (
    DEFAULTS,
    LONGEST_TEXT,
    Banner,
    ReadOnly,
    Rollout,
    Switches,
    SwitchesDamaged,
    attributes_of,
    switches_of,
)

GoBy = Callable[[Switches], None]
KEY = {"pk": "SWITCHES", "sk": "CURRENT"}
FULL = Switches(
    version=1,
    flags={"FEEDBACK": Rollout(20, ("ops",)), "OF_ANOTHER_VERSION": Rollout(0)},
    limits={"auth": 7},
    banner=Banner("Back at noon.", "warning"),
    read_only=ReadOnly(on=True, sentence="We are moving."),
)
TEXTS = st.text(max_size=LONGEST_TEXT)
EVERY = st.builds(
    Switches,
    version=st.integers(1, 2**63 - 1),
    flags=st.dictionaries(TEXTS, st.builds(Rollout, st.integers(0, 100), st.lists(TEXTS).map(tuple))),
    limits=st.dictionaries(TEXTS, st.integers(1, 100_000)),
    banner=st.builds(Banner, TEXTS, st.sampled_from(("notice", "warning"))),
    read_only=st.builds(ReadOnly, st.booleans(), TEXTS),
)


class Hours:
    """A clock in place of the process's."""

    now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Hours:
    hours = Hours()
    monkeypatch.setattr(keeping, "time", hours)
    return hours


@contextmanager
def answering(fault: Exception) -> Iterator[None]:
    """DynamoDB answers every request so."""

    def fail(**_: Any) -> None:
        raise fault

    events = shared_connection().client.meta.events
    events.register("before-call.dynamodb", fail)
    yield
    events.unregister("before-call.dynamodb", fail)


class TestTheRow:
    @given(EVERY)
    def test_what_is_written_is_read(self, switches: Switches) -> None:
        assert switches_of(attributes_of(switches)) == switches

    @given(st.recursive(st.none() | st.booleans() | st.integers() | TEXTS, st.lists, max_leaves=5))
    def test_whatever_stands_in_a_part_is_understood_or_said_to_be_damaged(self, value: Any) -> None:
        for name in attributes_of(FULL):
            with suppress(SwitchesDamaged):
                assert attributes_of(switches_of({**attributes_of(FULL), name: value}))[name] == value

    @pytest.mark.parametrize(
        ("part", "damaged"),
        [
            ({"version": True}, "version"),
            ({"version": 0}, "version"),
            ({"limits": {"auth": 0}}, "auth"),
            ({"limits": {"auth": 100_001}}, "auth"),
            ({"limits": {"auth": 1.5}}, "auth"),
            ({"flags": {"FEEDBACK": {"percent": 101, "groups": []}}}, "percent"),
            ({"flags": {"FEEDBACK": {"percent": 50, "groups": [1]}}}, "groups"),
            ({"flags": {"FEEDBACK": 50}}, "groups"),
            ({"banner": {"text": "x", "kind": "alarm"}}, "kind"),
            ({"banner": {"text": "x" * 301, "kind": "notice"}}, "text"),
            ({"readOnly": {"on": 1, "sentence": ""}}, "on"),
            ({"readOnly": None}, "readOnly"),
        ],
    )
    def test_what_is_out_of_bounds_is_damage(self, part: dict[str, Any], damaged: str) -> None:
        with pytest.raises(SwitchesDamaged, match=f"^{damaged}$"):
            switches_of({**attributes_of(FULL), **part})

    def test_it_is_stored_only_after_the_version_it_was_made_from(self, tables: None) -> None:
        assert stored() == DEFAULTS
        assert store(FULL)
        assert not store(replace(FULL, banner=Banner("lost")))
        assert not store(replace(FULL, version=3, banner=Banner("lost")))
        assert stored() == FULL
        assert store(replace(FULL, version=2, limits={}))
        assert stored() == replace(FULL, version=2, limits={})

    @pytest.mark.parametrize(
        ("version", "known"),
        [("many", 0), (7, 7), (None, 0), (0, 0), (1.5, 0), (1e30, 0), (-3, 0), (10**16, 0), (0.1 + 0.2, 0)],
    )
    def test_a_row_that_cannot_be_understood_can_be_replaced(self, tables: None, version: Any, known: int) -> None:
        DataRow.put_row({**KEY, "version": version})
        with pytest.raises(SwitchesDamaged) as damage:
            stored()
        assert damage.value.version == known
        assert store(replace(FULL, version=known + 1))
        assert stored() == replace(FULL, version=known + 1)

    def test_a_version_that_no_form_can_carry_is_not_taken_for_none(self, tables: None) -> None:
        kept = replace(FULL, version=10**16)
        DataRow.put_row({**KEY, **attributes_of(kept)})
        assert not store(FULL)
        assert stored() == kept


class TestWhatAProcessGoesBy:
    def test_it_is_read_at_most_every_20_seconds(self, clock: Hours, operations: list[str]) -> None:
        keeper = Keeper()
        operations.clear()
        assert [keeper.current() for _ in range(3)] == [DEFAULTS] * 3
        assert store(FULL)
        clock.now += KEPT_SECONDS - 0.1
        assert keeper.current() == DEFAULTS
        assert operations == ["GetItem", "PutItem"]
        clock.now += 0.1
        assert keeper.current() == FULL
        assert operations == ["GetItem", "PutItem", "GetItem"]

    def test_a_clock_that_was_put_back_has_it_read_again(self, clock: Hours, tables: None) -> None:
        keeper = Keeper()
        keeper.current()
        assert store(FULL)
        clock.now -= 3_600
        assert keeper.current() == FULL

    def test_what_this_process_changed_is_read_at_once(self, clock: Hours, tables: None) -> None:
        keeper = Keeper()
        keeper.current()
        assert store(FULL)
        keeper.forget()
        assert keeper.current() == FULL

    def test_without_an_answer_the_last_known_serves_on_and_is_logged_once(
        self, clock: Hours, tables: None, caplog: pytest.LogCaptureFixture
    ) -> None:
        keeper = Keeper(FULL)
        with answering(TimeoutError("no answer")):
            for _ in range(3):
                assert keeper.current() == FULL
                clock.now += KEPT_SECONDS
            assert Keeper().current() == DEFAULTS
        own = [line.getMessage() for line in caplog.records if line.name == "movierec.switches.keeping"]
        assert own == ["The switches cannot be read; those known before hold."] * 2

    def test_a_damaged_row_counts_as_defaults_and_is_logged_once(
        self, clock: Hours, tables: None, caplog: pytest.LogCaptureFixture
    ) -> None:
        DataRow.put_row({**KEY, **attributes_of(FULL), "limits": {"auth": -1}})
        keeper = Keeper(FULL)
        with caplog.at_level(logging.ERROR):
            for _ in range(2):
                assert keeper.current() == DEFAULTS
                clock.now += KEPT_SECONDS
        assert [line.getMessage() for line in caplog.records] == [
            "The row SWITCHES cannot be understood (auth), so that defaults hold; save it anew."
        ]

    def test_a_mistake_of_ours_is_not_hidden(self, tables: None) -> None:
        wrong = ClientError({"Error": {"Code": "ValidationException", "Message": "wrong"}}, "GetItem")
        with answering(wrong), pytest.raises(GetError):
            Keeper().current()


class TestFlags:
    def test_all_are_on_by_default_and_read_nothing_of_who_asks(self) -> None:
        assert all(is_on(flag) for flag in Flag)

    @pytest.mark.parametrize("percent", [0, 20, 50, 99])
    def test_a_percentage_is_of_the_people_and_of_nobody_else(self, go_by: GoBy, percent: int) -> None:
        go_by(Switches(flags={"FEEDBACK": Rollout(percent)}))
        people = [Principal(f"user-{number}") for number in range(2_000)]
        share = sum(is_on(Flag.FEEDBACK, person) for person in people) / 20
        assert abs(share - percent) < 4
        assert not is_on(Flag.FEEDBACK)
        assert not is_on(Flag.FEEDBACK, None)

    def test_the_same_people_stay_in_as_it_grows(self) -> None:
        people = [f"user-{number}" for number in range(500)]
        within = [{each for each in people if Rollout(percent).covers("A", each, ())} for percent in range(101)]
        assert all(fewer <= more for fewer, more in pairwise(within))
        assert (within[0], within[100]) == (set(), set(people))

    def test_features_have_different_people(self) -> None:
        half = Rollout(50)
        people = [f"user-{number}" for number in range(100)]
        assert [half.covers("A", each, ()) for each in people] != [half.covers("B", each, ()) for each in people]

    def test_a_group_is_in_before_others(self, go_by: GoBy) -> None:
        go_by(Switches(flags={"FEEDBACK": Rollout(0, ("support",))}))
        assert is_on(Flag.FEEDBACK, Principal("a", groups=("support", "x")))
        assert not is_on(Flag.FEEDBACK, Principal("a", groups=("ops",)))
        assert not is_on(Flag.FEEDBACK, Principal("", groups=("support",)))

    def test_what_is_off_is_refused_in_words(self, go_by: GoBy) -> None:
        go_by(Switches(flags={"SIGN_UPS": Rollout(0)}))
        with pytest.raises(SwitchedOff, match="New accounts cannot be made at the moment"):
            require(Flag.SIGN_UPS)
        require(Flag.FEEDBACK)


def test_a_limit_is_the_settings_unless_it_is_changed(go_by: GoBy, settings: Any) -> None:
    settings.RATE_LIMITS = {"auth": 50, "user": 60}
    go_by(FULL)
    assert (limit_of("auth"), limit_of("user")) == (7, 60)


def test_read_only_is_told_with_its_sentence(go_by: GoBy) -> None:
    deciding.require_writable()
    go_by(FULL)
    with pytest.raises(ReadOnlyNow, match="We are moving") as refused:
        deciding.require_writable()
    assert (refused.value.status, refused.value.error_code, refused.value.headers) == (
        503,
        "ReadOnly",
        {"Retry-After": "60"},
    )
