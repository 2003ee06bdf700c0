"""What GET /search takes and answers."""

from __future__ import annotations

from typing import Any, Final, get_args

from drf_spectacular.utils import PolymorphicProxySerializer
from rest_framework import serializers

from apps.media.lookups.searches import LONGEST_QUERY
from apps.media.people import PERSON_MEDIA_TYPE
from apps.media.providers.interface import SearchKind
from apps.media.serializers.shared import AttributionSerializer, ListedTitleSerializer, language_field
from apps.media.serializers.titles import PictureSerializer
from apps.media.text import clean
from apps.media.titles import MEDIA_TYPES
from movierec.api.fields import WholeNumberField

KINDS: Final[tuple[SearchKind, ...]] = get_args(SearchKind)


class QueryField(serializers.CharField):
    """A text to search for, in one line and without what cannot be seen."""

    def to_internal_value(self, data: Any) -> str:
        """The text as it is searched for; refuses one of which nothing is left."""
        text = clean(super().to_internal_value(data))
        if not text:
            self.fail("blank")
        return text


class SearchQuerySerializer(serializers.Serializer[Any]):
    """What to search for."""

    q = QueryField(
        max_length=LONGEST_QUERY,
        help_text="A name or the beginning of one, with typing errors if need be, and a year if it helps.",
        error_messages={
            "required": "Send the name to search for, such as q=alien.",
            "blank": "Send the name to search for, such as q=alien.",
            "max_length": "Send at most {max_length} characters.",
        },
    )
    type = serializers.ChoiceField(
        KINDS,
        default="multi",
        help_text="What to find; all of them if not given.",
        error_messages={"invalid_choice": f"Send one of {', '.join(KINDS)}."},
    )
    limit = WholeNumberField(min_value=1, max_value=50, default=20, help_text="How many results at most.")
    suggest = serializers.BooleanField(
        default=False, help_text="Whether somebody is typing yet; then the catalogue alone is searched."
    )
    language = language_field()


class KnownTitleSerializer(serializers.Serializer[Any]):
    """A title that somebody is known for."""

    id = serializers.IntegerField()
    media_type = serializers.ChoiceField(MEDIA_TYPES)
    title = serializers.CharField()


class FoundPersonSerializer(serializers.Serializer[Any]):
    """A person that was found."""

    id = serializers.IntegerField()
    media_type = serializers.ChoiceField((PERSON_MEDIA_TYPE,))
    name = serializers.CharField()
    profile_path = serializers.CharField(allow_null=True)
    profile = PictureSerializer(allow_null=True)
    known_for = KnownTitleSerializer(many=True)


class SearchSerializer(serializers.Serializer[Any]):
    """What was found, the best match first."""

    query = serializers.CharField()
    type = serializers.ChoiceField(KINDS)
    results = PolymorphicProxySerializer(
        component_name="Found",
        serializers=[ListedTitleSerializer, FoundPersonSerializer],
        resource_type_field_name=None,
        many=True,
    )
    total_results = serializers.IntegerField()
    source = serializers.ChoiceField(("catalogue", "tmdb"), help_text="Who knew what was found.")  # type: ignore[assignment]  # the framework's metaclass takes it off the class
    message = serializers.CharField()
    attribution = AttributionSerializer(many=True)
