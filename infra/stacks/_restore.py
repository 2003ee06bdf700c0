"""The runbook that restores a table to a point in time, and the role that it works with."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from troposphere.ssm import Document

from infra import names
from infra.config import Config
from infra.declared.tables import TABLES
from infra.stack import Stack, Value, arn_of
from infra.stacks._keys import for_role
from infra.stacks._roles import add_role

SCRIPT: Final = Path(__file__).parent.parent / "runbooks" / "restore_table.py"
_COPY: Final = "{{ TableName }}-restored"
# What DynamoDB does in the role's name while it fills the copy.
_FILL: Final = ("BatchWriteItem", "DeleteItem", "GetItem", "PutItem", "Query", "Scan", "UpdateItem")
_SET: Final = ("DescribeTable", "DescribeTimeToLive", "UpdateContinuousBackups", "UpdateTable", "UpdateTimeToLive")
_DESCRIPTION: Final = """\
Restores a table to a second of the last 35 days, into a new table with `-restored` behind its name, and switches on
the new table's point-in-time recovery, deletion protection and expiry. The table itself stays as it is.

Start it with the table's name and the time in UTC. The last step's output says what to do next. Tags, alarms and
automatic capacity are not restored.
"""


def add_runbook(stack: Stack, key: Value | None) -> None:
    """The runbook, which an operator starts, and its role. `key` seals the tables, where it is ours."""
    role = add_role(stack, "RestoreRole", "restore", "ssm", {"restore": _statements(stack.config, key)})
    stack.add(
        Document(
            "RestoreTable",
            Name=names.stack_name(stack.config, "restore-table"),
            DocumentType="Automation",
            DocumentFormat="JSON",
            UpdateMethod="NewVersion",
            Content=_content(stack.config, arn_of(role)),
        )
    )


def _content(config: Config, role: Value) -> dict[str, Any]:
    return {
        "schemaVersion": "0.3",
        "description": _DESCRIPTION,
        "assumeRole": role,
        "parameters": {
            "TableName": {
                "type": "String",
                "description": "The table that lost something",
                "allowedValues": [table.name_in(config) for table in TABLES],
            },
            "RestoreDateTime": {
                "type": "String",
                "description": "The moment to go back to, in UTC, such as 2026-02-28T12:00:00Z",
                "allowedPattern": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$",
            },
        },
        "mainSteps": [_script("restore", RestoreDateTime="{{ RestoreDateTime }}"), _wait(), _protect()],
        "outputs": ["protect.Next"],
    }


def _script(function: str, **more: str) -> dict[str, Any]:
    return {
        "name": function,
        "action": "aws:executeScript",
        "inputs": {
            "Runtime": "python3.11",
            "Handler": function,
            "InputPayload": {"TableName": "{{ TableName }}", "NewTableName": _COPY, **more},
            "Script": SCRIPT.read_text(encoding="utf-8"),
        },
    }


def _wait() -> dict[str, Any]:
    return {
        "name": "wait",
        "action": "aws:waitForAwsResourceProperty",
        # A large table takes hours.
        "timeoutSeconds": 43_200,
        "inputs": {
            "Service": "dynamodb",
            "Api": "DescribeTable",
            "TableName": _COPY,
            "PropertySelector": "$.Table.TableStatus",
            "DesiredValues": ["ACTIVE"],
        },
    }


def _protect() -> dict[str, Any]:
    # DynamoDB refuses at first, while it prepares the new table's backups or is still changing it.
    step = {**_script("protect"), "maxAttempts": 10, "isEnd": True}
    return {**step, "outputs": [{"Name": "Next", "Selector": "$.Payload.next", "Type": "String"}]}


def _statements(config: Config, key: Value | None) -> list[dict[str, Any]]:
    tables = [table.name_in(config) for table in TABLES]
    sources = [names.arn("dynamodb", f"table/{name}") for name in tables]
    copies = [names.arn("dynamodb", f"table/{name}-restored") for name in tables]
    return [
        {
            "Effect": "Allow",
            "Action": ["dynamodb:DescribeTimeToLive", "dynamodb:RestoreTableToPointInTime"],
            "Resource": sources,
        },
        {
            "Effect": "Allow",
            "Action": [f"dynamodb:{action}" for action in ("RestoreTableToPointInTime", *_SET, *_FILL)],
            "Resource": copies,
        },
        *for_role([] if key is None else [key], "dynamodb"),
    ]
