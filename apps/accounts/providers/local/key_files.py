"""The signing keys of a local installation: settings.TOKEN_KEY_FILE, and the one before it in a file beside it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from apps.accounts.providers.local.rotation import check_rotation_due
from apps.accounts.providers.local.signing_key import WANTED, SigningKey, UnusableKey, key_of, new_pem
from movierec import secret_files
from movierec.localaws import locks


def read() -> list[SigningKey]:
    """The current key, made when there is none, and the previous one. Raises ImproperlyConfigured."""
    # In this order a rotation in between shows one key twice, and never hides the previous one.
    keys = [replace(_key(settings.TOKEN_KEY_FILE, _current_pem()), since=settings.TOKEN_KEY_FILE.stat().st_mtime)]
    previous = secret_files.read(previous_file())
    return [*keys, _key(previous_file(), previous)] if previous is not None else keys


def rotate() -> SigningKey:
    """Makes a new key, which is answered, and keeps the current one as the previous.

    There is a current key at every moment; one that is stopped half-way can be run again. Raises RotatedLately and
    ImproperlyConfigured.
    """
    read()
    with locks.alone(settings.TOKEN_KEY_FILE.with_suffix(".lock")):
        if previous_file().exists():
            check_rotation_due(settings.TOKEN_KEY_FILE.stat().st_mtime)
        new = new_pem()
        secret_files.replace(previous_file(), _current_pem())
        secret_files.replace(settings.TOKEN_KEY_FILE, new)
    return key_of(new)


def previous_file() -> Path:
    """Where the previous key lies: `token_key.previous.pem` beside `token_key.pem`."""
    path: Path = settings.TOKEN_KEY_FILE
    return path.with_suffix(f".previous{path.suffix}")


def _current_pem() -> bytes:
    return secret_files.read_or_create(settings.TOKEN_KEY_FILE, new_pem)


def _key(path: Path, pem: bytes) -> SigningKey:
    try:
        return key_of(pem)
    except UnusableKey as error:
        raise ImproperlyConfigured(
            f"{path} is not {WANTED}; remove it and start again (tokens that it signed are then no longer good)."
        ) from error
