"""The fields that requests about lists are made of."""

from __future__ import annotations

import math
import re
from datetime import date
from typing import Any, ClassVar, Final

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.lists.keys import MAX_ID, parse_id
from apps.media.titles import MEDIA_TYPES, MediaType
from movierec.api.fields import is_plain

MAX_PATH: Final = 500
VOTE_DIGITS: Final = 6

_DATE = re.compile(r"[0-9]{4}(-[0-9]{2}(-[0-9]{2}([T ].*)?)?)?", re.DOTALL)
# The address of a picture at TMDB, of whatever size, before its path.
_TMDB_PICTURE = re.compile(r"https://image\.tmdb\.org/t/p/\w+(?=/)", re.ASCII)
# No segment starts with a dot, so no path climbs out of its folder, and none is empty, so none names a host.
_PATH = re.compile(r"(/[\w-][\w.~-]*)+", re.ASCII)


@extend_schema_field({"oneOf": [{"type": "integer", "minimum": 1, "maximum": MAX_ID}, {"type": "string"}]})
class IdField(serializers.Field[Any, Any, Any, Any]):
    """A title's number, as a number or as text, or the key of a series such as tv#1396."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        "invalid": f"Send TMDB's number (1 to {MAX_ID}) or a series' key such as tv#1396."
    }

    def to_internal_value(self, data: Any) -> tuple[MediaType | None, int] | None:
        """The media type, where the key tells it, and the number; None for an empty text."""
        if data == "":
            return None
        written = str(data) if isinstance(data, int) and not isinstance(data, bool) else data
        parsed = parse_id(written.strip()) if isinstance(written, str) else None
        if parsed is None:
            self.fail("invalid")
        return parsed

    def to_representation(self, value: Any) -> Any:
        """As it is."""
        return value


class MediaTypeField(serializers.ChoiceField):
    """movie or tv."""

    default_error_messages: ClassVar[dict[str, Any]] = {"invalid_choice": "Send movie or tv."}

    def __init__(self, **options: Any) -> None:
        super().__init__(choices=MEDIA_TYPES, **options)


class TextField(serializers.CharField):
    """Text or a number as text; empty is not given."""

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, allow_null=True, allow_blank=True, **options)

    def run_validation(self, data: Any = serializers.empty) -> str | None:
        """The text without surrounding white space, None when nothing is left."""
        return super().run_validation(data) or None


class PathField(TextField):
    """The path of a picture, as TMDB gives it, or its whole address there."""

    default_error_messages: ClassVar[dict[str, Any]] = {"path": "Send a path that starts with /, such as /poster.jpg."}

    def to_internal_value(self, data: Any) -> str:
        """The path."""
        text = _TMDB_PICTURE.sub("", super().to_internal_value(data), count=1)
        if len(text) > MAX_PATH or not _PATH.fullmatch(text):
            self.fail("path")
        return text


class DateField(TextField):
    """A date, or as much of it as is known."""

    default_error_messages: ClassVar[dict[str, Any]] = {"date": "Send a date as YYYY-MM-DD, YYYY-MM or YYYY."}

    def to_internal_value(self, data: Any) -> str:
        """The date without a time of day."""
        text = super().to_internal_value(data)
        if not _is_date(text):
            self.fail("date")
        return text[:10]


def _is_date(text: str) -> bool:
    if not _DATE.fullmatch(text):
        return False
    try:
        date.fromisoformat((text[:10] + "-01-01")[:10])
    except ValueError:
        return False
    return True


class VoteField(serializers.FloatField):
    """A mean rating from 0 to 10, as a number or as text."""

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, allow_null=True, **options)

    def to_internal_value(self, data: Any) -> float | None:  # type: ignore[override]  # empty is None here
        """The rating; None for an empty text."""
        if data == "":
            return None
        if isinstance(data, bool) or (isinstance(data, str) and not is_plain(data)):
            self.fail("invalid")
        vote = float(super().to_internal_value(data))
        if not math.isfinite(vote) or not 0 <= vote <= 10:
            raise serializers.ValidationError("Send a number from 0 to 10.")
        # DynamoDB refuses numbers as small as 1e-131, and more digits say nothing of a mean; adding 0 makes -0 plain.
        return round(vote, VOTE_DIGITS) + 0.0
