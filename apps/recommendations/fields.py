"""Fields of requests that bound what may be recommended."""

from __future__ import annotations

import re
from typing import Any, Final

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.recommendations.engine.vocabulary import PLATFORMS
from movierec.api.fields import is_plain

SERVICES: Final = tuple(PLATFORMS)
_REGION = re.compile(r"[A-Za-z]{2}", re.ASCII)


@extend_schema_field({"type": "number", "minimum": 0, "maximum": 1})
class ShareField(serializers.FloatField):
    """A number from 0 to 1, or its text."""

    def to_internal_value(self, data: Any) -> float:
        """The number."""
        sentence = "Send a number from 0 to 1."
        if isinstance(data, bool) or (isinstance(data, str) and not is_plain(data)):
            raise serializers.ValidationError(sentence)
        try:
            share = float(super().to_internal_value(data))
        except serializers.ValidationError as error:
            raise serializers.ValidationError(sentence) from error
        if not 0 <= share <= 1:
            raise serializers.ValidationError(sentence)
        return share


@extend_schema_field({"type": "array", "items": {"type": "string", "enum": list(SERVICES)}})
class ServicesField(serializers.Field[frozenset[str], Any, list[str], Any]):
    """Streaming services by the questionnaire's codes: an array, or one comma-separated text."""

    takes_many = True

    def to_internal_value(self, data: Any) -> frozenset[str]:
        """The codes, each once."""
        codes = [part.strip() for part in data.split(",") if part.strip()] if isinstance(data, str) else data
        if not isinstance(codes, list) or not all(isinstance(code, str) and code in SERVICES for code in codes):
            raise serializers.ValidationError(f"Send some of {', '.join(SERVICES)}.")
        return frozenset(codes)

    def to_representation(self, value: Any) -> list[str]:
        """The codes in order."""
        return sorted(value)


@extend_schema_field({"type": "string", "pattern": "^[A-Za-z]{2}$"})
class RegionField(serializers.Field[str, Any, str, Any]):
    """A country by the two letters of ISO 3166-1."""

    def to_internal_value(self, data: Any) -> str:
        """The letters in upper case."""
        if not isinstance(data, str) or not _REGION.fullmatch(data):
            raise serializers.ValidationError("Send a country as two letters, such as US.")
        return data.upper()

    def to_representation(self, value: str) -> str:
        """As it is."""
        return value
