"""Titles as their source tells them, stored: never over what was fetched later, and with what it does not tell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from botocore.exceptions import ClientError
from pynamodb.expressions.operand import Path

from apps.media.keeping import kept_until
from apps.media.models import CachedMedia
from apps.media.titles import CatalogueTitle, FullTitle, TitleKey, full_to_row
from movierec.dynamo.backoff import Backoff
from movierec.dynamo.connection import shared_connection
from movierec.dynamo.plain import to_wire
from movierec.timestamps import now_text, timestamp

# What another source told of a title and TMDB does not; recommendations ask for it.
FACTS_KEPT: Final = ("acclaim", "renown", "services")
# When the source last said that it has no such title, in a row of another source.
NOT_AT_SOURCE: Final = "notAtSourceAt"
_THROTTLED: Final = frozenset({"ProvisionedThroughputExceededException", "ThrottlingException"})


def store_title(title: FullTitle, earlier: CatalogueTitle | None) -> bool:
    """Writes a title by one conditional PutItem; False, and nothing written, where a fresher one is stored.

    `earlier` are the facts that were there before. Raises TimeoutError where DynamoDB is too busy all the time.
    """
    facts = title.facts
    assert facts.refreshed_at is not None
    kept = {name: getattr(earlier, name) for name in FACTS_KEPT if not getattr(facts, name)} if earlier else {}
    row = full_to_row(replace(title, facts=replace(facts, **kept)), now_text())
    request: dict[str, Any] = {
        "TableName": CachedMedia.Meta.table_name,
        "Item": to_wire({**row, "expiresAt": kept_until(facts.refreshed_at)}),
        "ConditionExpression": "attribute_not_exists(refreshedAt) OR refreshedAt <= :mine",
        "ExpressionAttributeValues": to_wire({":mine": facts.refreshed_at}),
    }
    return _put(request)


def _put(request: Mapping[str, Any]) -> bool:
    backoff = Backoff()
    while True:
        try:
            shared_connection().client.put_item(**request)
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code == "ConditionalCheckFailedException":
                return False
            if code not in _THROTTLED:
                raise
            backoff.wait("PutItem of a title")
        else:
            return True


def note_absence(key: TitleKey, now: datetime) -> bool:
    """Notes in the row of another source that ours has no such title; False, and no row touched, for all others."""
    media_type, media_id = key
    foreign = Path("source").exists() & Path("refreshedAt").does_not_exist()
    noted = [Path(NOT_AT_SOURCE).set(timestamp(now))]
    return CachedMedia.update_row_if(str(media_id), media_type, noted, foreign) is not None
