"""What GET /media takes and answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from apps.media.listings import LIST_TYPES
from apps.media.serializers.shared import ExcludedIdsField, ListedTitleSerializer, choice, either
from apps.media.titles import MEDIA_TYPES
from movierec.api.fields import WholeNumberField


class ListingQuerySerializer(serializers.Serializer[Any]):
    """Which page of which list; each name is taken in camel case and with underscores."""

    listType = choice(LIST_TYPES, "Which list; popular if not given.")
    list_type = choice(LIST_TYPES, "The same as listType.")
    mediaType = choice(MEDIA_TYPES, "Films or series; movie if not given.")
    media_type = choice(MEDIA_TYPES, "The same as mediaType.")
    limit = WholeNumberField(min_value=1, max_value=100, default=20, help_text="Titles a page.")
    page = WholeNumberField(min_value=1, max_value=500, default=1, help_text="Counted from 1.")
    excludeIds = ExcludedIdsField(
        required=False, allow_blank=True, max_length=10_000, help_text="Ids to leave out, with commas."
    )

    def validate(self, attrs: Mapping[str, Any]) -> dict[str, Any]:
        """The query with `listType` and `mediaType` set; refuses two spellings that say different things."""
        return {
            **attrs,
            "listType": either(attrs, "listType", "list_type") or "popular",
            "mediaType": either(attrs, "mediaType", "media_type") or "movie",
        }


class ListingSerializer(serializers.Serializer[Any]):
    """A page of a list."""

    results = ListedTitleSerializer(many=True)
    page = serializers.IntegerField()
    total_pages = serializers.IntegerField()
    total_results = serializers.IntegerField()
    list_type = serializers.ChoiceField(LIST_TYPES)
    media_type = serializers.ChoiceField(MEDIA_TYPES)
    message = serializers.CharField()
