"""The table of taste profiles."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from pynamodb.attributes import Attribute, UnicodeAttribute
from pynamodb.constants import MAP

from movierec.dynamo.plain import Plain, to_plain, to_wire
from movierec.dynamo.table import BaseTable


class PlainMapAttribute(Attribute[dict[str, Plain]]):
    """A JSON object kept as it came, written with the project's one translation of plain values."""

    attr_type = MAP

    def serialize(self, value: dict[str, Plain]) -> dict[str, Any]:
        """The object as DynamoDB's map."""
        return to_wire(value)

    def deserialize(self, value: dict[str, Any]) -> dict[str, Plain]:
        """DynamoDB's map as an object."""
        return to_plain(value)


class UserPreferences(BaseTable):
    """One person's answers; rows of the older service may carry further attributes, which stay."""

    class Meta:
        table_name = settings.TABLE_NAMES["preferences"]

    user_id = UnicodeAttribute(hash_key=True, attr_name="userId")
    preferences = PlainMapAttribute(null=True)
    updated_at = UnicodeAttribute(attr_name="updatedAt", null=True)
