"""The signing keys in Secrets Manager: versions AWSCURRENT and AWSPREVIOUS of settings.TOKEN_KEY_SECRET, in PEM."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from apps.accounts.providers.local.rotation import KeysUnreachable, RotatedLately, check_rotation_due
from apps.accounts.providers.local.signing_key import WANTED, SigningKey, UnusableKey, key_of, new_pem
from movierec.aws import client

CURRENT = "AWSCURRENT"
PREVIOUS = "AWSPREVIOUS"

Version = Mapping[str, Any]


def read() -> list[SigningKey]:
    """The current key and the previous one. Raises KeysUnreachable, and ImproperlyConfigured for no such key."""
    # In this order a rotation in between shows one key twice, and never hides the previous one.
    current, previous = _version(CURRENT), _version(PREVIOUS)
    if current is None:
        raise KeysUnreachable("there is no such secret, or it has no value")
    try:
        keys = [replace(_key(current), since=current["CreatedDate"].timestamp())]
    except UnusableKey as error:
        raise ImproperlyConfigured(
            f"TOKEN_KEY_SECRET names {settings.TOKEN_KEY_SECRET}, whose current version is not {WANTED}; "
            "run manage.py rotate_token_key to store one."
        ) from error
    return [*keys, *_keys_before(previous)]


def _keys_before(previous: Version | None) -> list[SigningKey]:
    try:
        return [_key(previous)] if previous else []
    except UnusableKey:
        # The text that the secret was made with, before it held its first key.
        return []


def rotate() -> SigningKey:
    """Stores a new key, which is answered; Secrets Manager keeps the current one as the previous.

    Of two rotations at once one succeeds. Raises RotatedLately and KeysUnreachable.
    """
    current, previous = _version(CURRENT), _version(PREVIOUS)
    if current and previous:
        check_rotation_due(current["CreatedDate"].timestamp())
    pem = new_pem()
    with _reached():
        client("secretsmanager").put_secret_value(
            SecretId=settings.TOKEN_KEY_SECRET,
            SecretString=pem.decode(),
            ClientRequestToken=_successor_id(current, previous),
        )
    return key_of(pem)


def _successor_id(current: Version | None, previous: Version | None) -> str:
    # One id for every rotation of the same versions: Secrets Manager takes no second content for it.
    known = [version["VersionId"] if version else "" for version in (current, previous)]
    return str(uuid.uuid5(uuid.NAMESPACE_OID, " ".join(known)))


def _version(stage: str) -> Version | None:
    with _reached():
        try:
            found: Version = client("secretsmanager").get_secret_value(
                SecretId=settings.TOKEN_KEY_SECRET, VersionStage=stage
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ResourceNotFoundException":
                raise
            return None
    return found


def _key(version: Version) -> SigningKey:
    return key_of(version.get("SecretString", "").encode())


@contextmanager
def _reached() -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code == "ResourceExistsException":
            raise RotatedLately from error
        raise KeysUnreachable(code) from error
    except BotoCoreError as error:
        raise KeysUnreachable(str(error)) from error
