"""The bodies of the identity endpoints, as they come and as they go."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Any, Final

from rest_framework import serializers

from apps.accounts import emails, passwords
from apps.accounts.errors import MissingCredentials
from apps.accounts.profiles import MAX_DISPLAY_NAME_LENGTH

MAX_CODE_LENGTH = 64
# Longer than any username; what a name may be is the service's to say.
MAX_NAME_LENGTH = 64
# Clients may still hold another provider's refresh token, of two thousand characters; it is invalid, not malformed.
MAX_REFRESH_TOKEN_LENGTH = 8 * 1024
# A challenge of a pool holds the pool's own session, of two thousand characters, and grows by a third when sealed.
MAX_CHALLENGE_LENGTH = 8 * 1024
# Control characters, and what breaks a line.
_UNSHOWN: Final = {"Cc", "Zl", "Zp"}
# Format characters that turn the text around them or show nothing at all. Not the two joiners, U+200C and U+200D,
# which emoji and some scripts need.
_MARKS: Final = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
SIX_DIGITS = "The six digits that your authenticator app shows now."


class TextField(serializers.CharField):
    """A text; unlike the framework's field it takes no numbers for texts."""

    def to_internal_value(self, data: Any) -> str:
        """The text itself; raises ValidationError for other types."""
        if not isinstance(data, str):
            self.fail("invalid")
        return str(super().to_internal_value(data))


class SwitchField(serializers.BooleanField):
    """true or false; unlike the framework's field it takes no texts or numbers for them."""

    def to_internal_value(self, data: Any) -> bool:
        """The value itself; raises ValidationError for other types."""
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class EmailField(TextField):
    def __init__(self, help_text: str = "The e-mail address of the account.", **options: Any) -> None:
        super().__init__(max_length=emails.MAX_LENGTH, help_text=help_text, **options)


class PasswordField(TextField):
    """A password to check."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("max_length", passwords.MAX_TYPED_LENGTH)
        super().__init__(trim_whitespace=False, write_only=True, **options)


class NewPasswordField(PasswordField):
    """A password to set; the service says which may be."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            max_length=None,
            help_text=f"8 to {passwords.MAX_LENGTH} characters, and not one of the common passwords.",
            style={"autocomplete": "new-password"},
            **options,
        )


class RestoreField(SwitchField):
    def __init__(self) -> None:
        super().__init__(default=False, help_text="Keep an account that is about to be deleted.")


class RecoveryCodeField(TextField):
    def __init__(self) -> None:
        super().__init__(max_length=MAX_CODE_LENGTH, required=False, help_text="A recovery code, in place of the code.")


class SignInSerializer(serializers.Serializer[Any]):
    email = EmailField(
        "The e-mail address of the account, or its username.", style={"kind": "text", "label": "Email or username"}
    )
    password = PasswordField()
    restore = RestoreField()


class LogInSerializer(serializers.Serializer[Any]):
    username = TextField(max_length=emails.MAX_LENGTH, required=False, allow_null=True, allow_blank=True)
    email = EmailField(required=False, allow_null=True, allow_blank=True)
    password = PasswordField()
    restore = RestoreField()

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        """`login` in place of the two names; raises ValidationError for both of them, MissingCredentials for none.

        Names of nothing but spaces get here: the fields have stripped them.
        """
        username, email = given.pop("username", None), given.pop("email", None)
        if username and email:
            raise serializers.ValidationError({"username": "Send a username or an e-mail address, not both."})
        if not (username or email):
            raise MissingCredentials(["username"])
        return {**given, "login": username or email}


class SignUpSerializer(serializers.Serializer[Any]):
    email = EmailField()
    password = NewPasswordField()
    username = TextField(
        max_length=MAX_NAME_LENGTH,
        required=False,
        help_text="A name to sign in with beside the address: 3 to 30 letters, digits, dots, hyphens and underscores.",
    )


class ConfirmationSerializer(serializers.Serializer[Any]):
    email = EmailField()
    code = TextField(max_length=MAX_CODE_LENGTH, help_text="The six digits of the mail.")


class MailCodeAgainSerializer(serializers.Serializer[Any]):
    email = EmailField()


class MailResetCodeSerializer(serializers.Serializer[Any]):
    email = EmailField()


class SetNewPasswordSerializer(serializers.Serializer[Any]):
    email = EmailField()
    code = TextField(max_length=MAX_CODE_LENGTH, help_text="The six digits of the mail.")
    password = NewPasswordField()

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """The fields; the password may also be called `newPassword`."""
        renamed = {"password": data["newPassword"], **data} if "newPassword" in data else data
        return dict(super().to_internal_value(renamed))


class ChallengeAnswerSerializer(serializers.Serializer[Any]):
    session = TextField(max_length=MAX_CHALLENGE_LENGTH, help_text="The session of the challenge.")
    code = TextField(max_length=MAX_CODE_LENGTH, required=False, help_text=SIX_DIGITS)
    recoveryCode = RecoveryCodeField()
    newPassword = NewPasswordField(required=False)

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        """Raises ValidationError for more than one answer."""
        return _with_one_of(("code", "recoveryCode", "newPassword"), given)


