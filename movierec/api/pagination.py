"""Cursors: where a list goes on, as an opaque text that a client hands back."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode

import orjson

from movierec.api.errors import FieldErrors

MAX_CURSOR_LENGTH = 500


def encode_cursor(*parts: str) -> str:
    """The texts of a key as one cursor."""
    return urlsafe_b64encode(orjson.dumps(parts)).rstrip(b"=").decode()


def decode_cursor(cursor: str, length: int, *, longest: int = MAX_CURSOR_LENGTH) -> list[str]:
    """The texts of a cursor that `encode_cursor` made of `length` parts; FieldErrors for any other text.

    `longest` is how many characters it may have.
    """
    parts = _parts(cursor) if len(cursor) <= longest else None
    if not isinstance(parts, list) or len(parts) != length or not all(isinstance(part, str) for part in parts):
        raise FieldErrors([("cursor", "This is not a cursor of this list; send nextCursor of the page before.")])
    return parts


def _parts(cursor: str) -> object:
    try:
        return orjson.loads(urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4)))
    except ValueError:
        return None
