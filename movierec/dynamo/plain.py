"""Plain Python values from and to DynamoDB's typed attributes.

`{"S": "x"}` is "x", `{"N": "1"}` is 1, `{"N": "1.5"}` is 1.5, lists, maps and NULL likewise; sets are read as lists.
Floats go out with the shortest text that reads back the same.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable, Mapping, Sequence
from math import isfinite
from typing import Any

Plain = Any  # str | int | float | bool | None | bytes | list[Plain] | dict[str, Plain]


def _number(text: str) -> int | float:
    try:
        number = int(text)
    except ValueError:
        return float(text)
    # JSON answers carry 64 bits; a larger whole number can only have come as a float.
    return number if -(2**63) <= number < 2**64 else float(number)


_READERS: dict[str, Callable[[Any], Plain]] = {
    "S": lambda value: value,
    "N": _number,
    "BOOL": bool,
    "NULL": lambda _: None,
    "L": lambda values: [_read(value) for value in values],
    "M": lambda values: {key: _read(value) for key, value in values.items()},
    "SS": sorted,
    "NS": lambda values: sorted(_number(value) for value in values),
    "B": lambda value: value if isinstance(value, bytes) else b64decode(value),
    "BS": lambda values: [value if isinstance(value, bytes) else b64decode(value) for value in values],
}


def _read(attribute: Mapping[str, Any]) -> Plain:
    ((kind, value),) = attribute.items()
    return _READERS[kind](value)


def to_plain(item: Mapping[str, Mapping[str, Any]]) -> dict[str, Plain]:
    """A row of DynamoDB's attribute maps as plain values."""
    return {name: _read(attribute) for name, attribute in item.items()}


def to_wire(row: Mapping[str, Plain]) -> dict[str, dict[str, Any]]:
    """A row of plain values as DynamoDB's attribute maps. Raises TypeError for what has no such form."""
    return {name: wire(value) for name, value in row.items()}


def wire(value: Plain) -> dict[str, Any]:
    """One plain value as a DynamoDB attribute; TypeError for what has no such form, NaN and infinity included."""
    for kinds, write in _WRITERS:
        if isinstance(value, kinds):
            return write(value)
    raise TypeError(f"{value!r} cannot be stored in DynamoDB")


def _write_number(value: int | float) -> dict[str, str]:
    if isinstance(value, float) and not isfinite(value):
        raise TypeError(f"{value!r} cannot be stored in DynamoDB")
    return {"N": repr(value)}


# In this order, since True is also a whole number and a text also a sequence.
_WRITERS: tuple[tuple[type | tuple[type, ...], Callable[[Any], dict[str, Any]]], ...] = (
    (type(None), lambda _: {"NULL": True}),
    (str, lambda value: {"S": value}),
    (bool, lambda value: {"BOOL": value}),
    ((int, float), _write_number),
    (bytes, lambda value: {"B": value}),
    (Mapping, lambda value: {"M": to_wire(value)}),
    (Sequence, lambda value: {"L": [wire(entry) for entry in value]}),
)
