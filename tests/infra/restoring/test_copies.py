"""The restored table, as it is asked for over the wire."""

from __future__ import annotations

import re
from typing import Any

import pytest

from infra.deployment.telling import Trouble
from infra.restoring import copies
from tests.infra.deployment import small
from tests.infra.restoring.conftest import World, order_of

COPY = "Favourites-restored-202601020304"
WRITING = ("RestoreTableToPointInTime", "UpdateContinuousBackups", "UpdateTimeToLive", "UpdateTable", "DeleteTable")


def written(world: World) -> list[str]:
    return [name for name, _ in world.sent if name in WRITING]


def made(world: World, table: str = "favourites", moment: str = "2026-01-02T03:04:00Z") -> None:
    world.sent.clear()
    copies.make(world.aws, order_of(world.aws.config, table, moment), small.clock())


def described(world: World, name: str) -> dict[str, Any]:
    found: dict[str, Any] = world.dynamodb.describe_table(TableName=name)["Table"]
    return found


def test_it_is_filled_and_protected(world: World) -> None:
    world.put("Favourites", userId="1", movieId="movie-603")

    made(world)

    (asked,) = (body for name, body in world.sent if name == "RestoreTableToPointInTime")
    assert asked == {"SourceTableName": "Favourites", "TargetTableName": COPY, "RestoreDateTime": 1767323040.0}
    assert written(world) == ["RestoreTableToPointInTime", "UpdateContinuousBackups", "UpdateTable"]
    assert len(world.rows(COPY)) == 1
    assert described(world, COPY)["DeletionProtectionEnabled"] is True
    backups = world.dynamodb.describe_continuous_backups(TableName=COPY)["ContinuousBackupsDescription"]
    assert backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED"
    assert backups["PointInTimeRecoveryDescription"]["RecoveryPeriodInDays"] == 35


def test_rows_of_the_copy_expire_where_those_of_the_table_do(world: World) -> None:
    made(world, "data")

    copy = "movierec-dev-data-table-restored-202601020304"
    assert world.dynamodb.describe_time_to_live(TableName=copy)["TimeToLiveDescription"] == {
        "TimeToLiveStatus": "ENABLED",
        "AttributeName": "expiresAt",
    }


def test_a_second_run_uses_what_is_there(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    made(world, "data")
    made(world, "data")

    assert written(world) == []
    assert "is there from an earlier run and is used." in capsys.readouterr().out


def test_a_run_that_was_killed_before_the_protection_goes_on(world: World) -> None:
    order = order_of(world.aws.config, "data")
    world.dynamodb.restore_table_to_point_in_time(
        SourceTableName=order.live, TargetTableName=order.copy, RestoreDateTime=order.moment
    )

    made(world, "data")

    assert written(world) == ["UpdateContinuousBackups", "UpdateTimeToLive", "UpdateTable"]


def test_it_is_sealed_with_the_tables_own_key(world: World) -> None:
    key = world.aws.client("kms").create_key()["KeyMetadata"]["Arn"]
    sealed = {"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": key}
    world.dynamodb.delete_table(TableName="Favourites")
    world.make("Favourites", "userId", "movieId", SSESpecification=sealed)

    made(world)

    (asked,) = (body for name, body in world.sent if name == "RestoreTableToPointInTime")
    assert asked["SSESpecificationOverride"] == sealed


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        ("2025-11-28T23:59:59Z", "from 2025-11-29 00:00:00 UTC to 2026-01-02 23:55:00 UTC, and 2025-11-28 23:59:59"),
        ("2026-01-02T23:55:01Z", "DynamoDB is some five minutes behind: wait, or name an earlier moment."),
    ],
)
def test_a_moment_out_of_reach_makes_nothing(world: World, moment: str, words: str) -> None:
    with pytest.raises(Trouble, match=re.escape(words)):
        made(world, moment=moment)

    assert written(world) == []


def test_a_table_without_recovery_is_said_to_have_copies_elsewhere(world: World) -> None:
    off = {"PointInTimeRecoveryEnabled": False}
    world.dynamodb.update_continuous_backups(TableName="Favourites", PointInTimeRecoverySpecification=off)

    with pytest.raises(Trouble, match=re.escape("docs/runbook.md, Restore from the vault")):
        made(world)


def test_a_table_that_was_deleted_is_said_to_have_a_last_backup(world: World) -> None:
    world.dynamodb.delete_table(TableName="Favourites")

    with pytest.raises(Trouble, match=re.escape("docs/runbook.md, A table was deleted")):
        made(world)


def test_a_table_of_the_same_name_and_another_moment_is_left_alone(world: World) -> None:
    order = order_of(world.aws.config)
    world.dynamodb.restore_table_to_point_in_time(
        SourceTableName="Watchlist", TargetTableName=order.copy, RestoreDateTime=order.moment
    )

    with pytest.raises(Trouble, match="was not filled with what Favourites held at 2026-01-02 03:04:00 UTC"):
        made(world)
    assert written(world) == []


def test_it_goes_although_it_was_protected(world: World) -> None:
    made(world)
    order = order_of(world.aws.config)

    copies.drop(world.aws, order, small.clock())
    copies.drop(world.aws, order, small.clock())

    assert copies.look(world.dynamodb, COPY) is None
    assert copies.look(world.dynamodb, "Favourites") is not None
