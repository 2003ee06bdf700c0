"""What the runbook runs, against a DynamoDB in memory."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import boto3
import moto
import pytest

from infra.runbooks import restore_table

NAMES = {"TableName": "Favourites", "NewTableName": "Favourites-restored"}


@pytest.fixture
def dynamodb(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A table with one row, which can go back in time and lets rows expire."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-north-1")
    with moto.mock_aws():
        client = boto3.client("dynamodb")
        _make(client, "Favourites")
        client.put_item(TableName="Favourites", Item={"userId": {"S": "user-1"}})
        client.update_continuous_backups(
            TableName="Favourites", PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
        )
        yield client


@pytest.fixture
def sent(dynamodb: Any) -> Iterator[list[tuple[str, Any]]]:
    """The operations that the runbook asks for, as they go over the wire; the DynamoDB in memory takes too much."""
    found: list[tuple[str, Any]] = []

    def note(params: dict[str, Any], model: Any, **_more: Any) -> None:
        found.append((model.name, json.loads(params["body"])))

    boto3.setup_default_session()
    boto3.DEFAULT_SESSION.events.register("before-call.dynamodb", note)
    yield found
    boto3.setup_default_session()


def _make(client: Any, name: str) -> None:
    client.create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "userId", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "userId", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )


def _let_expire(client: Any, table: str) -> None:
    client.update_time_to_live(TableName=table, TimeToLiveSpecification={"AttributeName": "expiresAt", "Enabled": True})


def _expiry(client: Any, table: str) -> dict[str, Any]:
    return dict(client.describe_time_to_live(TableName=table)["TimeToLiveDescription"])


def test_it_restores_into_a_new_table_and_leaves_the_old_one(dynamodb: Any, sent: list[tuple[str, Any]]) -> None:
    restore_table.restore({**NAMES, "RestoreDateTime": "2026-02-28T12:00:00Z"}, None)

    wanted = {
        "SourceTableName": "Favourites",
        "TargetTableName": "Favourites-restored",
        "RestoreDateTime": datetime(2026, 2, 28, 12, tzinfo=UTC).timestamp(),
    }
    assert sent == [("RestoreTableToPointInTime", wanted)]
    made = dynamodb.describe_table(TableName="Favourites-restored")["Table"]
    assert made["RestoreSummary"]["SourceTableArn"].endswith(":table/Favourites")
    assert dynamodb.scan(TableName="Favourites")["Count"] == 1


def test_it_protects_the_new_table_as_the_old_one_is(dynamodb: Any) -> None:
    _make(dynamodb, "Favourites-restored")
    _let_expire(dynamodb, "Favourites")

    answer = restore_table.protect(NAMES, None)

    backups = dynamodb.describe_continuous_backups(TableName="Favourites-restored")
    recovery = backups["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
    assert recovery["PointInTimeRecoveryStatus"] == "ENABLED"
    assert dynamodb.describe_table(TableName="Favourites-restored")["Table"]["DeletionProtectionEnabled"] is True
    assert _expiry(dynamodb, "Favourites-restored") == {"TimeToLiveStatus": "ENABLED", "AttributeName": "expiresAt"}
    assert answer["next"].startswith("Favourites-restored holds Favourites as it was. 1. ")


def test_rows_expire_only_where_they_did(dynamodb: Any) -> None:
    _make(dynamodb, "Favourites-restored")

    restore_table.protect(NAMES, None)

    assert _expiry(dynamodb, "Favourites-restored")["TimeToLiveStatus"] == "DISABLED"


def test_it_can_be_called_again_after_it_was_stopped(dynamodb: Any, sent: list[tuple[str, Any]]) -> None:
    _make(dynamodb, "Favourites-restored")
    _let_expire(dynamodb, "Favourites")

    first, second = restore_table.protect(NAMES, None), restore_table.protect(NAMES, None)

    assert first == second
    # DynamoDB refuses to switch on what is on.
    assert [name for name, _ in sent].count("UpdateTimeToLive") == 1
    assert dynamodb.describe_table(TableName="Favourites-restored")["Table"]["DeletionProtectionEnabled"] is True
