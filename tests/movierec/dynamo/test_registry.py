"""How the tables come into being."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import moto
import pytest
from botocore.exceptions import ClientError
from django.conf import settings

from apps.media.models import CachedMedia
from movierec.dynamo.connection import shared_connection
from movierec.dynamo.registry import create_missing_tables, table_definition, tables

Calls = list[tuple[str, dict[str, Any]]]
NAMES = ["movierec-local-data-table", "UserPreferences", "Favourites", "Watchlist", "MovieRecCache"]


def described(name: str) -> dict[str, Any]:
    return dict(shared_connection().client._make_api_call("DescribeTable", {"TableName": name})["Table"])


@pytest.fixture
def nothing() -> Any:
    """DynamoDB without a table."""
    with moto.mock_aws():
        yield


def test_they_are_the_settings_tables() -> None:
    assert [table.Meta.table_name for table in tables()] == NAMES
    assert sorted(settings.TABLE_NAMES.values()) == sorted(NAMES)


def test_all_are_made_once(nothing: None, answer_for_dynamodb: Callable[[Any], None]) -> None:
    assert list(create_missing_tables()) == [(name, True) for name in NAMES]
    before = [described(name) for name in NAMES]
    operations: list[str] = []
    answer_for_dynamodb(lambda operation, _: operations.append(operation))
    assert list(create_missing_tables()) == [(name, False) for name in NAMES]
    assert operations == ["ListTables", "DescribeTimeToLive", "DescribeTimeToLive"]
    assert [described(name) for name in NAMES] == before


def test_one_that_is_missing_is_made_and_the_others_stay(tables: None, answer_for_dynamodb: Any) -> None:
    shared_connection().dispatch("DeleteTable", {"TableName": "Watchlist"})
    assert list(create_missing_tables()) == [(name, name == "Watchlist") for name in NAMES]


def test_names_are_read_over_all_pages(nothing: None, dynamodb_calls: Calls) -> None:
    key = {"KeySchema": [{"AttributeName": "k", "KeyType": "HASH"}]}
    attributes = {"AttributeDefinitions": [{"AttributeName": "k", "AttributeType": "S"}]}
    for number in range(105):
        definition = {"TableName": f"A{number:03}", **key, **attributes, "BillingMode": "PAY_PER_REQUEST"}
        shared_connection().dispatch("CreateTable", definition)
    list(create_missing_tables())
    dynamodb_calls.clear()
    assert list(create_missing_tables()) == [(name, False) for name in NAMES]
    assert [operation for operation, _ in dynamodb_calls] == [
        "ListTables",
        "ListTables",
        "DescribeTimeToLive",
        "DescribeTimeToLive",
    ]


def test_expiry_is_made_good_where_the_maker_was_stopped_before_it(nothing: None) -> None:
    definition = table_definition(CachedMedia)
    shared_connection().dispatch("CreateTable", definition)
    assert dict(create_missing_tables())[CachedMedia.Meta.table_name] is False
    described = shared_connection().client.describe_time_to_live(TableName=CachedMedia.Meta.table_name)
    expected = {"TimeToLiveStatus": "ENABLED", "AttributeName": "expiresAt"}
    assert described["TimeToLiveDescription"] == expected


def test_a_table_that_another_process_makes_at_the_same_time_is_waited_for(
    tables: None, answer_for_dynamodb: Callable[[Any], None]
) -> None:
    # The list still lacks the tables, as it did a moment ago.
    answer_for_dynamodb(lambda operation, _: {"TableNames": []} if operation == "ListTables" else None)
    assert list(create_missing_tables()) == [(name, False) for name in NAMES]


def test_another_refusal_is_not_hidden(nothing: None, answer_for_dynamodb: Callable[[Any], None]) -> None:
    def refuse(operation: str, request: dict[str, Any]) -> None:
        if operation == "CreateTable":
            raise ClientError({"Error": {"Code": "LimitExceededException", "Message": "Too many."}}, operation)

    answer_for_dynamodb(refuse)
    with pytest.raises(ClientError, match="LimitExceededException"):
        list(create_missing_tables())


@pytest.mark.parametrize("name", NAMES)
def test_a_table_is_paid_by_request_and_has_its_hash_key_first(tables: None, name: str) -> None:
    found = described(name)
    assert found["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
    kinds = [key["KeyType"] for key in found["KeySchema"]]
    assert kinds == ["HASH", "RANGE"][: len(kinds)]
    for index in found.get("GlobalSecondaryIndexes", []):
        kinds = [key["KeyType"] for key in index["KeySchema"]]
        assert kinds == ["HASH", "RANGE"][: len(kinds)]


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("movierec-local-data-table", ["pk", "sk"]),
        ("UserPreferences", ["userId"]),
        ("Favourites", ["userId", "movieId"]),
        ("Watchlist", ["userId", "movieId"]),
        ("MovieRecCache", ["mediaId", "mediaType"]),
    ],
)
def test_keys_are_those_of_the_existing_service(tables: None, name: str, keys: list[str]) -> None:
    assert [key["AttributeName"] for key in described(name)["KeySchema"]] == keys


def test_only_key_attributes_are_declared() -> None:
    for table in tables():
        definition = table_definition(table)
        indexes = definition.get("GlobalSecondaryIndexes", [])
        keys = {key["AttributeName"] for place in [definition, *indexes] for key in place["KeySchema"]}
        assert {attribute["AttributeName"] for attribute in definition["AttributeDefinitions"]} == keys


@pytest.mark.parametrize("name", NAMES)
def test_rows_that_expire_do_so_by_one_attribute(tables: None, name: str) -> None:
    found = shared_connection().client._make_api_call("DescribeTimeToLive", {"TableName": name})
    expected = (
        {"TimeToLiveStatus": "ENABLED", "AttributeName": "expiresAt"}
        if name in ("movierec-local-data-table", "MovieRecCache")
        else {"TimeToLiveStatus": "DISABLED"}
    )
    assert found["TimeToLiveDescription"] == expected
