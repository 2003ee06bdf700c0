from __future__ import annotations

from email.utils import formatdate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.media.providers.tmdb.retries import retry_after
from tests.stand_ins.clock import StillClock

NOW = 1_700_000_000.0


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0", 0.0),
        ("7", 7.0),
        (" 12 ", 12.0),
        ("99999999999999999999999", 120.0),
        (formatdate(NOW + 9, usegmt=True), 9.0),
        (formatdate(NOW + 9, usegmt=True).replace("GMT", "-0000"), 9.0),
        (formatdate(NOW - 9, usegmt=True), 0.0),
        (formatdate(NOW + 9_999_999, usegmt=True), 120.0),
        ("", None),
        ("soon", None),
        ("-3", None),
        ("1.5", None),
        ("٣", None),
        ("Mon, 01 Jan 2024 00:00:00 +99999999999999999", None),
        ("Mon, 99 Jan 2024 00:00:00 GMT", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(text: str, seconds: float | None) -> None:
    assert retry_after({"retry-after": text}, StillClock(NOW)) == seconds


def test_no_header_asks_for_nothing() -> None:
    assert retry_after({}, StillClock(NOW)) is None


@given(st.text() | st.from_regex(r"\w{3}, \d+ (Jan|Feb) \d+ \d+:\d+:\d+ ([+-]\d+|GMT|)", fullmatch=True))
def test_no_text_is_an_error_or_a_long_wait(text: str) -> None:
    seconds = retry_after({"retry-after": text}, StillClock(NOW))
    assert seconds is None or 0 <= seconds <= 120
