"""What /health answers."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

STATUSES = ("healthy", "degraded", "unhealthy")


class DatabaseCheckSerializer(serializers.Serializer[Any]):
    """Whether DynamoDB answers."""

    status = serializers.ChoiceField(("healthy", "unhealthy"))
    responseTime = serializers.FloatField(help_text="Milliseconds.")


class ModelCheckSerializer(serializers.Serializer[Any]):
    """What recommends: the active model, or another in its place."""

    status = serializers.ChoiceField(("healthy", "degraded", "unknown"))
    version = serializers.CharField(required=False, help_text="The model that recommends.")
    wanted = serializers.CharField(
        required=False, allow_null=True, help_text="The active model, which should recommend; null where not known."
    )


class ChecksSerializer(serializers.Serializer[Any]):
    database = DatabaseCheckSerializer()
    model = ModelCheckSerializer()


class HealthSerializer(serializers.Serializer[Any]):
    status = serializers.ChoiceField(STATUSES)
    timestamp = serializers.DateTimeField()
    responseTime = serializers.FloatField(help_text="Milliseconds.")
    version = serializers.CharField()
    environment = serializers.CharField()
    checks = ChecksSerializer()
    summary = serializers.CharField(help_text="The state in a sentence.")
