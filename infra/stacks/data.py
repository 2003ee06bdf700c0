"""The tables."""

from __future__ import annotations

from typing import Any, Final

from troposphere import Ref, Sub
from troposphere.applicationautoscaling import (
    PredefinedMetricSpecification,
    ScalableTarget,
    ScalingPolicy,
    TargetTrackingScalingPolicyConfiguration,
)
from troposphere.dynamodb import (
    AttributeDefinition,
    GlobalSecondaryIndex,
    KeySchema,
    PointInTimeRecoverySpecification,
    Projection,
    ProvisionedThroughput,
    SSESpecification,
    TimeToLiveSpecification,
)
from troposphere.dynamodb import Table as TableResource

from infra import names
from infra.config import Config
from infra.declared.tables import TABLES, Table
from infra.stack import Stack, Value, arn_of
from infra.stacks._keys import key_of
from infra.stacks._reasons import NO_CMK

# DynamoDB can go back to any second of these days; it is the longest there is.
_RECOVERY_DAYS: Final = 35
# How far provisioned capacity may go, in units, and how much of it is to be in use, in percent.
_LEAST, _MOST, _TARGET = 1, 50, 70.0


def build(config: Config) -> Stack:
    """The tables, or only their names where they exist already."""
    stack = Stack(config, "data", config.region, "The tables of MovieRec")
    for table in TABLES:
        if config.data == "create":
            made = _table(stack, table)
            _publish(stack, table, Ref(made), arn_of(made))
            if config.capacity == "provisioned":
                _scale(stack, table)
        else:
            name = table.name_in(config)
            _publish(stack, table, name, names.arn("dynamodb", f"table/{name}"))
    return stack


def _publish(stack: Stack, table: Table, name: Value, arn: Value) -> None:
    stack.publish(f"{table.key}-table-name", name, f"The name of the table {table.key}")
    stack.publish(f"{table.key}-table-arn", arn, f"The ARN of the table {table.key}")


def _table(stack: Stack, table: Table) -> TableResource:
    made = TableResource(
        _title(table),
        TableName=table.name_in(stack.config),
        AttributeDefinitions=[
            AttributeDefinition(AttributeName=name, AttributeType="S") for name in _key_attributes(table)
        ],
        KeySchema=_keys(table.hash, table.sort),
        PointInTimeRecoverySpecification=PointInTimeRecoverySpecification(
            PointInTimeRecoveryEnabled=True, RecoveryPeriodInDays=_RECOVERY_DAYS
        ),
        SSESpecification=_encryption(stack),
        DeletionProtectionEnabled=True,
        DeletionPolicy="Retain",
        UpdateReplacePolicy="Retain",
        **_capacity(stack.config, in_table=True),
    )
    if table.indexes:
        made.GlobalSecondaryIndexes = [
            GlobalSecondaryIndex(
                IndexName=index.name,
                KeySchema=_keys(index.hash, index.sort),
                Projection=Projection(ProjectionType="ALL"),
                **_capacity(stack.config, in_table=False),
            )
            for index in table.indexes
        ]
    if table.expiry:
        made.TimeToLiveSpecification = TimeToLiveSpecification(AttributeName=table.expiry, Enabled=True)
    if not stack.config.is_on("cmk"):
        stack.suppress(made, NO_CMK)
    stack.add(made)
    return made


def _title(table: Table) -> str:
    return f"{_words(table.key)}Table"


def _words(name: str) -> str:
    return "".join(word.capitalize() for word in name.split("-"))


def _key_attributes(table: Table) -> list[str]:
    """The attributes that are keys of the table or of an index; DynamoDB takes no others in their definitions."""
    found = [table.hash, table.sort]
    for index in table.indexes:
        found += [index.hash, index.sort]
    return list(dict.fromkeys(name for name in found if name))


def _keys(hash_key: str, sort_key: str) -> list[KeySchema]:
    keys = [KeySchema(AttributeName=hash_key, KeyType="HASH")]
    return [*keys, KeySchema(AttributeName=sort_key, KeyType="RANGE")] if sort_key else keys


def _encryption(stack: Stack) -> SSESpecification:
    key = key_of(stack, "security")
    if key is None:
        return SSESpecification(SSEEnabled=True)
    return SSESpecification(SSEEnabled=True, SSEType="KMS", KMSMasterKeyId=key)


def _capacity(config: Config, *, in_table: bool) -> dict[str, Any]:
    """Properties of a table or of one of its indexes; only the table says how it is paid for."""
    if config.capacity == "provisioned":
        units = {"ProvisionedThroughput": ProvisionedThroughput(ReadCapacityUnits=_LEAST, WriteCapacityUnits=_LEAST)}
        return {"BillingMode": "PROVISIONED", **units} if in_table else units
    return {"BillingMode": "PAY_PER_REQUEST"} if in_table else {}


def _scale(stack: Stack, table: Table) -> None:
    _scale_one(stack, table, part="", path="", kind="table")
    for index in table.indexes:
        _scale_one(stack, table, part=_words(index.name), path=f"/index/{index.name}", kind="index")


def _scale_one(stack: Stack, table: Table, *, part: str, path: str, kind: str) -> None:
    for way in ("Read", "Write"):
        title = f"{_title(table)}{part}{way}"
        target = ScalableTarget(
            f"{title}Target",
            ServiceNamespace="dynamodb",
            ResourceId=Sub(f"table/${{{_title(table)}}}{path}"),
            ScalableDimension=f"dynamodb:{kind}:{way}CapacityUnits",
            MinCapacity=_LEAST,
            MaxCapacity=_MOST,
        )
        stack.add(target)
        stack.add(_policy(f"{title}Policy", target, f"DynamoDB{way}CapacityUtilization"))


def _policy(title: str, target: ScalableTarget, metric: str) -> ScalingPolicy:
    return ScalingPolicy(
        title,
        PolicyName=title,
        PolicyType="TargetTrackingScaling",
        ScalingTargetId=Ref(target),
        TargetTrackingScalingPolicyConfiguration=TargetTrackingScalingPolicyConfiguration(
            TargetValue=_TARGET,
            PredefinedMetricSpecification=PredefinedMetricSpecification(PredefinedMetricType=metric),
        ),
    )
