"""When schedules run, and what they ask for."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.media.genres import GENRES
from apps.media.sync.plan import DISCOVERED_GENRES, lists_of
from apps.media.sync.schedules import SCHEDULES, Schedule, next_run

DAILY, WEEKLY, FULL = (SCHEDULES[name] for name in ("daily", "weekly", "full"))
TODAY = date(2026, 11, 18)


@pytest.mark.parametrize(
    ("schedule", "now", "expected"),
    [
        (DAILY, "2026-11-18T07:59:59", "2026-11-18T08:00"),
        (DAILY, "2026-11-18T08:00:00", "2026-11-19T08:00"),
        (DAILY, "2026-12-31T23:00:00", "2027-01-01T08:00"),
        (WEEKLY, "2026-11-18T12:00:00", "2026-11-22T09:00"),
        (WEEKLY, "2026-11-22T08:59:00", "2026-11-22T09:00"),
        (WEEKLY, "2026-11-22T09:00:00", "2026-11-29T09:00"),
    ],
)
def test_the_next_run(schedule: Schedule, now: str, expected: str) -> None:
    moment = datetime.fromisoformat(now).replace(tzinfo=UTC)
    assert next_run(schedule, moment) == datetime.fromisoformat(expected).replace(tzinfo=UTC)


def test_a_schedule_by_hand_has_none() -> None:
    assert next_run(FULL, datetime.now(UTC)) is None


@given(st.integers(0, 4_000_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)))
def test_the_next_run_is_in_the_future_and_no_more_than_a_period_away(now: datetime) -> None:
    for schedule, period in ((DAILY, timedelta(days=1)), (WEEKLY, timedelta(days=7))):
        found = next_run(schedule, now)
        assert found is not None
        assert timedelta(0) < found - now <= period


@pytest.mark.parametrize(("schedule", "interval"), [(DAILY, timedelta(days=1)), (WEEKLY, timedelta(days=7))])
def test_an_unfinished_run_lives_until_the_next_start(schedule: Schedule, interval: timedelta) -> None:
    assert interval < schedule.lasts < 2 * interval


def test_a_cron_expression_that_is_not_understood_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^'rate\(1 day\)' is not like cron\(0 8 \* \* \? \*\) or "):
        next_run(replace(DAILY, cron="rate(1 day)"), datetime.now(UTC))


def test_the_lists_of_a_day() -> None:
    assert [(each.path, each.pages, each.kept_as) for each in lists_of(DAILY, TODAY)] == [
        ("movie/popular", 2, ("popular", "movie")),
        ("tv/popular", 2, ("popular", "tv")),
        ("trending/movie/week", 1, ("trending", "movie")),
        ("trending/tv/week", 1, ("trending", "tv")),
        ("trending/all/week", 1, ("trending", "all")),
    ]


def test_the_lists_of_a_week() -> None:
    lists = lists_of(WEEKLY, TODAY)
    assert len({each.name for each in lists}) == len(lists)
    assert {each.kept_as for each in lists} - {None} == {
        (name, kind) for name in ("top_rated", "hidden_gems", "upcoming", "now_playing") for kind in ("movie", "tv")
    }
    by_genre = [(each.path, each.parameters["with_genres"]) for each in lists if "with_genres" in each.parameters]
    assert by_genre == [
        (f"discover/{kind}", str(genre)) for kind in DISCOVERED_GENRES for genre in DISCOVERED_GENRES[kind]
    ]
    assert len(by_genre) == 10
    upcoming = next(each for each in lists if each.name == "upcoming tv")
    assert upcoming.parameters["first_air_date.gte"] == "2026-11-18"
    assert all(each.parameters["include_adult"] == "false" for each in lists if each.path.startswith("discover/"))


def test_the_genres_exist() -> None:
    assert all(set(genres) <= set(GENRES[kind]) for kind, genres in DISCOVERED_GENRES.items())


def test_the_full_schedule_takes_the_export() -> None:
    assert lists_of(FULL, TODAY) == []
