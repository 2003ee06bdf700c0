"""Fields of requests that several apps share."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers


def is_plain(text: str) -> bool:
    """Whether a number's text is in ASCII and without underscores; Python reads more as numbers than clients write."""
    return text.isascii() and "_" not in text


class WholeNumberField(serializers.IntegerField):
    """A whole number, or its text in plain digits."""

    def to_internal_value(self, data: Any) -> int:
        """The number."""
        if isinstance(data, str) and not is_plain(data):
            self.fail("invalid")
        return int(super().to_internal_value(data))
