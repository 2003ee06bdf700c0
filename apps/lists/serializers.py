"""What requests about lists may carry, and what the answers look like."""

from __future__ import annotations

from typing import Any, Final

from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers

from apps.lists.errors import MediaIdRequired
from apps.lists.fields import DateField, IdField, MediaTypeField, PathField, TextField, VoteField
from apps.lists.selectors import MAX_ITEMS
from apps.lists.services import Display
from apps.media.titles import MEDIA_TYPES, MediaType
from movierec.api.errors import FieldErrors
from movierec.api.fields import WholeNumberField
from movierec.api.pagination import MAX_CURSOR_LENGTH
from movierec.api.via import ViaField

MAX_TITLE: Final = 500
MAX_OVERVIEW: Final = 5000


class TitleNameSerializer(serializers.Serializer[Any]):
    mediaId = IdField(required=False, allow_null=True, help_text="TMDB's number of the title.")
    movieId = IdField(required=False, allow_null=True, help_text="The same, or the stored key of an item.")
    mediaType = MediaTypeField(required=False, allow_null=True, allow_blank=True, help_text="movie without it.")
    media_type = MediaTypeField(required=False, allow_null=True, allow_blank=True, help_text="As mediaType.")


@extend_schema_serializer(
    examples=[OpenApiExample("A film", value={"mediaId": "603", "mediaType": "movie"}, request_only=True)]
)
class ListItemSerializer(TitleNameSerializer):
    title = TextField(max_length=MAX_TITLE, help_text="Taken from the catalogue where it is missing.")
    posterPath = PathField(help_text="Path of the poster, as TMDB gives it.")
    poster_path = PathField(help_text="As posterPath.")
    releaseDate = DateField(help_text="YYYY-MM-DD, or as much as is known.")
    release_date = DateField(help_text="As releaseDate.")
    voteAverage = VoteField(help_text="Mean rating, 0 to 10.")
    vote_average = VoteField(help_text="As voteAverage.")
    overview = TextField(max_length=MAX_OVERVIEW)
    via = ViaField()


class ListQuerySerializer(serializers.Serializer[Any]):
    cursor = serializers.CharField(
        required=False, allow_blank=True, max_length=MAX_CURSOR_LENGTH, help_text="nextCursor of the page before."
    )
    limit = WholeNumberField(
        required=False, min_value=1, max_value=MAX_ITEMS, help_text=f"Items a page; all, up to {MAX_ITEMS}, without it."
    )
    sort = serializers.ChoiceField(
        ("newest", "oldest"),
        default="newest",
        help_text="By the time of adding.",
        error_messages={"invalid_choice": "Send newest or oldest."},
    )
    mediaType = MediaTypeField(required=False, help_text="Only films or only series.")


class StoredItemSerializer(serializers.Serializer[Any]):
    userId = serializers.CharField()
    mediaId = serializers.CharField(help_text="TMDB's number as text.")
    movieId = serializers.CharField(help_text="The stored key: the number, with tv# before it for series.")
    mediaType = serializers.ChoiceField(MEDIA_TYPES)
    title = serializers.CharField(allow_null=True)
    posterPath = serializers.CharField(allow_null=True)
    releaseDate = serializers.CharField(allow_null=True)
    voteAverage = serializers.FloatField(allow_null=True)
    addedAt = serializers.CharField(help_text="ISO-8601 UTC.")


class ListPageSerializer(serializers.Serializer[Any]):
    items = StoredItemSerializer(many=True)
    nextCursor = serializers.CharField(allow_null=True, help_text="Where the list goes on; null at its end.")


class AddedSerializer(serializers.Serializer[Any]):
    message = serializers.CharField()
    item = StoredItemSerializer()


class RemovedSerializer(serializers.Serializer[Any]):
    message = serializers.CharField()


def named_title(given: dict[str, Any]) -> tuple[MediaType | None, int]:
    """The media type, None when nothing tells it, and number that validated fields name.

    Raises MediaIdRequired when none is named, FieldErrors when the fields contradict one another.
    """
    identities = [given[name] for name in ("mediaId", "movieId") if given.get(name)]
    if not identities:
        raise MediaIdRequired
    if len({number for _, number in identities}) > 1:
        raise FieldErrors([("movieId", "It names another title than mediaId; send one of them.")])
    types = {kind for kind, _ in identities} | {given.get("mediaType"), given.get("media_type")}
    types -= {None, ""}
    if len(types) > 1:
        raise FieldErrors([("mediaType", "It contradicts the title's key or media_type; send one of them.")])
    return next(iter(types), None), identities[0][1]


def display_of(given: dict[str, Any]) -> Display:
    """The display fields of a validated body, in either spelling; mixed ones prefer camel case."""
    return Display(
        title=given.get("title"),
        poster_path=_first(given, "posterPath", "poster_path"),
        release_date=_first(given, "releaseDate", "release_date"),
        vote_average=_first(given, "voteAverage", "vote_average"),
        overview=given.get("overview"),
    )


def _first(given: dict[str, Any], *names: str) -> Any:
    return next((given[name] for name in names if given.get(name) is not None), None)
