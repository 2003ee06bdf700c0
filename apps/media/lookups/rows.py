"""Single rows of the media cache as lookups read and write them."""

from __future__ import annotations

from time import time
from typing import Final

from pynamodb.expressions.operand import Path

from apps.media.keeping import is_expired
from apps.media.models import CachedMedia
from movierec.dynamo.table import Row

# How long it is believed that the source has no such thing.
MISSING_SECONDS: Final = 3600


def live_row(media_id: str, media_type: str, *, consistent: bool) -> Row | None:
    """A row by one GetItem; None where there is none whose time is not over."""
    row = CachedMedia.get_row(media_id, media_type, consistent=consistent)
    return None if row is None or is_expired(row) else row


def is_missing(row: Row) -> bool:
    """Whether a row says that the source has no such thing."""
    return row.get("missing") is True


def missing_row(media_id: str, media_type: str) -> Row:
    """The row which says so, for an hour."""
    expires_at = int(time()) + MISSING_SECONDS
    return {"mediaId": media_id, "mediaType": media_type, "missing": True, "expiresAt": expires_at}


def put_where_nothing_is(row: Row, *, patient: bool = False) -> bool:
    """Writes a row by one conditional PutItem; False, and nothing written, where there is a live one with content.

    `patient` as in `BaseTable.put_row_if`.
    """
    condition = Path("mediaId").does_not_exist() | (Path("missing") == True) | (Path("expiresAt") <= time())  # noqa: E712  (an expression, not a comparison)
    return CachedMedia.put_row_if(row, condition, patient=patient)
