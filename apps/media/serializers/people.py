"""What GET /media/person/{id} takes and answers."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from apps.media.people import PERSON_MEDIA_TYPE
from apps.media.serializers.shared import ListedTitleSerializer, language_field
from apps.media.serializers.titles import FactsSerializer, PictureSerializer


class PersonQuerySerializer(serializers.Serializer[Any]):
    """In which language."""

    language = language_field()


class CreditedTitleSerializer(ListedTitleSerializer):
    """A title somebody had a part in."""

    posterUrl = serializers.URLField(allow_null=True, help_text="Null where TMDB has none and the catalogue no title.")
    role = serializers.CharField(allow_blank=True, help_text="The characters and jobs, with commas.")
    inCatalogue = serializers.BooleanField(help_text="Whether the title is in the catalogue.")


class PersonImagesSerializer(serializers.Serializer[Any]):
    """A person's picture in every size, from narrow to wide."""

    profile = PictureSerializer(many=True)


class PersonSerializer(FactsSerializer):
    """Somebody with everything that is known of them."""

    id = serializers.IntegerField()
    media_type = serializers.ChoiceField((PERSON_MEDIA_TYPE,))
    name = serializers.CharField()
    biography = serializers.CharField(allow_blank=True)
    birthday = serializers.CharField(allow_null=True)
    deathday = serializers.CharField(allow_null=True)
    birthplace = serializers.CharField(allow_blank=True)
    department = serializers.CharField(allow_null=True)
    profile_path = serializers.CharField(allow_null=True)
    images = PersonImagesSerializer()
    also_known_as = serializers.ListField(child=serializers.CharField())
    results = CreditedTitleSerializer(many=True)