class ChangePasswordSerializer(serializers.Serializer[Any]):
    oldPassword = PasswordField()
    newPassword = NewPasswordField()


class ConfirmSecondFactorSerializer(serializers.Serializer[Any]):
    code = TextField(max_length=MAX_CODE_LENGTH, help_text=SIX_DIGITS)


class ReauthenticationSerializer(serializers.Serializer[Any]):
    password = PasswordField()
    code = TextField(
        max_length=MAX_CODE_LENGTH, required=False, help_text="With a second factor on: the six digits of the app."
    )
    recoveryCode = RecoveryCodeField()

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        """Raises ValidationError for both kinds of code."""
        return _with_one_of(("code", "recoveryCode"), given)


class SetUpASecondFactorSerializer(serializers.Serializer[Any]):
    password = PasswordField(
        required=False, default=None, help_text="Needed only if you signed in more than 15 minutes ago."
    )


class SwitchOffSecondFactorSerializer(ReauthenticationSerializer):
    pass


class NewRecoveryCodesSerializer(ReauthenticationSerializer):
    pass


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


class LoggedInSerializer(SignedInSerializer):
    token = serializers.CharField(help_text="The same as accessToken.")


class ChallengeSerializer(serializers.Serializer[Any]):
    challengeName = serializers.ChoiceField(["SOFTWARE_TOKEN_MFA", "MFA_SETUP", "NEW_PASSWORD_REQUIRED"])
    session = serializers.CharField(help_text="To be sent with the answer within three minutes.")
    ChallengeName = serializers.CharField(help_text="The same as challengeName; likewise the other.")
    Session = serializers.CharField()
    secret = serializers.CharField(required=False, help_text="With MFA_SETUP, once it was answered without a code.")
    otpauthUri = serializers.CharField(required=False)
    qrCode = serializers.CharField(required=False)


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


class MessageSerializer(serializers.Serializer[Any]):
    message = serializers.CharField()


class ResetDoneSerializer(serializers.Serializer[Any]):
    message = serializers.CharField()
    email = serializers.EmailField()


class SessionSerializer(serializers.Serializer[Any]):
    id = serializers.CharField()
    device = serializers.CharField(help_text="Such as Firefox on Linux; empty when it is not known.")
    place = serializers.CharField(help_text="The first part of the network address; empty when it is not known.")
    firstSeen = serializers.DateTimeField()
    lastSeen = serializers.DateTimeField(help_text="When it last got a token.")
    current = serializers.BooleanField(help_text="Whether this request belongs to it.")


class SessionsSerializer(serializers.Serializer[Any]):
    sessions = SessionSerializer(many=True)


class OneSessionSerializer(serializers.Serializer[Any]):
    session = SessionSerializer()


class SecondFactorSerializer(serializers.Serializer[Any]):
    enabled = serializers.BooleanField()
    recoveryCodesLeft = serializers.IntegerField()


class TotpSecretSerializer(serializers.Serializer[Any]):
    secret = serializers.CharField(help_text="Base32, for typing into an authenticator app.")
    otpauthUri = serializers.CharField(help_text="The same for apps that take addresses.")
    qrCode = serializers.CharField(help_text="The same as a picture: a data: URI of an SVG image.")


class RecoveryCodesSerializer(serializers.Serializer[Any]):
    message = serializers.CharField()
    recoveryCodes = serializers.ListField(
        child=serializers.CharField(), help_text="Ten codes, each good once in place of the app's; shown only here."
    )


class UserSerializer(serializers.Serializer[Any]):
    id = serializers.CharField()
    userId = serializers.CharField(help_text="The same as id.")
    email = serializers.EmailField()
    username = serializers.CharField(allow_null=True)
    displayName = serializers.CharField(allow_null=True)
    createdAt = serializers.DateTimeField()
    mfaEnabled = serializers.BooleanField()


class PublicKeysSerializer(serializers.Serializer[Any]):
    keys = serializers.ListField(child=serializers.DictField(), help_text="JSON Web Keys, RFC 7517.")


def _with_one_of(names: Sequence[str], given: dict[str, Any]) -> dict[str, Any]:
    """The fields, with null for those of the names that are not given; raises ValidationError for several of them."""
    sent = [name for name in names if name in given]
    if len(sent) > 1:
        raise serializers.ValidationError({sent[1]: f"Send {sent[0]} or {sent[1]}, not both."})
    return {**dict.fromkeys(names), **given}


class DisplayNameField(TextField):
    """A name as people write theirs, in one line."""

    default_error_messages = {"unshown": "Leave out control characters and line breaks."}  # noqa: RUF012  (the framework's hook)

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=MAX_DISPLAY_NAME_LENGTH, **options)

    def to_internal_value(self, data: Any) -> str:
        """The text without spaces around it; raises ValidationError for what cannot be shown."""
        name = super().to_internal_value(data)
        if any(unicodedata.category(character) in _UNSHOWN or character in _MARKS for character in name):
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
