from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from itertools import repeat
from typing import Any

import pytest
import time_machine

from movierec.audit import (
    SOURCES,
    SYSTEM,
    Actor,
    Days,
    Event,
    Recorded,
    Tag,
    Thing,
    Trail,
    nobody,
    of_actor,
    of_sources,
    of_thing,
    record,
    writing,
)
from movierec.audit.writing import MAX_REASON_LENGTH, MAX_VALUE_LENGTH
from movierec.dynamo.data_table import DataRow, delete_partition, user_pk

STAFF = Actor("staff-1", "staff@example.com", "192.0.2.1")
TITLE = Thing("title", "movie/603")
NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


READERS: list[Callable[..., Trail]] = [
    lambda **how: of_thing(TITLE, **how),
    lambda **how: of_actor("staff-1", **how),
    lambda **how: of_sources(["ops"], **how),
    of_sources,
]


def event(**changes: Any) -> Event:
    return Event(**{"tag": Tag.TITLE_HIDDEN, "actor": STAFF, "thing": TITLE, **changes})


def rows() -> list[dict[str, Any]]:
    return [row for row in DataRow.scan_rows() if row["pk"].startswith("AUDIT#")]


def test_an_event_is_found_by_its_thing_its_actor_and_its_source(tables: None) -> None:
    with time_machine.travel(NOON, tick=False):
        record(event(before={"hidden": False}, after={"hidden": True}, reason="It is a double."))
    (found,) = of_thing(TITLE).events
    assert found == Recorded(
        key=found.key,
        at="2026-05-01T12:00:00.000Z",
        tag="ops:title:hide",
        actor="staff-1",
        actor_name="staff@example.com",
        address="192.0.2.1",
        kind="title",
        thing="movie/603",
        before='{"hidden":false}',
        after='{"hidden":true}',
        reason="It is a double.",
        outcome="done",
    )
    assert of_actor("staff-1").events == of_sources().events == of_sources(["ops"]).events == [found]
    assert (
        of_thing(Thing("title", "movie/60")).events == of_actor("staff").events == of_sources(["account"]).events == []
    )
    assert len(rows()) == 3


def test_it_is_one_request_of_three_new_rows(operations: list[str]) -> None:
    operations.clear()
    record(event())
    assert operations == ["TransactWriteItems"]


@pytest.mark.parametrize(
    ("tag", "days"), [(Tag.TITLE_HIDDEN, 400), (Tag.STAFF_REFUSED, 400), (Tag.SIGNED_IN, 90), (Tag.ERASED, 90)]
)
def test_it_is_kept_for_its_time(tables: None, tag: Tag, days: int) -> None:
    with time_machine.travel(NOON, tick=False):
        record(event(tag=tag))
    assert {row["expiresAt"] for row in rows()} == {int(NOON.timestamp()) + days * 86_400}


def test_what_is_empty_is_not_stored_and_reads_as_empty(tables: None) -> None:
    record(event(actor=SYSTEM))
    record(event(actor=nobody("")))
    assert len(of_thing(TITLE).events) == 2
    for found in of_thing(TITLE).events:
        assert (found.before, found.after, found.reason, found.address) == ("", "", "", "")
    assert not [row for row in rows() if {"before", "after", "reason", "address"} & row.keys()]


def test_long_values_are_cut(tables: None) -> None:
    record(event(before="x" * 5_000, after=["y"], reason="z" * 600))
    (found,) = of_thing(TITLE).events
    assert found.before == '"' + "x" * (MAX_VALUE_LENGTH - 1) + "… (cut)"
    assert found.after == '["y"]'
    assert found.reason == "z" * MAX_REASON_LENGTH


def recorded_over(days: int) -> None:
    for number in range(days):
        with time_machine.travel(datetime(2026, 5, 1 + number, 12, tzinfo=UTC), tick=False):
            record(event(after=number))


def test_callers_who_are_not_known_share_no_partition(operations: list[str]) -> None:
    operations.clear()
    record(event(tag=Tag.SIGN_IN_FAILED, actor=nobody("192.0.2.3"), thing=Thing("address", "a@example.com")))
    assert operations == ["TransactWriteItems"]
    assert {row["pk"] for row in rows()} == {"AUDIT#THING#address#a@example.com", "AUDIT#SOURCE#account"}


