"""Single rows of the media cache as lookups read and write them."""

from __future__ import annotations

import logging
from collections.abc import Callable
from time import time
from typing import Any, Final, TypeVar

from botocore.exceptions import ClientError

from apps.media.errors import DetailsDamaged
from apps.media.keeping import is_expired
from apps.media.models import CachedMedia
from movierec.dynamo.connection import shared_connection
from movierec.dynamo.plain import to_wire
from movierec.dynamo.table import Row

T = TypeVar("T")

logger = logging.getLogger(__name__)

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


def put_where_nothing_is(row: Row) -> bool:
    """Writes a row by one conditional PutItem; False, and nothing written, where there is a live one with content."""
    request: dict[str, Any] = {
        "TableName": CachedMedia.Meta.table_name,
        "Item": to_wire(row),
        "ConditionExpression": "attribute_not_exists(mediaId) OR #missing = :true OR expiresAt <= :now",
        # DynamoDB reserves the word.
        "ExpressionAttributeNames": {"#missing": "missing"},
        "ExpressionAttributeValues": to_wire({":true": True, ":now": time()}),
    }
    try:
        shared_connection().client.put_item(**request)
    except ClientError as error:
        if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
            raise
        return False
    return True


def put_row(row: Row) -> None:
    """Writes a row, replacing an earlier one, by one request."""
    for _ in CachedMedia.put_rows([row]):
        pass


def read_packed(unpacked: Callable[[bytes], T], row: Row, attribute: str) -> T | None:
    """What a row keeps in a compressed attribute; None where it cannot be read."""
    content = row.get(attribute)
    if not isinstance(content, bytes):
        return None
    try:
        return unpacked(content)
    except DetailsDamaged as error:
        logger.warning("The %s of %s %s: %s", attribute, row["mediaType"], row["mediaId"], error)
        return None
