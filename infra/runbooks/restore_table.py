"""What the runbook `restore-table` runs in SSM Automation; the stack `security` puts this file's text into it.

AWS calls `restore`, waits until the new table is active, and calls `protect`.
"""

from __future__ import annotations

from typing import Any

import boto3


def restore(events: dict[str, str], _context: Any) -> None:
    """Starts a copy of the table as it was at a time; what the table holds now stays untouched.

    `events` has TableName, NewTableName and RestoreDateTime (UTC, such as 2026-02-28T12:00:00Z).
    """
    boto3.client("dynamodb").restore_table_to_point_in_time(
        SourceTableName=events["TableName"],
        TargetTableName=events["NewTableName"],
        RestoreDateTime=events["RestoreDateTime"],
    )


def protect(events: dict[str, str], _context: Any) -> dict[str, str]:
    """Switches on what DynamoDB does not restore, and answers what is to be done next. May be called again."""
    client = boto3.client("dynamodb")
    table, copy = events["TableName"], events["NewTableName"]
    client.update_continuous_backups(
        TableName=copy, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
    )
    client.update_table(TableName=copy, DeletionProtectionEnabled=True)
    expiry = client.describe_time_to_live(TableName=table)["TimeToLiveDescription"]
    done = client.describe_time_to_live(TableName=copy)["TimeToLiveDescription"]
    if expiry["TimeToLiveStatus"] == "ENABLED" and done["TimeToLiveStatus"] == "DISABLED":
        client.update_time_to_live(
            TableName=copy,
            TimeToLiveSpecification={"AttributeName": expiry["AttributeName"], "Enabled": True},
        )
    return {"next": _next(table, copy)}


def _next(table: str, copy: str) -> str:
    return (
        f"{copy} holds {table} as it was. 1. Look at the rows that were lost or spoiled there. "
        f"2. Copy them into {table}; the service reads no other table. "
        f"3. Switch off the deletion protection of {copy}, and delete it."
    )
