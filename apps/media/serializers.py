"""What the catalogue's endpoints take and answer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from rest_framework import serializers

from apps.media.listings import LIST_TYPES
from apps.media.titles import MEDIA_TYPES
from movierec.api.fields import WholeNumberField

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


def _choice(codes: tuple[str, ...], help_text: str) -> serializers.ChoiceField:
    sentence = f"Send one of {', '.join(codes)}."
    return serializers.ChoiceField(
        codes, required=False, help_text=help_text, error_messages={"invalid_choice": sentence}
    )


class ListingQuerySerializer(serializers.Serializer[Any]):
    """Which page of which list; each name is taken in camel case and with underscores."""

    listType = _choice(LIST_TYPES, "Which list; popular if not given.")
    list_type = _choice(LIST_TYPES, "The same as listType.")
    mediaType = _choice(MEDIA_TYPES, "Films or series; movie if not given.")
    media_type = _choice(MEDIA_TYPES, "The same as mediaType.")
    limit = WholeNumberField(min_value=1, max_value=100, default=20, help_text="Titles a page.")
    page = WholeNumberField(min_value=1, max_value=500, default=1, help_text="Counted from 1.")
    excludeIds = ExcludedIdsField(
        required=False, allow_blank=True, max_length=10_000, help_text="Ids to leave out, with commas."
    )

    def validate(self, attrs: Mapping[str, Any]) -> dict[str, Any]:
        """The query with `listType` and `mediaType` set; refuses two spellings that say different things."""
        return {
            **attrs,
            "listType": _either(attrs, "listType", "list_type") or "popular",
            "mediaType": _either(attrs, "mediaType", "media_type") or "movie",
        }


def _either(attrs: Mapping[str, Any], name: str, other: str) -> Any:
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


class ListingSerializer(serializers.Serializer[Any]):
    """A page of a list."""

    results = ListedTitleSerializer(many=True)
    page = serializers.IntegerField()
    total_pages = serializers.IntegerField()
    total_results = serializers.IntegerField()
    list_type = serializers.ChoiceField(LIST_TYPES)
    media_type = serializers.ChoiceField(MEDIA_TYPES)
    message = serializers.CharField()
