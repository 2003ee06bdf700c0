"""What DynamoDB can keep of a JSON value."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

MAX_NAME: Final = 255
MAX_DEPTH: Final = 30
# DynamoDB's numbers: 38 digits, which hold every float's shortest text, and these magnitudes.
SMALLEST_NUMBER: Final = 1e-130
NUMBER_LIMIT: Final = 1e126


def unstorable(fields: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """(path, sentence) of everything in a JSON object that DynamoDB cannot keep exactly."""
    waiting = [(_inside("", name), value, 1) for name, value in fields.items()]
    yield from _bad_names("", fields)
    while waiting:
        path, value, depth = waiting.pop()
        if depth > MAX_DEPTH:
            yield path, f"At most {MAX_DEPTH} levels of nesting are taken."
        elif isinstance(value, dict):
            yield from _bad_names(path, value)
            waiting.extend((_inside(path, name), entry, depth + 1) for name, entry in value.items())
        elif isinstance(value, list):
            waiting.extend((_inside(path, str(place)), entry, depth + 1) for place, entry in enumerate(value))
        elif isinstance(value, float) and value and not SMALLEST_NUMBER <= abs(value) < NUMBER_LIMIT:
            yield path, f"{value} cannot be kept; send 0 or a number whose size is from 1e-130 to below 1e126."


def _inside(path: str, name: str) -> str:
    return f"{path}.{name[:MAX_NAME]}" if path else name[:MAX_NAME]


def _bad_names(path: str, value: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for name in value:
        if not 1 <= len(name) <= MAX_NAME:
            yield _inside(path, name), f"A name must have 1 to {MAX_NAME} characters."
