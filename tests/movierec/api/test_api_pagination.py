"""Cursors: a round trip, and garbage that is refused."""

from __future__ import annotations

import re
from base64 import urlsafe_b64encode
from contextlib import suppress

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from movierec.api.errors import FieldErrors
from movierec.api.pagination import MAX_CURSOR_LENGTH, decode_cursor, encode_cursor

SENTENCE = "cursor: This is not a cursor of this list; send nextCursor of the page before."


def cursor_of(value: object) -> str:
    return urlsafe_b64encode(orjson.dumps(value)).decode().rstrip("=")


@given(st.lists(st.text(max_size=20), max_size=4))
def test_what_went_in_comes_out(parts: list[str]) -> None:
    assert decode_cursor(encode_cursor(*parts), len(parts)) == parts


@given(st.lists(st.text(max_size=20), max_size=4))
def test_a_cursor_stands_in_an_address_as_it_is(parts: list[str]) -> None:
    assert re.fullmatch(r"[A-Za-z0-9_-]*", encode_cursor(*parts))


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "x",
        "!!!!",
        "ü",
        "\ud800",
        "\0",
        cursor_of(["a"]),
        cursor_of(["a", "b", "c"]),
        cursor_of(["a", 1]),
        cursor_of(["a", None]),
        cursor_of({"a": "b"}),
        cursor_of("ab"),
        cursor_of(None),
        cursor_of(["a", "b"])[:-2],
        urlsafe_b64encode(b"\xff\xfe").decode(),
        "A" * (MAX_CURSOR_LENGTH + 1),
        "A" * 100_000,
    ],
)
def test_another_text_is_refused(cursor: str) -> None:
    with pytest.raises(FieldErrors) as caught:
        decode_cursor(cursor, 2)
    assert caught.value.sentence == SENTENCE


@given(st.text(max_size=80) | st.binary(max_size=60).map(lambda raw: urlsafe_b64encode(raw).decode()))
def test_any_text_gives_two_texts_or_is_refused(cursor: str) -> None:
    with suppress(FieldErrors):
        assert [type(part) for part in decode_cursor(cursor, 2)] == [str, str]


def test_a_cursor_of_the_greatest_length_is_read() -> None:
    part = "a" * 371
    cursor = encode_cursor(part)
    assert len(cursor) == MAX_CURSOR_LENGTH
    assert decode_cursor(cursor, 1) == [part]
