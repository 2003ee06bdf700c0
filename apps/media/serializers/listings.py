"""What GET /media and /media/genres take and answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from rest_framework import serializers

from apps.media.genres import GENRES
from apps.media.listings import LIST_TYPES, LISTED_TYPES, ListedType
from apps.media.serializers.shared import (
    AttributionSerializer,
    ExcludedIdsField,
    ListedTitleSerializer,
    choice,
    either,
    language_field,
)
from apps.media.titles import MEDIA_TYPES
from movierec.api.fields import WholeNumberField

_SPOKEN: Final[Mapping[ListedType, str]] = {"movie": "Films", "tv": "Series", "all": "Films and series"}


class ListingQuerySerializer(serializers.Serializer[Any]):
    """Which page of which list; each name is taken in camel case and with underscores."""

    listType = choice(LIST_TYPES, "Which list; popular if not given.")
    list_type = choice(LIST_TYPES, "The same as listType.")
    mediaType = choice(LISTED_TYPES, "Films, series, or all; movie if not given.")
    media_type = choice(LISTED_TYPES, "The same as mediaType.")
    genre = WholeNumberField(
        required=False,
        min_value=1,
        max_value=100_000,
        help_text="Only titles of this genre; /media/genres has the ids, and /discover takes several.",
    )
    limit = WholeNumberField(min_value=1, max_value=100, default=20, help_text="Titles a page.")
    page = WholeNumberField(min_value=1, max_value=500, default=1, help_text="Counted from 1.")
    excludeIds = ExcludedIdsField(
        required=False,
        allow_blank=True,
        max_length=10_000,
        help_text="Ids to leave out, with commas; tv#1396 is the series, 1396 alone both.",
    )
    language = language_field()

    def validate(self, attrs: Mapping[str, Any]) -> dict[str, Any]:
        """The query with `listType` and `mediaType` set; refuses two spellings that say different things.

        Refuses a genre that titles of the type do not have.
        """
        media_type: ListedType = either(attrs, "mediaType", "media_type") or "movie"
        if "genre" in attrs:
            _check_genre(attrs["genre"], media_type)
        return {
            **attrs,
            "listType": either(attrs, "listType", "list_type") or "popular",
            "mediaType": media_type,
        }


def _check_genre(genre: int, media_type: ListedType) -> None:
    allowed = {
        number: name for kind in MEDIA_TYPES if media_type in ("all", kind) for number, name in GENRES[kind].items()
    }
    if genre not in allowed:
        names = ", ".join(f"{number} ({name})" for number, name in allowed.items())
        raise serializers.ValidationError(
            {"genre": f"{_SPOKEN[media_type]} have no genre {genre}; send one of {names}."}
        )


class ListingSerializer(serializers.Serializer[Any]):
    """A page of a list."""

    results = ListedTitleSerializer(many=True)
    page = serializers.IntegerField()
    total_pages = serializers.IntegerField()
    total_results = serializers.IntegerField()
    list_type = serializers.ChoiceField(LIST_TYPES)
    media_type = serializers.ChoiceField(LISTED_TYPES)
    message = serializers.CharField()
    refreshedAt = serializers.DateTimeField(
        allow_null=True, help_text="When the source told the list, or when it was built here; null for none."
    )
    ageSeconds = serializers.IntegerField(allow_null=True, help_text="The time since then.")
    stale = serializers.BooleanField(help_text="Whether the source should have told something newer by now.")
    attribution = AttributionSerializer(many=True)


class GenresQuerySerializer(serializers.Serializer[Any]):
    """In which language the genres are named."""

    language = language_field()


class GenreSerializer(serializers.Serializer[Any]):
    """A genre with TMDB's number."""

    id = serializers.IntegerField()
    name = serializers.CharField()


class GenresByTypeSerializer(serializers.Serializer[Any]):
    """The genres of films and of series."""

    movie = GenreSerializer(many=True)
    tv = GenreSerializer(many=True)


class GenresSerializer(serializers.Serializer[Any]):
    """Every genre."""

    genres = GenresByTypeSerializer()
    attribution = AttributionSerializer(many=True)
