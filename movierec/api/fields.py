"""Fields of requests that several apps share."""

from __future__ import annotations

from typing import Any, ClassVar

from rest_framework import serializers


def is_plain(text: str) -> bool:
    """Whether a number's text is in ASCII and without underscores; Python reads more as numbers than clients write."""
    return text.isascii() and "_" not in text


class WholeNumberField(serializers.IntegerField):
    """A whole number, or its text in plain digits."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        "invalid": "Send a whole number.",
        "max_value": "Send at most {max_value}.",
        "min_value": "Send at least {min_value}.",
        "max_string_length": "Send a whole number of fewer digits.",
    }

    def to_internal_value(self, data: Any) -> int:
        """The number."""
        if isinstance(data, str) and not is_plain(data):
            self.fail("invalid")
        return int(super().to_internal_value(data))
