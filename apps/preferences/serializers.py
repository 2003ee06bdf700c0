"""What requests about the taste profile may carry, derived from the questionnaire."""

from __future__ import annotations

from typing import Any, Final

import orjson
from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers

from apps.preferences.json_values import unstorable
from apps.preferences.kinds import NotThisKind
from apps.preferences.questionnaire import BY_NAME, QUESTIONS, crossed_bounds
from movierec.api.errors import PayloadTooLarge

# An item of DynamoDB holds 400 KB, and short JSON values take up to three times their text there.
MAX_PREFERENCES_BYTES: Final = 100 * 1024
# The user is the one whose token it is.
IGNORED: Final = "userId"


class AnswerField(serializers.Field[Any, Any, Any, Any]):
    """The answer to one question, named by the question's name."""

    def __init__(self, question: str) -> None:
        super().__init__(required=False, allow_null=True, help_text=BY_NAME[question].help)
        self.question = BY_NAME[question]

    def to_internal_value(self, data: Any) -> Any:
        """The answer to store, None for no answer."""
        try:
            return self.question.read(data)
        except NotThisKind as error:
            raise serializers.ValidationError(str(error)) from error

    def to_representation(self, value: Any) -> Any:
        """As it is."""
        return value


class AnswerFieldInDocument(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]  # untyped hook
    """How the OpenAPI document shows an answer."""

    target_class = AnswerField

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        """The question's own schema."""
        return self.target.question.schema()  # type: ignore[no-any-return]  # the extension's target is untyped


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "Some answers",
            value={"contentType": "both", "favoriteGenres": [18, 878], "eraPreferences": ["recent"]},
            request_only=True,
        )
    ]
)
class PreferencesSerializer(serializers.Serializer[Any]):
    """The questionnaire's answers. Every field is optional; null means not answered; unknown fields are kept."""

    def get_fields(self) -> dict[str, Any]:
        """One field a question."""
        return {question.name: AnswerField(question.name) for question in QUESTIONS}

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """The answers given, and what the questionnaire does not know as it came."""
        answers = super().to_internal_value(data)
        unknown = {name: value for name, value in data.items() if name not in BY_NAME and name != IGNORED}
        kept = {**unknown, **{name: answer for name, answer in answers.items() if answer is not None}}
        problems = dict(unstorable(kept))
        if problems:
            raise serializers.ValidationError(problems)
        return kept

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """The same answers; refuses bounds in the wrong order and profiles that are too large."""
        problems = dict(crossed_bounds(attrs))
        if problems:
            raise serializers.ValidationError(problems)
        if len(orjson.dumps(attrs)) > MAX_PREFERENCES_BYTES:
            raise PayloadTooLarge(f"The preferences are over {MAX_PREFERENCES_BYTES // 1024} KB; send less.")
        return attrs


class StoredPreferencesSerializer(serializers.Serializer[Any]):
    preferences = PreferencesSerializer()


class SavedSerializer(serializers.Serializer[Any]):
    message = serializers.CharField()
    userId = serializers.CharField()
    timestamp = serializers.CharField(help_text="ISO-8601 UTC.")
