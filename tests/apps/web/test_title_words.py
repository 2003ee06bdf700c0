"""How pages say the facts of titles and people."""

from __future__ import annotations

from typing import Any

import pytest

from apps.web.templatetags.titles import age, by_job, day, duration, initials, score, wide


@pytest.mark.parametrize(
    ("minutes", "words"), [(None, ""), (0, ""), (1, "1 min"), (60, "1 h"), (95, "1 h 35 min"), (600, "10 h")]
)
def test_duration(minutes: int | None, words: str) -> None:
    assert duration(minutes) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (None, "a moment"), (59, "a moment"), (60, "1 minute"), (7199, "1 hour"), (7200, "2 hours"),
        (86_400, "1 day"), (604_799, "6 days"), (1_900_000, "3 weeks"), (2_629_800, "1 month"), (70_000_000, "2 years"),
    ],
)  # fmt: skip
def test_age(seconds: float | None, words: str) -> None:
    assert age(seconds) == words


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Keanu Reeves", "KR"), ("Björk", "B"), ("Robert De Niro", "RN"), ("", ""), ("—", ""), ("宮崎 駿", "宮駿"),
        ("ólafur (composer)", "Ó"),
    ],
)  # fmt: skip
def test_initials(name: str, letters: str) -> None:
    assert initials(name) == letters


@pytest.mark.parametrize(
    ("text", "words"),
    [("1999-03-31", "31 March 1999"), ("1999", "1999"), ("1999-02-31", "1999-02-31"), ("", ""), (None, "")],
)
def test_day(text: str | None, words: str) -> None:
    assert day(text) == words


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"vote_average": 8.25, "vote_count": 26_123}, "8.2 of 10, from 26,123 votes"),
        ({"vote_average": 10.0, "vote_count": 1}, "10.0 of 10, from 1 vote"),
        ({"vote_average": 0.0, "vote_count": 0}, ""),
        ({}, ""),
    ],
)
def test_score(facts: dict[str, Any], words: str) -> None:
    assert score(facts) == words


def test_the_narrowest_picture_that_is_wide_enough_is_taken() -> None:
    sizes = [{"width": 1280}, {"width": 300}, {"width": 780}]
    assert [wide(sizes, width) for width in (1, 301, 780, 2000)] == [
        {"width": 300}, {"width": 780}, {"width": 780}, {"width": 1280},
    ]  # fmt: skip
    assert wide([], 1) is None


def test_nobody_has_one_job_twice() -> None:
    ann, bob = {"id": 1, "job": "Writer"}, {"id": 2, "job": ""}
    assert by_job([ann, bob, ann]) == [("Writer", [ann]), ("Crew", [bob])]
