"""The bodies of the identity endpoints, as they come and as they go."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from apps.accounts import emails, passwords

MAX_CODE_LENGTH = 64
# Clients may still hold another provider's refresh token, of two thousand characters; it is invalid, not malformed.
MAX_REFRESH_TOKEN_LENGTH = 8 * 1024


class TextField(serializers.CharField):
    """A text; unlike the framework's field it takes no numbers for texts."""

    def to_internal_value(self, data: Any) -> str:
        """The text itself; raises ValidationError for other types."""
        if not isinstance(data, str):
            self.fail("invalid")
        return str(super().to_internal_value(data))


class EmailField(TextField):
    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=emails.MAX_LENGTH, help_text="The e-mail address of the account.", **options)


class PasswordField(TextField):
    def __init__(self, **options: Any) -> None:
        super().__init__(trim_whitespace=False, write_only=True, **options)


class SignInSerializer(serializers.Serializer[Any]):
    email = EmailField()
    password = PasswordField(max_length=passwords.MAX_TYPED_LENGTH)


class SignUpSerializer(serializers.Serializer[Any]):
    email = EmailField()
    password = PasswordField(
        help_text=f"8 to {passwords.MAX_LENGTH} characters, and not one of the common passwords.",
        style={"autocomplete": "new-password"},
    )


class ConfirmationSerializer(serializers.Serializer[Any]):
    email = EmailField()
    code = TextField(max_length=MAX_CODE_LENGTH, help_text="The six digits of the mail.")


class RefreshSerializer(serializers.Serializer[Any]):
    refreshToken = TextField(max_length=MAX_REFRESH_TOKEN_LENGTH)


class SignOutSerializer(serializers.Serializer[Any]):
    refreshToken = TextField(
        max_length=MAX_REFRESH_TOKEN_LENGTH,
        required=False,
        help_text="The session to end; only a browser that signed in on this page may leave it out.",
    )


class SignedInSerializer(serializers.Serializer[Any]):
    AccessToken = serializers.CharField()
    IdToken = serializers.CharField()
    RefreshToken = serializers.CharField()
    ExpiresIn = serializers.IntegerField(help_text="Seconds.")
    accessToken = serializers.CharField(help_text="The same as AccessToken; likewise the others.")
    idToken = serializers.CharField()
    refreshToken = serializers.CharField()
    expiresIn = serializers.IntegerField()
    email = serializers.EmailField()


class SignedUpSerializer(serializers.Serializer[Any]):
    message = serializers.CharField()
    userSub = serializers.CharField(help_text="The user id that the account has once it is confirmed.")


class ConfirmedSerializer(serializers.Serializer[Any]):
    message = serializers.CharField()
    email = serializers.EmailField()


class RefreshedSerializer(serializers.Serializer[Any]):
    accessToken = serializers.CharField()
    idToken = serializers.CharField()
    refreshToken = serializers.CharField(help_text="Replaces the one that was sent.")
    expiresIn = serializers.IntegerField(help_text="Seconds.")


class SignedOutSerializer(serializers.Serializer[Any]):
    message = serializers.CharField()
