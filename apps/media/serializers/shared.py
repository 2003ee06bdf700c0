"""Fields and titles that several of the catalogue's endpoints share."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final, cast

from rest_framework import serializers
from rest_framework.fields import empty

from apps.media.titles import MEDIA_TYPES, MediaType, TitleKey

MAX_EXCLUDED: Final = 500
_ID: Final = re.compile(r"(?:(tv|movie)#)?([0-9]{1,16})")
_LANGUAGE: Final = r"^[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{1,8}){0,3}$"


class ExcludedIdsField(serializers.CharField):
    """Ids as one text with commas, or the parameter repeated; the list tables' `tv#1396` names one of a type."""

    takes_many = True

    def to_internal_value(self, data: Any) -> frozenset[int | TitleKey]:  # type: ignore[override]
        """The ids: numbers for titles of whichever type, and the keys of those with a type."""
        words = [word.strip() for word in super().to_internal_value(data).split(",") if word.strip()]
        if len(words) > MAX_EXCLUDED:
            raise serializers.ValidationError(f"Send at most {MAX_EXCLUDED} ids.")
        found = [_ID.fullmatch(word) for word in words]
        if not all(found):
            raise serializers.ValidationError("Send ids as numbers with commas between them, such as 603,550.")
        return frozenset(_named(match) for match in found if match)


def _named(match: re.Match[str]) -> int | TitleKey:
    media_id = int(match[2])
    return media_id if match[1] is None else (cast(MediaType, match[1]), media_id)


class _Code(serializers.RegexField):
    """A code that may be left out, or left empty, as forms send it."""

    def get_value(self, dictionary: Mapping[Any, Any]) -> Any:
        """What was sent; an empty text is nothing."""
        value = super().get_value(dictionary)
        return empty if value == "" else value


class RegionField(_Code):
    """A country's code of two letters, in capitals."""

    def __init__(self) -> None:
        super().__init__(
            "^[A-Za-z]{2}$",
            default="US",
            help_text="The country of offers and certifications.",
            error_messages={"invalid": "Send a country's code of two letters, such as US."},
        )

    def to_internal_value(self, data: Any) -> str:
        """The code in capitals."""
        text = str(super().to_internal_value(data))
        if not text.isascii():
            # Capitals of other letters can be two of these.
            self.fail("invalid")
        return text.upper()


def language_field() -> serializers.RegexField:
    """The language of an answer's texts; one that is not kept here falls back, a text that names none is refused."""
    return _Code(
        _LANGUAGE,
        required=False,
        max_length=35,
        help_text="The language of titles and overviews, such as de or de-DE. What is not translated stays as it is.",
        error_messages={"invalid": "Send the code of a language, such as de or de-DE."},
    )


def choice(codes: tuple[str, ...], help_text: str) -> serializers.ChoiceField:
    """A parameter that may be left out; another code than these is refused by a sentence that names them."""
    sentence = f"Send one of {', '.join(codes)}."
    return serializers.ChoiceField(
        codes, required=False, help_text=help_text, error_messages={"invalid_choice": sentence}
    )


def either(attrs: Mapping[str, Any], name: str, other: str) -> Any:
    """What a parameter of two spellings says, None where neither is given; refuses two that differ."""
    values = {attrs[key] for key in (name, other) if key in attrs}
    if len(values) > 1:
        raise serializers.ValidationError({other: f"It differs from {name}; send one of the two."})
    return next(iter(values), None)


class AttributionSerializer(serializers.Serializer[Any]):
    """What a source wants to be said where its content is shown."""

    source = serializers.CharField()  # type: ignore[assignment]  # the framework's metaclass takes it off the class
    text = serializers.CharField()
    url = serializers.URLField()


class ListedTitleSerializer(serializers.Serializer[Any]):
    """A title as TMDB calls its facts, and the addresses of its pictures."""

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
    backdropUrl = serializers.URLField(allow_null=True, help_text="A wide picture; null where there is none.")
    backdropWidth = serializers.IntegerField(allow_null=True, help_text="Pixels.")
    backdropHeight = serializers.IntegerField(allow_null=True, help_text="Pixels.")
