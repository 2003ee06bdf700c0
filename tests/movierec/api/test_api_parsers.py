"""The strict JSON parser: what it takes, and that bad input is always the client's error."""

from __future__ import annotations

from contextlib import suppress
from io import BytesIO
from typing import Any

import orjson
import pytest
from django.conf import settings
from hypothesis import example, given
from hypothesis import strategies as st
from rest_framework.exceptions import ParseError

from movierec.api.errors import BadRequest, PayloadTooLarge
from movierec.api.parsers import MAX_DEPTH, JsonParser


def parse(body: bytes) -> dict[str, Any]:
    return JsonParser().parse(BytesIO(body))


def nested(levels: int) -> bytes:
    """An object with lists in it, `levels` deep in all."""
    return b'{"a":' + b"[" * (levels - 1) + b"]" * (levels - 1) + b"}"


@pytest.mark.parametrize("body", [b"", b" ", b"\n\t \r\n", b"{}", b" {} "])
def test_empty_means_an_empty_object(body: bytes) -> None:
    assert parse(body) == {}


@pytest.mark.parametrize(
    ("body", "data"),
    [
        (b'{"a": [1, 2.5, null, true, "x"]}', {"a": [1, 2.5, None, True, "x"]}),
        ('{"\u00fc": "\U0001f3ac"}'.encode(), {"\u00fc": "\U0001f3ac"}),
        (b'{"a": "\\u0000"}', {"a": "\0"}),
        (b'{"a": "\\ud83c\\udfac"}', {"a": "\U0001f3ac"}),
        (b'{"a": 1, "a": 2}', {"a": 2}),
        (b'{"a": 18446744073709551615}', {"a": 2**64 - 1}),
        (b'{"a": 100000000000000000000}', {"a": 1e20}),
        (b'{"": 1}', {"": 1}),
    ],
)
def test_objects_come_as_they_are(body: bytes, data: dict[str, Any]) -> None:
    assert parse(body) == data


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b'{"a": -Infinity}',
        b'{"a": "\\ud800"}',
        b'{"a": "\\udc00\\ud800"}',
        b'{"\\ud800": 1}',
        b'{"a": "\xed\xa0\x80"}',
        b'{"a": "\xff"}',
        b'{"a": "\x00"}',
        b'{"a": 1,}',
        b"{'a': 1}",
        b'{"a": 01}',
        b'{"a": 1} {"b": 2}',
        b'{"a": 1} // comment',
        b"\xef\xbb\xbf{}",
        '{"a": 1}'.encode("utf-16"),
        b"\x00",
        b'{"a": 1e999}',
        pytest.param(nested(10_000), id="10,000 levels"),
        pytest.param(b"[" * 100_000, id="100,000 brackets"),
    ],
)
def test_what_is_not_json_is_a_parse_error(body: bytes) -> None:
    with pytest.raises(ParseError):
        parse(body)


def test_a_number_of_thousands_of_digits_is_refused_or_a_float() -> None:
    with pytest.raises(ParseError):
        parse(b'{"a": ' + b"9" * 5000 + b"}")
    assert parse(b'{"a": ' + b"9" * 300 + b"}") == {"a": 1e300}


@pytest.mark.parametrize("body", [b"[]", b'["a"]', b"1", b'"text"', b"null", b"true", b"-0.5"])
def test_json_that_is_no_object_is_refused(body: bytes) -> None:
    with pytest.raises(BadRequest) as caught:
        parse(body)
    assert caught.value.sentence == "The body must be a JSON object."
    assert caught.value.details == [{"path": "body", "message": "Not an object."}]


def test_as_many_levels_as_are_stored_are_taken() -> None:
    assert parse(nested(MAX_DEPTH)).keys() == {"a"}


@pytest.mark.parametrize("levels", [MAX_DEPTH + 1, 500])
def test_one_level_more_is_refused(levels: int) -> None:
    with pytest.raises(BadRequest) as caught:
        parse(nested(levels))
    assert caught.value.sentence == "body: At most 30 levels of nesting are taken."


def test_levels_count_where_they_are_deepest() -> None:
    shallow = b'{"b": ' + b'{"c": ' * 29 + b"1" + b"}" * 29 + b', "a": [[]]}'
    assert parse(shallow)["a"] == [[]]
    with pytest.raises(BadRequest):
        parse(shallow.replace(b"1", b"[]"))


def test_a_byte_more_than_the_limit_is_refused_unread() -> None:
    stream = BytesIO(b" " * (settings.MAX_BODY_BYTES + 1000))
    with pytest.raises(PayloadTooLarge):
        JsonParser().parse(stream)
    assert stream.tell() == settings.MAX_BODY_BYTES + 1


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(st.text(), json_values))
def test_every_object_comes_back(data: dict[str, Any]) -> None:
    assert parse(orjson.dumps(data)) == data


@given(
    st.binary(max_size=200)
    | st.text('{}[]":,\\ud80Ee+-.019 \n\0tfn', max_size=60).map(str.encode)
    | json_values.map(orjson.dumps)
)
@example(b'{"a":' * 10_000)
@example(b'{"a": 1' + b"0" * 5000 + b"}")
def test_any_bytes_give_an_object_or_an_error_of_the_client(body: bytes) -> None:
    with suppress(ParseError, BadRequest):
        assert isinstance(parse(body), dict)
