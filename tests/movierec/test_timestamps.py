from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from movierec.timestamps import epoch_seconds, now_text, timestamp


def test_times_are_utc_with_milliseconds() -> None:
    moment = datetime(2024, 5, 31, 1, 2, 3, 4567, tzinfo=timezone(timedelta(hours=2)))
    assert timestamp(moment) == "2024-05-30T23:02:03.004Z"


def test_now_is_now() -> None:
    assert abs(epoch_seconds(now_text()) - datetime.now(UTC).timestamp()) < 5


@given(st.datetimes(timezones=st.just(UTC)))
def test_texts_read_back(moment: datetime) -> None:
    assert abs(epoch_seconds(timestamp(moment)) - moment.timestamp()) < 0.0011


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("1970-01-01T00:01:00", 60.0),
        ("1970-01-02", 86400.0),
        ("1970-01-01T01:00:00+01:00", 0.0),
        ("soon", 0.0),
        ("", 0.0),
        (None, 0.0),
        (12.5, 0.0),
    ],
)
def test_seconds_of_odd_times(value: Any, seconds: float) -> None:
    assert epoch_seconds(value) == seconds
