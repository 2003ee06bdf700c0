"""A DynamoDB and a user pool in memory, with an environment's tables."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import moto
import pytest

from infra import environments
from infra.config import Config
from infra.declared.tables import TABLES
from infra.deployment.aws import Aws
from infra.restoring.orders import Order, checked
from infra.restoring.restoring import Task
from tests.infra.deployment import small

NOW = datetime(2026, 1, 3, tzinfo=UTC)
MOMENT = "2026-01-02T03:04:00Z"
POOL_PARAMETER = "/movierec/dev/auth/user-pool-id"


class World:
    """An environment in memory: its door to AWS, and its people."""

    def __init__(self, aws: Aws) -> None:
        self.aws = aws
        self.dynamodb = aws.client("dynamodb")
        self.sent: list[tuple[str, dict[str, Any]]] = []
        self._be_as_aws()
        self.cognito = aws.client("cognito-idp")
        self.pool = self.cognito.create_user_pool(PoolName="people")["UserPool"]["Id"]
        aws.client("ssm").put_parameter(Name=POOL_PARAMETER, Value=self.pool, Type="String")
        for table in TABLES:
            self.make(table.name_in(aws.config), table.hash, table.sort)

    def _be_as_aws(self) -> None:
        """Has the memory answer as AWS does: tables have a history, and copies say of which moment they are."""
        moments: dict[str, Any] = {}
        events = self.dynamodb.meta.events

        def note(params: dict[str, Any], model: Any, **_more: Any) -> None:
            self.sent.append((model.name, json.loads(params["body"])))

        def remember(params: dict[str, Any], **_more: Any) -> None:
            moments[params["TargetTableName"]] = params["RestoreDateTime"]

        def date(parsed: dict[str, Any], **_more: Any) -> None:
            table = parsed.get("Table", {})
            if table.get("TableName") in moments:
                table["RestoreSummary"]["RestoreDateTime"] = moments[table["TableName"]]

        def reach_back(parsed: dict[str, Any], **_more: Any) -> None:
            recovery = parsed.get("ContinuousBackupsDescription", {}).get("PointInTimeRecoveryDescription", {})
            if recovery.get("PointInTimeRecoveryStatus") == "ENABLED":
                recovery["EarliestRestorableDateTime"] = NOW - timedelta(days=35)
                recovery["LatestRestorableDateTime"] = NOW - timedelta(minutes=5)

        events.register("before-call.dynamodb", note)
        events.register("provide-client-params.dynamodb.RestoreTableToPointInTime", remember)
        events.register("after-call.dynamodb.DescribeTable", date)
        events.register("after-call.dynamodb.DescribeContinuousBackups", reach_back)

    def make(self, name: str, *keys: str, **more: Any) -> None:
        kept = [key for key in keys if key]
        self.dynamodb.create_table(
            TableName=name,
            KeySchema=[
                {"AttributeName": key, "KeyType": kind} for key, kind in zip(kept, ("HASH", "RANGE"), strict=False)
            ],
            AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in kept],
            BillingMode="PAY_PER_REQUEST",
            **more,
        )
        self.dynamodb.update_continuous_backups(
            TableName=name, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
        )

    def person(self, name: str) -> str:
        attributes = [{"Name": "email", "Value": f"{name}@example.org"}]
        made = self.cognito.admin_create_user(UserPoolId=self.pool, Username=name, UserAttributes=attributes)
        return next(str(one["Value"]) for one in made["User"]["Attributes"] if one["Name"] == "sub")

    def put(self, table: str, **attributes: Any) -> None:
        self.dynamodb.put_item(TableName=table, Item=row(**attributes))

    def delete(self, table: str, **key: str) -> None:
        self.dynamodb.delete_item(TableName=table, Key=row(**key))

    def rows(self, table: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.dynamodb.scan(TableName=table)["Items"]
        return sorted(found, key=str)


def row(**attributes: Any) -> dict[str, Any]:
    """Texts and numbers as DynamoDB takes them."""
    return {name: {"N": str(one)} if isinstance(one, int) else {"S": one} for name, one in attributes.items()}


@pytest.fixture
def config() -> Config:
    return environments.load("dev")


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch, config: Config) -> Iterator[World]:
    for name in ("AWS_ENDPOINT_URL", "AWS_PROFILE", "AWS_DEFAULT_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    with moto.mock_aws():
        boto3.setup_default_session()
        yield World(Aws(config))
    boto3.setup_default_session()


def order_of(config: Config, table: str = "favourites", moment: str = MOMENT) -> Order:
    return checked(config, table, moment, now=NOW)


def task_of(world: World, table: str = "favourites", **more: Any) -> Task:
    """A restore to which everybody agrees, on a clock on which waits take no time."""
    return Task(world.aws, order_of(world.aws.config, table), agree=more.pop("agree", yes), clock=small.clock(), **more)


def yes(_question: str) -> bool:
    return True


def no(_question: str) -> bool:
    return False
