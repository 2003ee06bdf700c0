"""Saved points."""

from __future__ import annotations

from datetime import timedelta

import pytest

from apps.media.sync.points import begin, unfinished
from apps.media.sync.schedules import SCHEDULES
from apps.media.titles import TitleKey
from movierec.dynamo.data_table import DataRow
from tests.apps.media.sync.conftest import NOW

pytestmark = pytest.mark.usefixtures("tables")
DAILY = SCHEDULES["daily"]
MANY: list[TitleKey] = [("movie" if number % 2 else "tv", number) for number in range(1, 5_101)]


def test_a_point_is_found_again_as_it_was() -> None:
    assert unfinished(DAILY) is None
    point = begin(DAILY, NOW)
    point.save_list("popular movie", [("movie", 1), ("tv", 1)])
    point.save_list("nothing", [])
    found = unfinished(DAILY)
    assert found is not None
    assert (found.started_at, found.planned) == (NOW, False)
    assert found.collected() == {"popular movie": [("movie", 1), ("tv", 1)], "nothing": []}
    assert unfinished(SCHEDULES["weekly"]) is None


def test_thousands_of_titles_are_cut_into_rows_and_come_back_in_order() -> None:
    point = begin(DAILY, NOW)
    point.save_list("daily export", MANY)
    assert point.collected() == {"daily export": MANY}
    point.save_plan(MANY)
    found = unfinished(DAILY)
    assert found is not None
    assert found.planned
    assert found.collected() == {}
    batches = list(found.batches())
    assert [key for _, keys in batches for key in keys] == MANY
    assert {len(keys) for _, keys in batches} == {100}


def test_a_list_of_which_a_part_is_missing_is_not_collected() -> None:
    point = begin(DAILY, NOW)
    point.save_list("daily export", MANY)
    DataRow.delete_rows([{"pk": "JOB#sync_media#daily", "sk": "LIST#daily export#0002"}])
    assert point.collected() == {}


def test_a_batch_that_is_done_is_gone() -> None:
    point = begin(DAILY, NOW)
    point.save_plan(MANY[:250])
    names = [name for name, _ in point.batches()]
    point.batch_is_done(names[0])
    assert [keys[0] for _, keys in point.batches()] == [MANY[100], MANY[200]]
    point.save_plan(MANY[:10])
    assert [keys for _, keys in point.batches()] == [MANY[:10]]


def test_a_new_run_forgets_the_one_before_and_a_finished_one_leaves_nothing() -> None:
    point = begin(DAILY, NOW)
    point.save_plan(MANY[:250])
    second = begin(DAILY, NOW + timedelta(days=1))
    assert not second.planned
    assert list(second.batches()) == []
    second.clear()
    assert list(DataRow.scan_rows()) == []


def test_titles_that_could_not_be_had_outlast_the_run_until_the_next_one_plans_them() -> None:
    point = begin(DAILY, NOW)
    point.save_plan(MANY[:250])
    point.save_failed("KEYS#0000", MANY[:2])
    point.save_failed("KEYS#0001", [])
    point.clear()
    following = begin(DAILY, NOW + timedelta(days=1))
    assert following.failed_before() == MANY[:2]
    following.save_plan(MANY[:2])
    assert following.failed_before() == []
    assert sorted(row["sk"] for row in DataRow.scan_rows()) == ["KEYS#0000", "POINT"]