def test_what_people_do_takes_no_room_of_what_staff_do(tables: None) -> None:
    for tag in Tag:
        record(event(tag=tag))
    for source in SOURCES:
        tags = {found.tag for found in of_sources([source], limit=100).events}
        assert tags == {tag.value for tag in Tag if tag.value.startswith(f"{source}:")}


@pytest.mark.parametrize("read", READERS)
def test_pages_are_newest_first_and_none_is_lost_or_doubled(tables: None, read: Callable[..., Trail]) -> None:
    recorded_over(7)
    seen, after = [], None
    while True:
        page = read(after=after, limit=3)
        seen += [found.after for found in page.events]
        after = page.after
        if after is None:
            break
    assert seen == ["6", "5", "4", "3", "2", "1", "0"]


@pytest.mark.parametrize("limit", [1, 2, 3, 5])
@pytest.mark.parametrize("order", ["oaoaoaoa", "ooooaaaa", "aaaaoooo", "oaaaaaao", "oooooooo"])
def test_sources_together_are_in_the_order_of_the_events(operations: list[str], order: str, limit: int) -> None:
    with time_machine.travel(NOON, tick=False):
        for number, source in enumerate(order):
            record(event(tag=Tag.TITLE_HIDDEN if source == "o" else Tag.SIGNED_IN, after=number))
    seen: list[str] = []
    after: str | None = None
    while True:
        operations.clear()
        page = of_sources(after=after, limit=limit)
        assert operations == ["Query", "Query"]
        seen += [found.after for found in page.events]
        after = page.after
        if after is None:
            break
    assert seen == ["7", "6", "5", "4", "3", "2", "1", "0"]


def test_no_event_stands_before_those_a_query_has_not_come_to(tables: None) -> None:
    # A Query ends at a megabyte.
    with time_machine.travel(NOON, tick=False):
        record(event(tag=Tag.SIGNED_IN, after="oldest"))
        for number in range(90):
            record(event(before="ü" * 4_000, after="ü" * 3_900 + str(number)))
    page = of_sources(limit=500)
    assert 10 < len(page.events) < 90
    assert "oldest" not in page.events[-1].after
    assert len(page.events) + len(of_sources(limit=500, after=page.after).events) == 91


@pytest.mark.parametrize("read", READERS)
def test_some_days_are_whole_and_others_are_left_out(tables: None, read: Callable[..., Trail]) -> None:
    recorded_over(5)
    days = Days("2026-05-02", "2026-05-04")
    assert [found.after for found in read(days=days).events] == ["3", "2", "1"]
    first = read(days=days, limit=2)
    assert [found.after for found in read(days=days, after=first.after).events] == ["1"]


def test_events_of_one_moment_are_all_there(tables: None, atomic_requests: None) -> None:
    with time_machine.travel(NOON, tick=False), ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda number: record(event(after=number)), range(24)))
    for trail in (of_thing(TITLE), of_actor("staff-1"), of_sources()):
        assert sorted(int(found.after) for found in trail.events) == list(range(24))


def test_events_of_one_moment_are_in_the_order_of_their_making(tables: None) -> None:
    with time_machine.travel(NOON, tick=False):
        for number in range(40):
            record(event(after=number))
    for trail in (of_thing(TITLE), of_actor("staff-1"), of_sources()):
        assert [int(found.after) for found in trail.events] == list(range(39, -1, -1))


def test_a_key_that_is_there_is_never_written_over(tables: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "token_hex", lambda size: "0" * size)
    monkeypatch.setattr(writing, "_NUMBERS", repeat(7))
    with time_machine.travel(NOON, tick=False):
        record(event(after="first"))
        before = rows()
        with pytest.raises(AssertionError, match="there was an event"):
            record(event(after="second", thing=Thing("title", "movie/604")))
    assert rows() == before


def test_what_is_a_persons_goes_and_their_audit_stays(tables: None) -> None:
    record(event(tag=Tag.ERASED, thing=Thing("person", "user-1")))
    DataRow.put_row({"pk": user_pk("user-1"), "sk": "PROFILE"})
    delete_partition(user_pk("user-1"))
    assert [found.tag for found in of_thing(Thing("person", "user-1")).events] == ["account:person:erase"]
