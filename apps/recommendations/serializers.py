"""What a request for recommendations may carry, and what the answer looks like."""

from __future__ import annotations

from typing import Any

import orjson
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.media.serializers.shared import AttributionSerializer, language_field
from apps.preferences.serializers import PreferencesSerializer
from apps.recommendations.engine.answers import DEFAULT_DIVERSITY, DEFAULT_REGION
from apps.recommendations.engine.shelves import LEAST_ITEMS, MOST_ITEMS
from apps.recommendations.fields import RegionField, ServicesField, ShareField
from apps.recommendations.keys import TitlesField
from movierec.api.fields import WholeNumberField

MEDIA_TYPES = ("movie", "tv", "both")
MINUTES = "Send a whole number of minutes, 1 or more."
TITLES_A_ROW = f"Send a whole number from {LEAST_ITEMS} to {MOST_ITEMS}; no row has fewer than {LEAST_ITEMS} titles."


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


class LimitsSerializer(serializers.Serializer[Any]):
    """What must hold of every title. A field may be absent; null counts as absent."""

    mediaType = serializers.ChoiceField(
        MEDIA_TYPES,
        default="both",
        help_text="Films, series, or both.",
        error_messages={"invalid_choice": "Send movie, tv or both."},
    )
    exclude = DocumentedTitlesField(default=list, help_text="Titles that must not be recommended.")
    maxRuntime = WholeNumberField(
        required=False,
        min_value=1,
        help_text="Minutes a film or an episode may last; titles of unknown length are left out.",
        error_messages=dict.fromkeys(("invalid", "min_value", "max_string_length"), MINUTES),
    )
    providers = ServicesField(
        required=False, help_text="Streaming services; only titles known to be on one of them are recommended."
    )
    region = RegionField(default=DEFAULT_REGION, help_text="The country in which the services must have the titles.")
    novelty = ShareField(default=0.0, help_text="From 0, what you will most likely like, to 1, only what few know.")
    diversity = ShareField(
        default=DEFAULT_DIVERSITY, help_text="From 0, the best by score, to 1, as different from one another as can be."
    )

    def to_internal_value(self, data: Any) -> Any:
        known = {name: value for name, value in data.items() if value is not None} if isinstance(data, dict) else data
        return super().to_internal_value(known)


class RecommendationRequestSerializer(LimitsSerializer):
    """Every field may be absent; null counts as absent, as clients send it for what they have not loaded yet."""

    limit = WholeNumberField(default=9, min_value=1, max_value=100, help_text="How many titles.")
    preferences = PreferencesField(required=False, help_text="A questionnaire in place of the stored one.")
    favorites = DocumentedTitlesField(default=list, help_text="Liked titles beside the stored favourites.")
    watchlist = DocumentedTitlesField(default=list, help_text="Saved titles beside the stored watchlist.")


class RowsQuerySerializer(LimitsSerializer):
    """Which titles the rows may hold, and how many each."""

    limit = WholeNumberField(
        default=15,
        min_value=LEAST_ITEMS,
        max_value=MOST_ITEMS,
        help_text="Titles a row.",
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value", "max_string_length"), TITLES_A_ROW),
    )


class SimilarQuerySerializer(serializers.Serializer[Any]):
    """How many similar titles, and of which kind."""

    mediaType = serializers.ChoiceField(
        MEDIA_TYPES,
        default="both",
        help_text="Films, series, or both.",
        error_messages={"invalid_choice": "Send movie, tv or both."},
    )
    limit = WholeNumberField(default=20, min_value=1, max_value=100, help_text="How many titles.")
    language = language_field()


class NamedTitleSerializer(serializers.Serializer[Any]):
    mediaId = serializers.CharField()
    mediaType = serializers.ChoiceField(("movie", "tv"))


class ReasonSerializer(serializers.Serializer[Any]):
    kind = serializers.CharField(help_text="What sort of reason it is, a stable word.")
    text = serializers.CharField()
    weight = serializers.FloatField(help_text="Its part of the rank score.")
    titles = NamedTitleSerializer(many=True, help_text="The titles that the reason names.")


class ScoredTitleSerializer(serializers.Serializer[Any]):
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
    reasons = ReasonSerializer(many=True, help_text="Every reason in parts, strongest first.")
    scoreParts = serializers.DictField(
        child=serializers.FloatField(), help_text="What the rank score is the sum of, by the kind of evidence."
    )


class RecommendedItemSerializer(ScoredTitleSerializer):
    processingTime = serializers.FloatField(help_text="Milliseconds.")


class RecommendationMetadataSerializer(serializers.Serializer[Any]):
    totalCandidates = serializers.IntegerField()
    processingTime = serializers.FloatField(help_text="Milliseconds.")
    cacheHit = serializers.BooleanField()
    fallbackUsed = serializers.BooleanField(help_text="Whether popularity stands in for the trained model.")
    modelVersion = serializers.CharField()
    message = serializers.CharField(allow_null=True, help_text="Why fewer titles came than were asked for, if so.")


class RecommendationsSerializer(serializers.Serializer[Any]):
    items = RecommendedItemSerializer(many=True)
    recommendations = RecommendedItemSerializer(many=True, help_text="The same list.")
    # The framework takes declared fields out of the class, so this does not hide its attribute of the same name.
    source = serializers.ChoiceField(  # type: ignore[assignment]
        ("personal", "taste", "popular"), help_text="What the list rests on."
    )
    metadata = RecommendationMetadataSerializer()


class RowSerializer(serializers.Serializer[Any]):
    id = serializers.CharField(help_text="Names the row within the answer, such as because-movie-348.")
    title = serializers.CharField(help_text="The heading to show.")
    reason = serializers.CharField(help_text="Why the row is there, as a sentence.")
    items = RecommendedItemSerializer(many=True)


class RowsSerializer(serializers.Serializer[Any]):
    """Rows of a home page; no title comes twice."""

    rows = RowSerializer(many=True)
    metadata = RecommendationMetadataSerializer()


class SimilarMetadataSerializer(serializers.Serializer[Any]):
    modelVersion = serializers.CharField()
    fallbackUsed = serializers.BooleanField(help_text="Whether content alone stands in for the trained model.")


class SimilarSerializer(serializers.Serializer[Any]):
    """Titles like one title, the most similar first."""

    results = ScoredTitleSerializer(many=True)
    mediaId = serializers.CharField()
    mediaType = serializers.ChoiceField(("movie", "tv"))
    title = serializers.CharField()
    message = serializers.CharField()
    metadata = SimilarMetadataSerializer()
    attribution = AttributionSerializer(many=True)
