"""What feedback may carry, and what the answers look like."""

from __future__ import annotations

from typing import Any, Final, get_args

from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers

from apps.lists.serializers import TitleNameSerializer, named_title
from apps.recommendations.engine.titles import normalise
from apps.recommendations.engine.vocabulary import GENRE_NAMES
from apps.recommendations.feedback.selectors import MAX_ITEMS
from apps.recommendations.feedback.statements import FOR_NOW_DAYS, SCOPES, Kind, Scope, Statement
from movierec.api.fields import WholeNumberField
from movierec.api.pagination import MAX_CURSOR_LENGTH
from movierec.api.via import ViaField

MAX_NAME: Final = 100

_KINDS: Final = get_args(Kind)
_SCOPES: Final = get_args(Scope)
_GENRES: Final = ", ".join(f"{genre} {name.lower()}" for genre, name in GENRE_NAMES.items())


class GenreField(WholeNumberField):
    """One of TMDB's genres by its number."""

    def to_internal_value(self, data: Any) -> int:
        """The number."""
        genre = super().to_internal_value(data)
        if genre not in GENRE_NAMES:
            raise serializers.ValidationError(f"Send one of {_GENRES}.")
        return genre


class PersonField(serializers.CharField):
    """The name of somebody who makes films or plays in them."""

    def to_internal_value(self, data: Any) -> str:
        """The name."""
        name = super().to_internal_value(data)
        if not normalise(name):
            raise serializers.ValidationError("Send a name, such as Ridley Scott.")
        return name


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "A film to leave out",
            value={"mediaId": "603", "mediaType": "movie", "kind": "not_interested", "scope": "title"},
            request_only=True,
        )
    ]
)
class FeedbackSerializer(TitleNameSerializer):
    kind = serializers.ChoiceField(
        _KINDS,
        help_text="not_interested: no more of it; already_seen: it was watched elsewhere; more_like_this: more of it; "
        "do_not_use: a title of the lists no longer counts.",
        error_messages={"invalid_choice": f"Send one of {', '.join(_KINDS)}."},
    )
    scope = serializers.ChoiceField(
        _SCOPES,
        default="title",
        help_text=f"What it is about: the title, its genre, a person in it, or the title for {FOR_NOW_DAYS} days.",
        error_messages={"invalid_choice": f"Send one of {', '.join(_SCOPES)}."},
    )
    genre = GenreField(required=False, allow_null=True, help_text="With scope genre; the title's main one without it.")
    person = PersonField(
        required=False,
        allow_null=True,
        max_length=MAX_NAME,
        help_text="With scope person; without it, who made the title, else who plays in it.",
    )
    via = ViaField()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """The fields; a ValidationError for those that do not go together."""
        kind, scope = attrs["kind"], attrs["scope"]
        wrong = {}
        if scope not in SCOPES[kind]:
            wrong["scope"] = f"With {kind} send {' or '.join(SCOPES[kind])}."
        wrong |= {
            name: f"It goes with the scope {name} only; leave it out."
            for name in ("genre", "person")
            if attrs.get(name) is not None and scope != name
        }
        if wrong:
            raise serializers.ValidationError(wrong)
        return attrs


class FeedbackQuerySerializer(serializers.Serializer[Any]):
    cursor = serializers.CharField(
        required=False, allow_blank=True, max_length=MAX_CURSOR_LENGTH, help_text="nextCursor of the page before."
    )
    limit = WholeNumberField(
        required=False, min_value=1, max_value=MAX_ITEMS, help_text=f"Items a page; all, up to {MAX_ITEMS}, without it."
    )


class UndoSerializer(serializers.Serializer[Any]):
    method = serializers.ChoiceField(("DELETE",))
    url = serializers.CharField(help_text="The path to send it to.")


class GivenFeedbackSerializer(serializers.Serializer[Any]):
    id = serializers.CharField(help_text="What it is about; a newer opinion of the same has the same id.")
    mediaId = serializers.CharField()
    mediaType = serializers.ChoiceField(("movie", "tv"))
    kind = serializers.ChoiceField(_KINDS)
    scope = serializers.ChoiceField(_SCOPES)
    genre = serializers.IntegerField(required=False, help_text="With scope genre.")
    person = serializers.CharField(required=False, help_text="With scope person.")
    createdAt = serializers.CharField(help_text="ISO-8601 UTC.")
    expiresAt = serializers.CharField(required=False, help_text="ISO-8601 UTC; with scope for_now.")
    message = serializers.CharField(help_text="What it does, as a sentence.")
    undo = UndoSerializer()


class FeedbackPageSerializer(serializers.Serializer[Any]):
    items = GivenFeedbackSerializer(many=True)
    nextCursor = serializers.CharField(allow_null=True, help_text="Where the list goes on; null at its end.")


class UndoneSerializer(serializers.Serializer[Any]):
    message = serializers.CharField()
    undone = serializers.CharField(help_text="The id of what is no longer in force.")


def statement_of(given: dict[str, Any]) -> Statement:
    """What validated fields say. Raises MediaIdRequired and FieldErrors as `named_title` does."""
    media_type, media_id = named_title(given)
    return Statement(
        key=(media_type or "movie", media_id),
        kind=given["kind"],
        scope=given["scope"],
        genre=given.get("genre"),
        person=given.get("person"),
    )
