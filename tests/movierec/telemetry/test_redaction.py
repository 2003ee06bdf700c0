"""The last net: what looks like a secret or tells who somebody is does not reach the log."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from movierec.telemetry.redaction import LONGEST, redacted

TOKEN = "eyJhbGciOiJSUzI1NiIsImtpZCI6IjEifQ.eyJzdWIiOiJhbm4ifQ.c2lnbmF0dXJl"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (f"the token {TOKEN} is old", "the token [redacted] is old"),
        (f"cut: {TOKEN[:40]}", "cut: [redacted]"),
        ("Bearer abc.def/ghi+jkl=", "Bearer [redacted]"),
        ("{'Authorization': 'Basic YW5uOnNlY3JldA==', 'x': 1}", "{'Authorization: [redacted]"),
        ("Cookie: a=b; movierec_access=c", "Cookie: [redacted]"),
        ("Set-Cookie: a=b; Path=/", "Set-Cookie: [redacted]"),
        ("password='my secret pass' next", "password=[redacted] next"),
        ('{"newPassword": "a\\"b", "n": 1}', '{"newPassword=[redacted], "n": 1}'),
        ("{'password': 'a\\'b', 'n': 1}", "{'password=[redacted], 'n': 1}"),
        ('{"password": "cut \\', '{"password=[redacted]\\'),
        ("with password hunter2 it", "with password [redacted] it"),
        ("passphrase=correct horse", "passphrase=[redacted] horse"),
        ("recoveryCode: 'abcd-efgh'", "recoveryCode=[redacted]"),
        ("?code=123456&page=2", "?code=[redacted]&page=2"),
        ('{"code": "123456"}', '{"code=[redacted]}'),
        ("?api_key=0123456789abcdef&page=2", "?api_key=[redacted]&page=2"),
        ("X-Amz-Signature=0a1b2c&x=y", "X-Amz-Signature=[redacted]&x=y"),
        ("AKIAIOSFODNN7EXAMPLE may not", "[redacted] may not"),
        ("key 0123456789abcdef0123456789ABCDEF.", "key [redacted]."),
        ("sealed gAAAAABm3xQ-ZkC1_0yQp7Rr5Tt9Uu2Vv4Ww6Xx8Yy0Zz", "sealed [redacted]"),
        ("{'ann.b+c@ex-ample.co.uk': (550, b'no')}", "{'[redacted]': (550, b'no')}"),
        ("?email=ann%40example.com", "?email=[redacted]"),
        ("to Ünï@exämple.com.", "to [redacted]"),
        ("https://user:pa55@host/x", "https://user:[redacted]/x"),
        ("from 203.0.113.7:443", "from [redacted]:443"),
        ("from 2001:db8::7", "from [redacted]"),
        ("from 2001:db8:0:0:0:0:0:7", "from [redacted]"),
        ("from 2001:db8::", "from [redacted]"),
        ("from ::1 and [::1]:8000", "from [redacted] and [[redacted]]:8000"),
    ],
)
def test_what_is_taken_out(text: str, left: str) -> None:
    assert redacted(text) == left


@pytest.mark.parametrize(
    "text",
    [
        "TMDB did not give movie/603: HTTP status 503.",
        "ServiceUnavailable at '/user/favourites' (request 3f2b8c1e-6a3d-4c1e-9b0a-1234567890ab): no answer",
        "Model 20270115T080000Z-1a2b3c4d serves.",
        "/var/task/apps/recommendations/stores/store.py:120 at 2027-01-15T08:00:00.123Z, 08:00:00",
        "arn:aws:dynamodb:eu-north-1:123456789012:table/movierec-dev-data-table",
        "apps.recommendations.selectors.a_name_of_a_function_that_is_rather_long",
        "version 5.2.1",
        "The password is not right; errorCode=CodeMismatchException, exitCode: 0, HTTP code: 503",
        "tests/test_x.py::test_add",
    ],
)
def test_what_stays(text: str) -> None:
    assert redacted(text) == text


@given(st.text(st.characters(codec="utf-8"), max_size=30), st.text(st.characters(codec="utf-8"), max_size=30))
def test_a_token_is_found_whatever_stands_around_it(before: str, behind: str) -> None:
    assert TOKEN.rpartition(".")[2] not in redacted(f"{before} {TOKEN} {behind}")


@given(st.emails())
def test_addresses_of_mail_are_found(address: str) -> None:
    assert address not in redacted(f"to {address} it went")


def test_a_long_text_is_cut() -> None:
    assert redacted("x " * LONGEST) == "x " * (LONGEST // 2) + "…"
