"""The field by which a request says which model led to it."""

from __future__ import annotations

from typing import Any, Final

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from movierec.via import is_version

_HELP: Final = "modelVersion of the recommendations that led to the title, where some did; counted, never stored."


@extend_schema_field({"type": "string", "maxLength": 100})
class ViaField(serializers.Field[str, Any, str, Any]):
    """The version of a model. What is none is passed over: nobody's request fails for a count."""

    def __init__(self) -> None:
        super().__init__(required=False, allow_null=True, help_text=_HELP)

    def to_internal_value(self, data: Any) -> str:
        """The version, empty for anything else."""
        return data if isinstance(data, str) and is_version(data) else ""

    def to_representation(self, value: str) -> str:
        """As it is."""
        return value
