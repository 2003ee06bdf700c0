"""The embedded metric format as a JSON schema, and its rules that no schema can say.

Source: "Specification: Embedded metric format", Amazon CloudWatch User Guide.
"""

from __future__ import annotations

import json
from typing import Any, Final

from jsonschema import Draft202012Validator

NAME: Final = {"type": "string", "minLength": 1, "maxLength": 1024}
_PREFIXES: Final = ("", "Kilo", "Mega", "Giga", "Tera")
_AMOUNTS: Final = [f"{prefix}{unit}".capitalize() for unit in ("bytes", "bits") for prefix in _PREFIXES] + ["Count"]
_TIMES: Final = ["Seconds", "Microseconds", "Milliseconds"]
UNITS: Final = [*_TIMES, *_AMOUNTS, *(f"{amount}/Second" for amount in _AMOUNTS), "Percent", "None"]
METRIC: Final = {
    "type": "object",
    "required": ["Name"],
    "properties": {"Name": NAME, "Unit": {"enum": UNITS}, "StorageResolution": {"enum": [1, 60]}},
    "additionalProperties": False,
}
DIRECTIVE: Final = {
    "type": "object",
    "required": ["Namespace", "Dimensions", "Metrics"],
    "properties": {
        "Namespace": NAME,
        "Dimensions": {
            "type": "array",
            "minItems": 1,
            "items": {"type": "array", "maxItems": 30, "items": {"type": "string", "minLength": 1, "maxLength": 250}},
        },
        "Metrics": {"type": "array", "minItems": 1, "maxItems": 100, "items": METRIC},
    },
    "additionalProperties": False,
}
SCHEMA: Final = {
    "type": "object",
    "required": ["_aws"],
    "properties": {
        "_aws": {
            "type": "object",
            "required": ["Timestamp", "CloudWatchMetrics"],
            "properties": {
                "Timestamp": {"type": "integer", "minimum": 0},
                "CloudWatchMetrics": {"type": "array", "minItems": 1, "items": DIRECTIVE},
            },
        }
    },
}


def check(line: dict[str, Any]) -> None:
    """Raises AssertionError or ValidationError for a line that CloudWatch would not read metrics from."""
    Draft202012Validator(SCHEMA).validate(line)
    assert len(json.dumps(line)) < 256 * 1024
    for directive in line["_aws"]["CloudWatchMetrics"]:
        for metric in directive["Metrics"]:
            value = line[metric["Name"]]
            assert isinstance(value, int | float)
            assert not isinstance(value, bool)
        for dimension in (name for names in directive["Dimensions"] for name in names):
            assert isinstance(line[dimension], str)
            assert 1 <= len(line[dimension]) <= 1024
