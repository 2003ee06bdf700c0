"""What a request for recommendations may carry, and what the answer looks like."""

from __future__ import annotations

from typing import Any

import orjson
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.preferences.serializers import PreferencesSerializer
from apps.recommendations.keys import TitlesField
from movierec.api.fields import WholeNumberField

MEDIA_TYPES = ("movie", "tv", "both")


@extend_schema_field(OpenApiTypes.OBJECT)
class PreferencesField(serializers.Field[dict[str, Any], Any, dict[str, Any], Any]):
    """A questionnaire for this one request: an object, or its JSON in a query parameter."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """The validated questionnaire."""
        if isinstance(data, str):
            try:
                data = orjson.loads(data)
            except orjson.JSONDecodeError as error:
                raise serializers.ValidationError("Send a JSON object.") from error
        if not isinstance(data, dict):
            raise serializers.ValidationError("Send a JSON object.")
        bound = PreferencesSerializer(data=data)
        bound.is_valid(raise_exception=True)
        return dict(bound.validated_data)

    def to_representation(self, value: dict[str, Any]) -> dict[str, Any]:
        """As it is."""
        return value


@extend_schema_field({"type": "array", "items": {"oneOf": [{"type": "integer"}, {"type": "string"}]}})
class DocumentedTitlesField(TitlesField):
    """`TitlesField` with its place in the OpenAPI document."""


class RecommendationRequestSerializer(serializers.Serializer[Any]):
    """Every field may be absent; null counts as absent, as clients send it for what they have not loaded yet."""

    mediaType = serializers.ChoiceField(
        MEDIA_TYPES,
        default="both",
        help_text="Films, series, or both.",
        error_messages={"invalid_choice": "Send movie, tv or both."},
    )
    limit = WholeNumberField(default=9, min_value=1, max_value=100, help_text="How many titles.")
    exclude = DocumentedTitlesField(default=list, help_text="Titles that must not be recommended.")
    preferences = PreferencesField(required=False, help_text="A questionnaire in place of the stored one.")
    favorites = DocumentedTitlesField(default=list, help_text="Liked titles beside the stored favourites.")
    watchlist = DocumentedTitlesField(default=list, help_text="Saved titles beside the stored watchlist.")

    def to_internal_value(self, data: Any) -> Any:
        known = {name: value for name, value in data.items() if value is not None} if isinstance(data, dict) else data
        return super().to_internal_value(known)


class RecommendedItemSerializer(serializers.Serializer[Any]):
    mediaId = serializers.CharField()
    id = serializers.IntegerField()
    title = serializers.CharField()
    overview = serializers.CharField(allow_blank=True)
    posterPath = serializers.CharField(allow_null=True)
    backdropPath = serializers.CharField(allow_null=True)
    posterUrl = serializers.URLField(help_text="The poster, drawn by the service where none is known.")
    voteAverage = serializers.FloatField()
    releaseDate = serializers.CharField(allow_null=True)
    popularity = serializers.FloatField()
    mediaType = serializers.ChoiceField(("movie", "tv"))
    genres = serializers.CharField(allow_blank=True, help_text="Genre ids joined by |.")
    genreIds = serializers.ListField(child=serializers.IntegerField())
    score = serializers.FloatField(min_value=0, max_value=1)
    scoreReasons = serializers.ListField(child=serializers.CharField(), help_text="Every reason with its weight.")
    recommendationReason = serializers.CharField(help_text="The strongest reason, as a sentence.")
    processingTime = serializers.FloatField(help_text="Milliseconds.")


class RecommendationMetadataSerializer(serializers.Serializer[Any]):
    totalCandidates = serializers.IntegerField()
    processingTime = serializers.FloatField(help_text="Milliseconds.")
    cacheHit = serializers.BooleanField()
    fallbackUsed = serializers.BooleanField(help_text="Whether popularity stands in for the trained model.")
    modelVersion = serializers.CharField()


class RecommendationsSerializer(serializers.Serializer[Any]):
    items = RecommendedItemSerializer(many=True)
    recommendations = RecommendedItemSerializer(many=True, help_text="The same list.")
    # The framework takes declared fields out of the class, so this does not hide its attribute of the same name.
    source = serializers.ChoiceField(  # type: ignore[assignment]
        ("personal", "taste", "popular"), help_text="What the list rests on."
    )
    metadata = RecommendationMetadataSerializer()
