"""Plain values to and from DynamoDB's attributes."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from boto3.dynamodb.types import TypeDeserializer
from hypothesis import given
from hypothesis import strategies as st

from movierec.dynamo.data_table import DataRow
from movierec.dynamo.plain import to_plain, to_wire, wire

values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
    | st.binary(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
rows = st.dictionaries(st.text(), values, max_size=5)


def exact(value: Any) -> Any:
    """A value with the types of its numbers, so that 1, 1.0 and True differ; whole floats are whole numbers here."""
    if isinstance(value, dict):
        return {key: exact(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [exact(entry) for entry in value]
    return (type(value).__name__, value)


@given(rows)
def test_what_goes_out_comes_back_with_its_types(row: dict[str, Any]) -> None:
    assert exact(to_plain(to_wire(row))) == exact(row)


@given(st.text() | st.booleans() | st.integers(-(10**37), 10**37) | st.none() | st.binary(min_size=1))
def test_attributes_are_those_of_boto3(value: Any) -> None:
    found = TypeDeserializer().deserialize(wire(value))
    assert (found.value if isinstance(value, bytes) else found) == value


@pytest.mark.parametrize(
    ("value", "attribute"),
    [
        (None, {"NULL": True}),
        (True, {"BOOL": True}),
        (False, {"BOOL": False}),
        (0, {"N": "0"}),
        (-5, {"N": "-5"}),
        (0.1, {"N": "0.1"}),
        (1e20, {"N": "1e+20"}),
        ("", {"S": ""}),
        (b"\x00", {"B": b"\x00"}),
        ([], {"L": []}),
        ((1, "a"), {"L": [{"N": "1"}, {"S": "a"}]}),
        ({"a": {"b": [None]}}, {"M": {"a": {"M": {"b": {"L": [{"NULL": True}]}}}}}),
    ],
)
def test_how_a_value_is_written(value: Any, attribute: dict[str, Any]) -> None:
    assert wire(value) == attribute


@pytest.mark.parametrize("value", [{1, 2}, object(), Decimal(1), 1j, float("nan"), float("inf"), [float("-inf")]])
def test_what_has_no_form_is_refused(value: Any) -> None:
    with pytest.raises(TypeError, match="cannot be stored in DynamoDB"):
        wire(value)


@pytest.mark.parametrize(
    ("attribute", "value"),
    [
        ({"N": "1"}, 1),
        ({"N": "1.0"}, 1.0),
        ({"N": "1E+2"}, 100.0),
        ({"N": "18446744073709551615"}, 2**64 - 1),
        ({"N": "18446744073709551616"}, 2.0**64),
        ({"N": "-9223372036854775808"}, -(2**63)),
        ({"N": "-9223372036854775809"}, -(2.0**63)),
        ({"N": "1" + "0" * 37}, 1e37),
        ({"SS": ["b", "a"]}, ["a", "b"]),
        ({"NS": ["10", "2", "1.5"]}, [1.5, 2, 10]),
        ({"B": b"\x00\x01"}, b"\x00\x01"),
        ({"B": "AAE="}, b"\x00\x01"),
        ({"BS": [b"\x00", "AQ=="]}, [b"\x00", b"\x01"]),
    ],
)
def test_how_rows_of_others_are_read(attribute: dict[str, Any], value: Any) -> None:
    assert exact(to_plain({"x": attribute})) == exact({"x": value})


@pytest.mark.parametrize(
    "value",
    [
        1e20,
        10.0**37,
        123456789.125,
        0.1,
        -0.0,
        1e-7,
        2**63,
        "ü\U0001f3ac",
        {"deep": [{"er": [1, 2.5, None]}]},
        b"\0\xff",
    ],
    ids=repr,
)
def test_dynamodb_keeps_it(tables: None, value: Any) -> None:
    list(DataRow.put_rows([{"pk": "a", "sk": "b", "value": value}]))
    assert DataRow.get_row("a", "b") == {"pk": "a", "sk": "b", "value": value}
