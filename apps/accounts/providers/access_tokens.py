"""What holds for access tokens of every provider, beside the signature."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

MAX_LENGTH = 8 * 1024
# The longest life that a user pool can be told to give them.
MAX_LIFE_SECONDS = 24 * 3600
# Without padding, which would give one token several spellings.
_COMPACT = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+){2}")


def is_compact(token: str) -> bool:
    """Whether a text is three parts of base64url as RFC 7515 writes them, and not too long."""
    return len(token) <= MAX_LENGTH and _COMPACT.fullmatch(token) is not None


def has_sound_life(claims: Mapping[str, Any]) -> bool:
    """Whether `iat` and `exp` are whole numbers at most a day apart."""
    issued, expires = claims["iat"], claims["exp"]
    return type(issued) is int and type(expires) is int and expires - issued <= MAX_LIFE_SECONDS


def groups_in(claims: Mapping[str, Any]) -> tuple[str, ...]:
    """The groups that a token names, none where it names none."""
    groups = claims.get("cognito:groups")
    return tuple(map(str, groups)) if isinstance(groups, list) else ()
