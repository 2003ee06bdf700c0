"""Reads tables from end to end, a page at a time."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator
from hashlib import blake2b
from typing import Any, Final

from botocore.exceptions import ClientError

from infra.declared.rows import Row
from infra.declared.tables import Table
from infra.deployment.aws import code_of
from infra.deployment.telling import Trouble, say
from infra.deployment.waiting import Clock, until

# The texts of the key attributes, in the order of the table's keys.
Key = tuple[str, ...]
_TELL_SECONDS: Final = 5.0
_PATIENCE_SECONDS: Final = 600
_THROTTLED: Final = ("ProvisionedThroughputExceededException", "ThrottlingException", "RequestLimitExceeded")
_DIGEST_BYTES: Final = 16


def pages(client: Any, name: str, clock: Clock) -> Iterator[list[Row]]:
    """The rows of a table, in pages as DynamoDB gives them, with a line now and then that tells how many they were.

    Waits where DynamoDB refuses to read faster. Raises Trouble where it does so for ten minutes.
    """
    start: dict[str, Any] = {}
    read, told_at = 0, clock.now()
    while True:
        page = _page(client, name, start, clock)
        read += len(page["Items"])
        if clock.now() - told_at >= _TELL_SECONDS:
            told_at = clock.now()
            say(f"  {read:,} rows of {name} are read.")
        yield page["Items"]
        if "LastEvaluatedKey" not in page:
            return
        start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}


def _page(client: Any, name: str, start: dict[str, Any], clock: Clock) -> dict[str, Any]:
    def read() -> dict[str, Any] | None:
        try:
            return dict(client.scan(TableName=name, ConsistentRead=True, **start))
        except ClientError as error:
            if code_of(error) in _THROTTLED:
                return None
            raise

    page = until(read, clock, _PATIENCE_SECONDS)
    if page is None:
        raise Trouble(f"DynamoDB refuses to read {name} for ten minutes: its capacity is too small. Raise it for now.")
    return page


def key_names(table: Table) -> tuple[str, ...]:
    """The names of a table's key attributes."""
    return (table.hash, table.sort) if table.sort else (table.hash,)


def key_of(table: Table, row: Row) -> Key:
    """The key of a row."""
    return tuple(str(row[name]["S"]) for name in key_names(table))


def as_sent(table: Table, key: Key) -> dict[str, dict[str, str]]:
    """A key as DynamoDB takes it."""
    return {name: {"S": text} for name, text in zip(key_names(table), key, strict=True)}


def digest(row: Row) -> bytes:
    """The same for rows with the same attributes, and for no others."""
    text = json.dumps(_plain(row), sort_keys=True, separators=(",", ":"))
    return blake2b(text.encode(), digest_size=_DIGEST_BYTES).digest()


def _plain(value: Any) -> Any:
    """A value as JSON can write it, with the members of sets in one order."""
    if isinstance(value, bytes):
        return b64encode(value).decode()
    if isinstance(value, dict):
        return {
            name: sorted(map(_plain, part)) if name in ("SS", "NS", "BS") else _plain(part)
            for name, part in value.items()
        }
    return [_plain(part) for part in value] if isinstance(value, list) else value
