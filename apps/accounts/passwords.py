"""Passwords: which are taken, and how they are kept.

Source: C. Percival, S. Josefsson, "The scrypt Password-Based Key Derivation Function", RFC 7914, 2016.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import unicodedata
from base64 import b64decode, b64encode
from typing import NamedTuple

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from apps.accounts.errors import InvalidPassword

MAX_LENGTH = 128
# Normalising takes long for absurd texts; no text this long gets down to 128 characters in practice.
MAX_TYPED_LENGTH = 1024
SALT_BYTES = 32
KEY_BYTES = 64


class Cost(NamedTuple):
    """scrypt's parameters: 128·n·r bytes of memory, p times over."""

    n: int
    r: int
    p: int


COST = Cost(n=2**15, r=8, p=1)


def check_password(password: str) -> None:
    """Raises InvalidPassword unless the password has 8 to 128 characters and is not a common one."""
    if len(password) > MAX_TYPED_LENGTH or len(_normal(password)) > MAX_LENGTH:
        raise InvalidPassword([f"This password is too long. It must contain at most {MAX_LENGTH} characters."])
    try:
        validate_password(_normal(password))
    except ValidationError as error:
        raise InvalidPassword(error.messages) from error


def hash_password(password: str) -> str:
    """The password as it is stored: algorithm, parameters, salt and key, with `$` between."""
    salt = secrets.token_bytes(SALT_BYTES)
    return _stored(COST, salt, _key(password, salt, COST))


def matches(password: str, stored: str) -> bool:
    """Whether this is the password of a stored hash."""
    cost, salt, key = _parts(stored)
    return hmac.compare_digest(_key(password, salt, cost), key)


def is_outdated(stored: str) -> bool:
    """Whether a stored hash was made with other parameters than today's."""
    return _parts(stored)[0] != COST


def nobodys_hash() -> str:
    """A hash that costs as much to compare with as a real one and that no password has."""
    return _stored(COST, bytes(SALT_BYTES), bytes(KEY_BYTES))


def _normal(password: str) -> str:
    # Keyboards differ in how they write accents; the same word must be the same password.
    return unicodedata.normalize("NFC", password)


def _key(password: str, salt: bytes, cost: Cost) -> bytes:
    # OpenSSL refuses to use more than `maxmem`: n blocks, two to work in, and p of the result.
    memory = 128 * cost.r * (cost.n + 2 + cost.p)
    return hashlib.scrypt(
        _normal(password).encode(), salt=salt, n=cost.n, r=cost.r, p=cost.p, maxmem=memory, dklen=KEY_BYTES
    )


def _stored(cost: Cost, salt: bytes, key: bytes) -> str:
    texts = (b64encode(salt).decode(), b64encode(key).decode())
    return "$".join(("scrypt", *map(str, cost), *texts))


def _parts(stored: str) -> tuple[Cost, bytes, bytes]:
    _, n, r, p, salt, key = stored.split("$")
    return Cost(int(n), int(r), int(p)), b64decode(salt), b64decode(key)
