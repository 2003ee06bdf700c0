"""Fields and titles that several of the catalogue's endpoints share."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from rest_framework import serializers

from apps.media.titles import MEDIA_TYPES

MAX_EXCLUDED: Final = 500
_ID = re.compile(r"(?:tv#|movie#)?([0-9]{1,16})")


class ExcludedIdsField(serializers.CharField):
    """Ids as one text with commas, or the parameter repeated; the list tables' `tv#1396` is taken as well."""

    takes_many = True

    def to_internal_value(self, data: Any) -> frozenset[int]:  # type: ignore[override]
        """The ids as a set of numbers."""
        words = [word.strip() for word in super().to_internal_value(data).split(",") if word.strip()]
        if len(words) > MAX_EXCLUDED:
            raise serializers.ValidationError(f"Send at most {MAX_EXCLUDED} ids.")
        found = [_ID.fullmatch(word) for word in words]
        if not all(found):
            raise serializers.ValidationError("Send ids as numbers with commas between them, such as 603,550.")
        return frozenset(int(match[1]) for match in found if match)


def choice(codes: tuple[str, ...], help_text: str) -> serializers.ChoiceField:
    sentence = f"Send one of {', '.join(codes)}."
    return serializers.ChoiceField(
        codes, required=False, help_text=help_text, error_messages={"invalid_choice": sentence}
    )


def either(attrs: Mapping[str, Any], name: str, other: str) -> Any:
    values = {attrs[key] for key in (name, other) if key in attrs}
    if len(values) > 1:
        raise serializers.ValidationError({other: f"It differs from {name}; send one of the two."})
    return next(iter(values), None)


class ListedTitleSerializer(serializers.Serializer[Any]):
    """A title as TMDB calls its facts, and the address of its poster."""

    id = serializers.IntegerField()
    media_type = serializers.ChoiceField(MEDIA_TYPES)
    title = serializers.CharField()
    name = serializers.CharField(required=False, help_text="Series only: the title once more.")
    original_title = serializers.CharField()
    original_name = serializers.CharField(required=False, help_text="Series only.")
    original_language = serializers.CharField(allow_null=True)
    overview = serializers.CharField(allow_blank=True)
    poster_path = serializers.CharField(allow_null=True)
    backdrop_path = serializers.CharField(allow_null=True)
    release_date = serializers.CharField(allow_null=True, help_text="YYYY-MM-DD or YYYY.")
    first_air_date = serializers.CharField(required=False, allow_null=True, help_text="Series only.")
    genre_ids = serializers.ListField(child=serializers.IntegerField())
    vote_average = serializers.FloatField(help_text="0 to 10; 0 where nobody voted.")
    vote_count = serializers.IntegerField()
    popularity = serializers.FloatField()
    posterUrl = serializers.URLField(help_text="A picture to show, whether TMDB's or drawn here.")
    posterWidth = serializers.IntegerField(help_text="Pixels.")
    posterHeight = serializers.IntegerField(help_text="Pixels.")
