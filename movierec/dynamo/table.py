"""The base of every table: PynamoDB models on the shared connection, and reads of plain values.

Reads that feed JSON do not build a model a row: they take the raw attribute map and turn it into plain Python
values. That is faster and does not break on rows that an older service wrote with other types.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError
from pynamodb.connection import TableConnection
from pynamodb.connection.base import MetaTable
from pynamodb.exceptions import PutError, UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.models import Model

from movierec.dynamo.backoff import Backoff
from movierec.dynamo.connection import shared_connection
from movierec.dynamo.plain import Plain, to_plain, to_wire

Row = dict[str, Plain]

# DynamoDB's own limits on one request.
BATCH_WRITE_ROWS = 25
_BUSY = frozenset({"ProvisionedThroughputExceededException", "ThrottlingException"})


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows and the key to go on after, None at the end."""

    rows: list[Row]
    last_key: Row | None


@dataclass(frozen=True, slots=True)
class Count:
    """How many rows there are: `number`, or more than that."""

    number: int
    more: bool

    def __str__(self) -> str:
        return f"more than {self.number:,}" if self.more else f"{self.number:,}"


class _SharedTableConnection(TableConnection):
    """A table's view of the shared connection instead of a connection of its own."""

    def __init__(self, table_name: str, meta_table: MetaTable) -> None:
        self.table_name = table_name
        self.connection = shared_connection()
        if table_name not in self.connection._tables:
            self.connection.add_meta_table(meta_table)


