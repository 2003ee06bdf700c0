"""What GET /media/{type}/{id} takes and answers."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from apps.media.serializers.shared import AttributionSerializer, ListedTitleSerializer, RegionField, language_field
from apps.media.titles import MEDIA_TYPES


class TitleQuerySerializer(serializers.Serializer[Any]):
    """For which country, and in which language."""

    region = RegionField()
    language = language_field()


class PictureSerializer(serializers.Serializer[Any]):
    """A picture in one size."""

    url = serializers.URLField()
    width = serializers.IntegerField(help_text="Pixels.")
    height = serializers.IntegerField(help_text="Pixels.")


class FactsSerializer(serializers.Serializer[Any]):
    """How old facts are, and whose."""

    source = serializers.CharField()  # type: ignore[assignment]  # the framework's metaclass takes it off the class
    refreshedAt = serializers.CharField(
        allow_null=True, help_text="When the source told it; null for what comes with the catalogue."
    )
    ageSeconds = serializers.IntegerField(allow_null=True)
    stale = serializers.BooleanField(help_text="Whether the source could tell more or newer facts and did not.")
    attribution = AttributionSerializer(many=True)


class NumberedSerializer(serializers.Serializer[Any]):
    """Something that has a number and a name."""

    id = serializers.IntegerField()
    name = serializers.CharField()


class KeywordSerializer(serializers.Serializer[Any]):
    """A keyword."""

    id = serializers.IntegerField(allow_null=True, help_text="TMDB's; null where only the name is known.")
    name = serializers.CharField()


class PlayerSerializer(NumberedSerializer):
    """Somebody who plays in a title."""

    character = serializers.CharField(allow_blank=True)
    profile_path = serializers.CharField(allow_null=True)
    profile = PictureSerializer(allow_null=True)


class MakerSerializer(NumberedSerializer):
    """Somebody who made a title."""

    job = serializers.CharField(allow_blank=True)
    profile_path = serializers.CharField(allow_null=True)
    profile = PictureSerializer(allow_null=True)


class TrailerSerializer(serializers.Serializer[Any]):
    """A trailer or the like."""

    site = serializers.CharField()
    key = serializers.CharField(help_text="Its name at the site.")
    name = serializers.CharField()
    kind = serializers.CharField()
    language = serializers.CharField(allow_null=True)
    official = serializers.BooleanField()
    published_at = serializers.CharField(allow_null=True)
    url = serializers.URLField()


class ProviderSerializer(serializers.Serializer[Any]):
    """A streaming service or shop."""

    id = serializers.IntegerField(allow_null=True, help_text="TMDB's; null where only the name is known.")
    name = serializers.CharField()
    logo = PictureSerializer(allow_null=True)


class OffersSerializer(serializers.Serializer[Any]):
    """Where a title can be seen in one country."""

    region = serializers.CharField()
    link = serializers.URLField(allow_null=True, help_text="A page with all offers.")
    stream = ProviderSerializer(many=True, help_text="With a subscription.")
    free = ProviderSerializer(many=True)
    ads = ProviderSerializer(many=True, help_text="Free, with advertisements.")
    rent = ProviderSerializer(many=True)
    buy = ProviderSerializer(many=True)


class TitleImagesSerializer(serializers.Serializer[Any]):
    """A title's pictures in every size, from narrow to wide."""

    poster = PictureSerializer(many=True)
    backdrop = PictureSerializer(many=True)


class TextLanguagesSerializer(serializers.Serializer[Any]):
    """In which language each text is: the one asked for where it was translated, else the fall-back."""

    title = serializers.CharField()
    overview = serializers.CharField()
    tagline = serializers.CharField()


class TitleSerializer(FactsSerializer, ListedTitleSerializer):
    """A film or series with everything that is known of it."""

    mediaId = serializers.CharField()
    mediaType = serializers.ChoiceField(MEDIA_TYPES)
    tagline = serializers.CharField(allow_blank=True)
    runtime = serializers.IntegerField(allow_null=True, help_text="Minutes; an episode's for series.")
    status = serializers.CharField(allow_null=True)
    homepage = serializers.CharField(allow_null=True)
    imdb_id = serializers.CharField(allow_null=True)
    number_of_seasons = serializers.IntegerField(allow_null=True)
    number_of_episodes = serializers.IntegerField(allow_null=True)
    genres = NumberedSerializer(many=True)
    origin_country = serializers.ListField(child=serializers.CharField())
    cast = PlayerSerializer(many=True)
    crew = MakerSerializer(many=True)
    keywords = KeywordSerializer(many=True)
    certification = serializers.CharField(allow_null=True, help_text="In the region.")
    certifications = serializers.DictField(child=serializers.CharField(), help_text="By country.")
    trailers = TrailerSerializer(many=True)
    providers = OffersSerializer()
    providerRegions = serializers.ListField(child=serializers.CharField(), help_text="Where offers are known.")
    images = TitleImagesSerializer()
    alternative_titles = serializers.ListField(child=serializers.CharField())
    language = serializers.CharField(help_text="Of the texts, or of those that were translated.")
    languages = TextLanguagesSerializer()
