"""The bodies about a person's own data, as they come and as they go."""

from __future__ import annotations

import unicodedata
from typing import Any, Final

from rest_framework import serializers

from apps.accounts.profiles import MAX_DISPLAY_NAME_LENGTH
from apps.accounts.serializers import MAX_NAME_LENGTH, ReauthenticationSerializer, TextField

# Control characters, and what breaks a line.
_UNSHOWN: Final = {"Cc", "Zl", "Zp"}


class DisplayNameField(TextField):
    """A name as people write theirs, in one line."""

    default_error_messages = {"unshown": "Leave out control characters and line breaks."}  # noqa: RUF012  (the framework's hook)

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=MAX_DISPLAY_NAME_LENGTH, **options)

    def to_internal_value(self, data: Any) -> str:
        """The text without spaces around it; raises ValidationError for what cannot be shown."""
        name = super().to_internal_value(data)
        if any(unicodedata.category(character) in _UNSHOWN for character in name):
            self.fail("unshown")
        return name


class ChangeProfileSerializer(serializers.Serializer[Any]):
    """The names to change; null removes one, and those left out stay."""

    displayName = DisplayNameField(required=False, allow_null=True, help_text="How you want to be called.")
    username = TextField(
        max_length=MAX_NAME_LENGTH,
        required=False,
        allow_null=True,
        help_text="A name to sign in with beside the address: 3 to 30 letters, digits, dots, hyphens and underscores.",
    )

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """The names given; raises ValidationError that lists every other key."""
        others = {name: f"{name} cannot be set here." for name in data if name not in self.fields}
        if others:
            raise serializers.ValidationError(others)
        return dict(super().to_internal_value(data))


class DeleteAccountSerializer(ReauthenticationSerializer):
    pass


class ProfileSerializer(serializers.Serializer[Any]):
    userId = serializers.CharField()
    email = serializers.EmailField()
    username = serializers.CharField(allow_null=True, help_text="A name to sign in with; null when there is none.")
    displayName = serializers.CharField(allow_null=True)
    createdAt = serializers.DateTimeField()
    mfaEnabled = serializers.BooleanField()


class StoredProfileSerializer(serializers.Serializer[Any]):
    profile = ProfileSerializer()


class ChangedProfileSerializer(serializers.Serializer[Any]):
    message = serializers.CharField()
    profile = ProfileSerializer()


class DeletionSerializer(serializers.Serializer[Any]):
    message = serializers.CharField()
    deletionAt = serializers.DateTimeField(help_text="Until then a sign-in with restore: true keeps the account.")