class BaseTable(Model):
    """A PynamoDB model whose calls go through the process's one connection."""

    @classmethod
    def _get_connection(cls) -> TableConnection:
        if cls._connection is None:
            cls._connection = _SharedTableConnection(cls.Meta.table_name, cls._meta_table())
        return cls._connection

    @classmethod
    def _meta_table(cls) -> MetaTable:
        schema = cls._get_schema()
        indexes = [
            {"IndexName": index["index_name"], "KeySchema": index["key_schema"]}
            for index in schema["global_secondary_indexes"]
        ]
        return MetaTable(
            {
                "TableName": cls.Meta.table_name,
                "KeySchema": schema["key_schema"],
                "AttributeDefinitions": schema["attribute_definitions"],
                "GlobalSecondaryIndexes": indexes,
            }
        )

    @classmethod
    def query_page(  # noqa: PLR0913  (Query has that many choices, all by name)
        cls,
        hash_key: str,
        *,
        range_condition: Condition | None = None,
        filter_condition: Condition | None = None,
        index: str | None = None,
        newest_first: bool = False,
        limit: int | None = None,
        after: Mapping[str, Plain] | None = None,
        attributes: Sequence[str] | None = None,
        consistent: bool = False,
    ) -> Page:
        """One Query request as plain rows: at most `limit` rows or 1 MB, in key order or its reverse.

        `attributes` names the only ones to fetch, all without it.
        """
        data = cls._get_connection().query(
            hash_key,
            range_key_condition=range_condition,
            filter_condition=filter_condition,
            index_name=index,
            scan_index_forward=not newest_first,
            limit=limit,
            exclusive_start_key=to_wire(after) if after else None,
            attributes_to_get=list(attributes) if attributes else None,
            consistent_read=consistent,
        )
        return _page(data)

    @classmethod
    def query_all(cls, hash_key: str, **options: Any) -> list[Row]:
        """Every row of a key condition, page after page; for partitions known to be small."""
        page = cls.query_page(hash_key, **options)
        rows = page.rows
        while page.last_key is not None:
            page = cls.query_page(hash_key, **{**options, "after": page.last_key})
            rows.extend(page.rows)
        return rows

    @classmethod
    def count_rows(
        cls, hash_key: str, *, most: int, range_condition: Condition | None = None, index: str | None = None
    ) -> Count:
        """Counts the rows of a key condition up to `most` by one Query, which ends at 1 MB of rows as well."""
        data = cls._get_connection().query(
            hash_key, range_key_condition=range_condition, index_name=index, limit=most + 1, select="COUNT"
        )
        found = int(data["Count"])
        return Count(min(found, most), more=found > most or "LastEvaluatedKey" in data)

    @classmethod
    def update_row(
        cls, hash_key: str, range_key: str, actions: Sequence[Action], condition: Condition | None = None
    ) -> Row:
        """One UpdateItem that makes the row if it is absent; answers the whole row as it is stored then.

        Raises PynamoDB's UpdateError, also where the condition does not hold.
        """
        data = cls._get_connection().update_item(
            hash_key, range_key=range_key, actions=actions, condition=condition, return_values="ALL_NEW"
        )
        return to_plain(data["Attributes"])

    @classmethod
    def update_row_if(
        cls, hash_key: str, range_key: str, actions: Sequence[Action], condition: Condition
    ) -> Row | None:
        """One UpdateItem as `update_row` makes it; None, and nothing written, where the condition does not hold."""
        try:
            return cls.update_row(hash_key, range_key, actions, condition)
        except UpdateError as error:
            if error.cause_response_code != "ConditionalCheckFailedException":
                raise
            return None

    @classmethod
    def put_row(cls, row: Mapping[str, Plain]) -> None:
        """One PutItem of a row, replacing the one with its key. Raises PynamoDB's PutError."""
        cls._put_item(row)

    @classmethod
    def put_row_if(cls, row: Mapping[str, Plain], condition: Condition, *, patient: bool = False) -> bool:
        """One PutItem of a row; False, and nothing written, where the condition does not hold.

        `patient`, for jobs, asks again with growing pauses while DynamoDB is too busy, and raises TimeoutError when
        that never ends. Raises PynamoDB's PutError for other faults.
        """
        backoff = Backoff()
        while True:
            try:
                cls._put_item(row, condition)
            except PutError as error:
                if error.cause_response_code == "ConditionalCheckFailedException":
                    return False
                if not patient or error.cause_response_code not in _BUSY:
                    raise
                backoff.wait("PutItem")
            else:
                return True

    @classmethod
    def _put_item(cls, row: Mapping[str, Plain], condition: Condition | None = None) -> None:
        # By their kind: PynamoDB has them in the order of their names.
        keys = {key["KeyType"]: row[key["AttributeName"]] for key in cls._get_schema()["key_schema"]}
        cls._get_connection().put_item(keys["HASH"], keys.get("RANGE"), attributes=to_wire(row), condition=condition)

    def save_if(self, condition: Condition) -> tuple[Row, bool]:
        """One PutItem of the row; answers what is in its place now, and whether it is this.

        A condition that does not hold, as it has to where there is no row, leaves the earlier row in place.
        """
        request = self.get_save_kwargs_from_instance(condition, return_values_on_condition_failure="ALL_OLD")
        try:
            # Not by dispatch, whose error leaves out the row.
            shared_connection().client.put_item(**request)
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
            return to_plain(error.response["Item"]), False
        return to_plain(request["Item"]), True

    @classmethod
    def get_row(cls, hash_key: str, range_key: str | None = None, *, consistent: bool = False) -> Row | None:
        """One row as plain values, None when there is none."""
        data = cls._get_connection().get_item(hash_key, range_key, consistent_read=consistent)
        return to_plain(data["Item"]) if "Item" in data else None

    @classmethod
    def get_rows(
        cls, keys: Sequence[Mapping[str, Plain]], *, attributes: Sequence[str] = (), consistent: bool = False
    ) -> list[Row]:
        """The rows of up to 100 distinct keys in one request (repeated only for what DynamoDB left over).

        The order is DynamoDB's, not that of the keys. `attributes` names the only ones to fetch, all without it.
        """
        wanted = [to_wire(key) for key in keys]
        chosen = _projection(attributes)
        backoff = Backoff()
        rows: list[Row] = []
        while wanted:
            request = {"RequestItems": {cls.Meta.table_name: {"Keys": wanted, "ConsistentRead": consistent, **chosen}}}
            data = shared_connection().dispatch("BatchGetItem", request)
            rows.extend(to_plain(item) for item in data["Responses"].get(cls.Meta.table_name, []))
            wanted = data.get("UnprocessedKeys", {}).get(cls.Meta.table_name, {}).get("Keys", [])
            if wanted:
                backoff.wait("BatchGetItem")
        return rows

    @classmethod
    def put_rows(cls, rows: Iterable[Mapping[str, Plain]]) -> Iterator[int]:
        """Writes rows 25 a request, replacing those with the same key; yields the count of each written batch.

        Of rows with one key in a batch the last counts, since DynamoDB refuses such a batch. What DynamoDB
        leaves unprocessed is sent again with growing pauses; raises TimeoutError when it never ends.
        """
        names = cls._key_names()
        batch: dict[tuple[Plain, ...], Mapping[str, Plain]] = {}
        for row in rows:
            batch[tuple(row[name] for name in names)] = row
            if len(batch) == BATCH_WRITE_ROWS:
                yield cls._put_batch(batch.values())
                batch = {}
        if batch:
            yield cls._put_batch(batch.values())

    @classmethod
    def _put_batch(cls, rows: Collection[Mapping[str, Plain]]) -> int:
        cls._write_batch([{"PutRequest": {"Item": to_wire(row)}} for row in rows])
        return len(rows)

    @classmethod
    def delete_rows(cls, rows: Iterable[Mapping[str, Plain]]) -> None:
        """Deletes the rows with the keys of these, 25 a request; other attributes do not matter.

        What is not there is no error. Raises TimeoutError as `put_rows` does.
        """
        names = cls._key_names()
        keys = {tuple(row[name] for name in names): {name: row[name] for name in names} for row in rows}
        requests = [{"DeleteRequest": {"Key": to_wire(key)}} for key in keys.values()]
        for start in range(0, len(requests), BATCH_WRITE_ROWS):
            cls._write_batch(requests[start : start + BATCH_WRITE_ROWS])

    @classmethod
    def _key_names(cls) -> list[str]:
        return [key["AttributeName"] for key in cls._get_schema()["key_schema"]]

    @classmethod
    def _write_batch(cls, requests: list[dict[str, Any]]) -> None:
        backoff = Backoff()
        waiting = requests
        while waiting:
            data = shared_connection().dispatch("BatchWriteItem", {"RequestItems": {cls.Meta.table_name: waiting}})
            waiting = data.get("UnprocessedItems", {}).get(cls.Meta.table_name, [])
            if waiting:
                backoff.wait("BatchWriteItem")

    @classmethod
    def scan_rows(cls, attributes: Sequence[str] | None = None) -> Iterator[Row]:
        """Every row of the table, page by page. For jobs only, never behind a request of a user."""
        after = None
        while True:
            data = cls._get_connection().scan(
                attributes_to_get=list(attributes) if attributes else None, exclusive_start_key=after
            )
            yield from (to_plain(item) for item in data["Items"])
            after = data.get("LastEvaluatedKey")
            if not after:
                return


def _projection(attributes: Sequence[str]) -> dict[str, Any]:
    """The parameters that name the attributes to fetch, which may be words that DynamoDB reserves."""
    if not attributes:
        return {}
    names = {f"#{i}": name for i, name in enumerate(attributes)}
    return {"ProjectionExpression": ", ".join(names), "ExpressionAttributeNames": names}


def _page(data: Mapping[str, Any]) -> Page:
    last_key = data.get("LastEvaluatedKey")
    return Page([to_plain(item) for item in data["Items"]], to_plain(last_key) if last_key else None)
