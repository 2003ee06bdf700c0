"""The list of tables, and how they come into being."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Event
from time import monotonic
from typing import Any

from botocore.exceptions import ClientError
from django.utils.module_loading import import_string

from movierec.dynamo.connection import shared_connection
from movierec.dynamo.table import BaseTable

TABLES = (
    "movierec.dynamo.data_table.DataRow",
    "apps.preferences.models.UserPreferences",
    "apps.lists.models.Favourite",
    "apps.lists.models.WatchlistEntry",
    "apps.media.models.CachedMedia",
)
CREATION_SECONDS = 60
POLL_SECONDS = 0.2


def tables() -> list[type[BaseTable]]:
    """The tables' models."""
    return [import_string(path) for path in TABLES]


def create_missing_tables() -> Iterator[tuple[str, bool]]:
    """Creates the tables that do not exist; yields each name and whether it was made now.

    Raises TimeoutError when a table does not become active within a minute.
    """
    present = set(_present_names())
    for table in tables():
        name = table.Meta.table_name
        made = name not in present and _create(table)
        _ensure_expiry(table)
        yield name, made


def _present_names() -> Iterator[str]:
    start = None
    while True:
        data = shared_connection().list_tables(exclusive_start_table_name=start)
        yield from data["TableNames"]
        start = data.get("LastEvaluatedTableName")
        if not start:
            return


def _create(table: type[BaseTable]) -> bool:
    """Creates a table and waits for it; False when another process was faster."""
    try:
        shared_connection().dispatch("CreateTable", table_definition(table))
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceInUseException":
            raise
        _wait_until_active(table.Meta.table_name)
        return False
    _wait_until_active(table.Meta.table_name)
    return True


def _ensure_expiry(table: type[BaseTable]) -> None:
    """Has DynamoDB delete expired rows, also of a table whose maker was stopped before it came to that."""
    attribute = _expiry_attribute(table)
    if attribute is None:
        return
    name = table.Meta.table_name
    # Not by dispatch, which adds a parameter that this operation does not have.
    described = shared_connection().client.describe_time_to_live(TableName=name)
    if described["TimeToLiveDescription"]["TimeToLiveStatus"] == "DISABLED":
        specification = {"AttributeName": attribute, "Enabled": True}
        shared_connection().dispatch("UpdateTimeToLive", {"TableName": name, "TimeToLiveSpecification": specification})


def table_definition(table: type[BaseTable]) -> dict[str, Any]:
    """The CreateTable request of a table: keys, indexes, on-demand capacity."""
    schema = table._get_schema()
    definition: dict[str, Any] = {
        "TableName": table.Meta.table_name,
        "KeySchema": _hash_first(schema["key_schema"]),
        "AttributeDefinitions": schema["attribute_definitions"],
        "BillingMode": "PAY_PER_REQUEST",
    }
    indexes = [
        {
            "IndexName": index["index_name"],
            "KeySchema": _hash_first(index["key_schema"]),
            "Projection": index["projection"],
        }
        for index in schema["global_secondary_indexes"]
    ]
    if indexes:
        definition["GlobalSecondaryIndexes"] = indexes
    return definition


def _hash_first(key_schema: list[Any]) -> list[Any]:
    """The order DynamoDB insists on; PynamoDB's is that of the attributes' names."""
    return sorted(key_schema, key=lambda element: str(element["KeyType"]))


def _expiry_attribute(table: type[BaseTable]) -> str | None:
    names = {attribute.attr_name for attribute in table.get_attributes().values()}
    return "expiresAt" if "expiresAt" in names else None


def _wait_until_active(name: str) -> None:
    deadline = monotonic() + CREATION_SECONDS
    while shared_connection().describe_table(name)["TableStatus"] != "ACTIVE":
        if monotonic() > deadline:
            raise TimeoutError(f"Table {name} was not ready after {CREATION_SECONDS} s; look at it in the console.")
        Event().wait(POLL_SECONDS)
