"""What requests about figures may carry, and what the answers look like."""

from __future__ import annotations

from typing import Any, Final

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.stats.figures import Documents
from apps.stats.services import Changes
from movierec.api.fields import WholeNumberField

MAX_COUNTER: Final = 1_000_000
MAX_INCREMENT: Final = 1_000
MAX_AWARD: Final = 10_000
MAX_ENTRIES: Final = 1_000
MAX_DATE: Final = 40
MAX_REASON: Final = 200

# Earned or kept by the service; a client that sends its figures back whole does not change them.
EARNED: Final = frozenset({"totalXP", "userLevel", "createdAt", "updatedAt", "userId"})


def _whole(value: Any, lowest: int, highest: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not lowest <= value <= highest:
        raise serializers.ValidationError(f"Send a whole number from {lowest} to {highest}.")
    return value


@extend_schema_field(
    {
        "oneOf": [
            {"type": "integer", "minimum": 0, "maximum": MAX_COUNTER},
            {
                "type": "object",
                "properties": {"increment": {"type": "integer", "minimum": 1, "maximum": MAX_INCREMENT}},
                "required": ["increment"],
                "additionalProperties": False,
            },
        ]
    }
)
class CounterField(serializers.Field[Any, Any, Any, Any]):
    """A counter's new value, or {"increment": n}."""

    def to_internal_value(self, data: Any) -> int | dict[str, int]:
        """The value, or the object with the increment."""
        if not isinstance(data, dict):
            return _whole(data, 0, MAX_COUNTER)
        if set(data) != {"increment"}:
            raise serializers.ValidationError('Send a whole number, or {"increment": 1}.')
        return {"increment": _whole(data["increment"], 1, MAX_INCREMENT)}

    def to_representation(self, value: Any) -> Any:
        """As it is."""
        return value


@extend_schema_field({"type": "object", "additionalProperties": {}})
class ProgressField(serializers.Field[Any, Any, Any, Any]):
    """A JSON object."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """The object as it came."""
        if not isinstance(data, dict):
            raise serializers.ValidationError("Send an object.")
        return data

    def to_representation(self, value: Any) -> Any:
        """As it is."""
        return value


@extend_schema_field({"type": "array", "maxItems": MAX_ENTRIES, "items": {}})
class EntriesField(serializers.Field[Any, Any, Any, Any]):
    """A list of whatever the client keeps in it."""

    def to_internal_value(self, data: Any) -> list[Any]:
        """The list as it came."""
        if not isinstance(data, list) or len(data) > MAX_ENTRIES:
            raise serializers.ValidationError(f"Send a list of at most {MAX_ENTRIES} entries.")
        return data

    def to_representation(self, value: Any) -> Any:
        """As it is."""
        return value


class UpdateSerializer(serializers.Serializer[Any]):
    """Any JSON object: the fields named here are checked, others are kept as they come; null changes nothing."""

    moviesWatched = CounterField(required=False, allow_null=True, help_text="The number, or how many more.")
    showsWatched = CounterField(required=False, allow_null=True, help_text="The number, or how many more.")
    dailyStreak = CounterField(required=False, allow_null=True, help_text="The number of days, or how many more.")
    lastActiveDate = serializers.CharField(
        required=False, allow_null=True, allow_blank=True, max_length=MAX_DATE, help_text="As the client writes dates."
    )
    challengeProgress = ProgressField(required=False, allow_null=True, help_text="Joins what is stored, key by key.")
    completedChallenges = EntriesField(required=False, allow_null=True, help_text="Replaces the list.")
    activeChallenges = EntriesField(required=False, allow_null=True, help_text="Replaces the list.")
    achievements = EntriesField(required=False, allow_null=True, help_text="New ones are added; levels are earned.")

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """The known fields that say something, and the unknown ones under `other`."""
        given = super().to_internal_value(data)
        known = {name: value for name, value in given.items() if value is not None and value != ""}
        other = {name: value for name, value in data.items() if name not in self.fields and name not in EARNED}
        return {**known, "other": other}


class AwardSerializer(serializers.Serializer[Any]):
    amount = WholeNumberField(
        required=False, min_value=1, max_value=MAX_AWARD, help_text="Points to add; required unless xp is sent."
    )
    xp = WholeNumberField(required=False, min_value=1, max_value=MAX_AWARD, help_text="As amount.")
    reason = serializers.CharField(
        required=False,
        allow_null=True,
        allow_blank=True,
        max_length=MAX_REASON,
        help_text="What for; for the client's own use and not kept.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """The same values, with the points in `amount`."""
        amounts = {attrs[name] for name in ("amount", "xp") if name in attrs}
        if len(amounts) != 1:
            sentence = "This field is required." if not amounts else "It differs from xp; send one of them."
            raise serializers.ValidationError({"amount": sentence})
        return {**attrs, "amount": amounts.pop()}


class FiguresSerializer(serializers.Serializer[Any]):
    totalXP = serializers.IntegerField()
    userLevel = serializers.IntegerField(help_text="One more every 1000 points.")
    moviesWatched = serializers.IntegerField()
    showsWatched = serializers.IntegerField()
    dailyStreak = serializers.IntegerField()
    lastActiveDate = serializers.CharField(allow_null=True)
    challengeProgress = ProgressField()
    completedChallenges = EntriesField()
    activeChallenges = EntriesField()
    achievements = EntriesField(help_text="level_2, level_3, … are earned with points.")
    createdAt = serializers.CharField(allow_null=True, help_text="null before the first write.")
    updatedAt = serializers.CharField(allow_null=True, help_text="null before the first write.")


class StatsAnswerSerializer(serializers.Serializer[Any]):
    success = serializers.BooleanField()
    data = FiguresSerializer()  # type: ignore[assignment]  # the framework takes declared fields out of the class


_COUNTERS: Final = ("moviesWatched", "showsWatched", "dailyStreak")
_DOCUMENTS: Final = ("challengeProgress", "completedChallenges", "activeChallenges", "achievements")


def changes_of(given: dict[str, Any]) -> Changes:
    """The changes that a validated body asks for."""
    counters = {name: given[name] for name in _COUNTERS if name in given}
    documents: Documents = {name: given[name] for name in _DOCUMENTS if name in given}
    if given["other"]:
        documents["other"] = given["other"]
    return Changes(
        settings={name: value for name, value in counters.items() if isinstance(value, int)},
        increments={name: value["increment"] for name, value in counters.items() if isinstance(value, dict)},
        last_active_date=given.get("lastActiveDate"),
        documents=documents,
    )
