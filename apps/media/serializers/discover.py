"""What GET /discover takes and answers."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.media.genres import GENRES
from apps.media.index.discover import Terms, WantedType
from apps.media.index.orders import RATING_STEPS, SORTS, Sort
from apps.media.providers.demo.fields import SERVICES
from apps.media.serializers.shared import (
    AttributionSerializer,
    ExcludedIdsField,
    ListedTitleSerializer,
    RegionField,
    choice,
    either,
    language_field,
)
from apps.media.titles import MEDIA_TYPES, MediaType
from movierec.api.fields import WholeNumberField

WANTED_TYPES: Final = (*MEDIA_TYPES, "both")
# TMDB's own names of orders.
SORT_SPELLINGS: Final[Mapping[str, Sort]] = {
    **{sort: sort for sort in SORTS},
    "popularity.desc": "popularity",
    "vote_average.desc": "rating",
    "vote_count.desc": "votes",
    "primary_release_date.desc": "newest",
    "primary_release_date.asc": "oldest",
    "first_air_date.desc": "newest",
    "first_air_date.asc": "oldest",
    "title.asc": "title",
    "name.asc": "title",
}
MOST_RATING: Final = 10
MOST_VALUES: Final = 20
_RATING: Final = re.compile(r"([0-9]{1,2})(?:\.([0-9]{1,3}))?")
_NUMBER: Final = r"[0-9]{1,16}"
_TWO_LETTERS: Final = r"[A-Za-z]{2}"
_TEXT: Final = r"[^\x00-\x1f\x7f]{{1,{}}}"
_KEYWORD: Final = _TEXT.format(100)
_A_YEAR: Final[dict[str, Any]] = dict.fromkeys(("invalid", "min_value", "max_value"), "Send a year, such as 1999.")
_SOME: Final = "Commas mean all of them, bars (|) one of them."


@extend_schema_field(OpenApiTypes.STR)
class AlternativesField(serializers.Field[Any, str, Any, Any]):
    """Values with commas or bars between them, of which one is enough, or the parameter repeated."""

    takes_many = True

    def __init__(self, pattern: str, sentence: str, *, help_text: str) -> None:
        super().__init__(required=False, help_text=help_text)
        self._pattern = re.compile(pattern)
        self._sentence = sentence

    def to_internal_value(self, data: str) -> Any:
        """The values, each once."""
        values = tuple(dict.fromkeys(part.strip() for part in re.split("[,|]", data) if part.strip()))
        if len(values) > MOST_VALUES:
            raise serializers.ValidationError(f"Send at most {MOST_VALUES} values.")
        if not all(map(self._pattern.fullmatch, values)):
            raise serializers.ValidationError(self._sentence)
        return values


class TermsField(AlternativesField):
    """Values with commas between them, of which a title must have all, or with bars, of which one is enough."""

    def to_internal_value(self, data: str) -> Terms:
        """The values, and whether all are wanted."""
        if "," in data and "|" in data:
            raise serializers.ValidationError("Put commas between the values, or bars, but not both.")
        return Terms(super().to_internal_value(data), every="|" not in data)


@extend_schema_field({"type": "number", "minimum": 0, "maximum": MOST_RATING})
class RatingField(serializers.Field[int, str, Any, Any]):
    """A rating from 0 to 10 with at most three decimals."""

    def to_internal_value(self, data: str) -> int:
        """The rating in thousandths, which are exact."""
        found = _RATING.fullmatch(data.strip())
        steps = int(found[1]) * RATING_STEPS + int((found[2] or "").ljust(3, "0")) if found else -1
        if not 0 <= steps <= MOST_RATING * RATING_STEPS:
            raise serializers.ValidationError("Send a rating from 0 to 10, such as 7.5.")
        return steps


class DiscoverQuerySerializer(serializers.Serializer[Any]):
    """Conditions that all must hold. One that is left empty, as forms send it, asks for nothing."""

    type = choice(WANTED_TYPES, "Films, series, or both; both if not given.")
    mediaType = choice(WANTED_TYPES, "The same as type.")
    sort = choice(
        tuple(SORT_SPELLINGS),
        "The order; popularity if not given. `rating` is weighted by the number of votes, `runtime` is the shortest "
        "first. TMDB's own names are taken as well.",
    )
    genres = TermsField(
        _NUMBER, "Send ids of genres, such as 28,12 or 28|12.", help_text=f"Ids of GET /media/genres. {_SOME}"
    )
    withoutGenres = AlternativesField(
        _NUMBER, "Send ids of genres, such as 28,12.", help_text="Genres that a title must not have."
    )
    keywords = TermsField(_KEYWORD, "Send keywords of at most 100 letters.", help_text=f"Names or TMDB's ids. {_SOME}")
    withoutKeywords = AlternativesField(
        _KEYWORD, "Send keywords of at most 100 letters.", help_text="Keywords that a title must not have."
    )
    people = TermsField(_NUMBER, "Send ids of people, such as 6384,530.", help_text=f"Players or makers. {_SOME}")
    yearFrom = WholeNumberField(
        required=False, min_value=1, max_value=9999, help_text="The earliest year.", error_messages=_A_YEAR
    )
    yearTo = WholeNumberField(
        required=False, min_value=1, max_value=9999, help_text="The latest year.", error_messages=_A_YEAR
    )
    ratingMin = RatingField(required=False, help_text="0 to 10; from above 0, titles that nobody rated are left out.")
    ratingMax = RatingField(required=False, help_text="0 to 10; below 10, titles that nobody rated are left out.")
    votesMin = WholeNumberField(required=False, min_value=0, max_value=10**9, help_text="How many must have voted.")
    runtimeMin = WholeNumberField(required=False, min_value=0, max_value=10_000, help_text="Minutes.")
    runtimeMax = WholeNumberField(required=False, min_value=1, max_value=10_000, help_text="Minutes.")
    originalLanguage = AlternativesField(
        _TWO_LETTERS, "Send languages as two letters, such as en,fr.", help_text="Which titles were made in."
    )
    country = AlternativesField(
        _TWO_LETTERS, "Send countries as two letters, such as SE,DK.", help_text="One that made the title."
    )
    region = RegionField()
    providers = AlternativesField(
        "|".join((_NUMBER, *sorted(SERVICES))),
        f"Send TMDB's numbers of providers, or some of {', '.join(sorted(SERVICES))}.",
        help_text="One that streams the title in the region, with a subscription, free, or with advertisements.",
    )
    certification = AlternativesField(
        _TEXT.format(20), "Send certifications such as PG,PG-13.", help_text="One that the title has in the region."
    )
    excludeIds = ExcludedIdsField(required=False, max_length=10_000, help_text="Ids to leave out, with commas.")
    limit = WholeNumberField(min_value=1, max_value=100, default=20, help_text="Titles a page.")
    page = WholeNumberField(min_value=1, max_value=500, default=1, help_text="Counted from 1.")
    language = language_field()

    def to_internal_value(self, data: Mapping[str, Any]) -> Any:
        """The query without the fields that were left empty."""
        return super().to_internal_value({name: value for name, value in data.items() if value != ""})

    def validate(self, attrs: Mapping[str, Any]) -> dict[str, Any]:
        """The query with `type` and `sort` set; refuses genres of other types, and bounds that nothing can meet."""
        for low, high in (("yearFrom", "yearTo"), ("ratingMin", "ratingMax"), ("runtimeMin", "runtimeMax")):
            if low in attrs and high in attrs and attrs[low] > attrs[high]:
                raise serializers.ValidationError({high: f"It is less than {low}, so that nothing can be found."})
        wanted: WantedType = either(attrs, "type", "mediaType") or "both"
        _check_genres(attrs, wanted)
        return {**attrs, "type": wanted, "sort": SORT_SPELLINGS[attrs.get("sort", "popularity")]}


def _check_genres(attrs: Mapping[str, Any], wanted: WantedType) -> None:
    types: Sequence[MediaType] = MEDIA_TYPES if wanted == "both" else [wanted]
    allowed = {str(genre): name for each in types for genre, name in GENRES[each].items()}
    given = {"genres": attrs.get("genres", Terms()).values, "withoutGenres": attrs.get("withoutGenres", ())}
    for name, values in given.items():
        if not allowed.keys() >= set(values):
            named = ", ".join(f"{genre} {words}" for genre, words in allowed.items())
            raise serializers.ValidationError({name: f"Send some of {named}."})


class DiscoverSerializer(serializers.Serializer[Any]):
    """A page of the titles that meet the conditions."""

    results = ListedTitleSerializer(many=True)
    page = serializers.IntegerField()
    total_pages = serializers.IntegerField(help_text="500 at most.")
    total_results = serializers.IntegerField()
    sort = serializers.ChoiceField(SORTS)
    message = serializers.CharField()
    attribution = AttributionSerializer(many=True)
