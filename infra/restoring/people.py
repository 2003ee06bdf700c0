"""Who still has an account: what an erased person left in an old copy must not come back.

An erasure leaves no list of names behind, which would itself be a trace. But it removes the user from the pool, and
the pool gives no id a second time; and before it removes anything it marks its row among the deletions as begun.
"""

from __future__ import annotations

from typing import Any

from infra.config import Config
from infra.declared import rows, tables
from infra.deployment import parameters
from infra.deployment.aws import Aws
from infra.deployment.telling import Trouble


def living(aws: Aws) -> frozenset[str]:
    """The ids of the people who have an account of which no erasure has begun. Raises Trouble."""
    return frozenset(_in_pool(aws.client("cognito-idp"), pool_id(aws)) - _being_erased(aws))


def pool_id(aws: Aws) -> str:
    """The user pool of the environment. Raises Trouble where none is published."""
    config = aws.config
    if config.auth == "import":
        return config.user_pool_id
    name = f"/{config.domain}/{config.env}/auth/user-pool-id"
    found = parameters.stored(aws, [name], config.region).get(name)
    if found is None:
        raise Trouble(
            f"{name} is not published, so nobody can tell whose accounts were erased, and no rows of people are "
            f"copied. Run `python -m infra deploy --env {config.env} --stack auth` first."
        )
    return found


def _in_pool(client: Any, pool: str) -> set[str]:
    found: set[str] = set()
    for page in client.get_paginator("list_users").paginate(UserPoolId=pool, AttributesToGet=["sub"]):
        for user in page["Users"]:
            found.update(one["Value"] for one in user["Attributes"] if one["Name"] == "sub")
    return found


def _being_erased(aws: Aws) -> set[str]:
    found = (
        aws.client("dynamodb")
        .get_paginator("query")
        .paginate(
            TableName=_single(aws.config),
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": rows.DELETIONS}},
            ConsistentRead=True,
        )
    )
    return {row[rows.OWNER]["S"] for page in found for row in page["Items"] if rows.BEGUN in row}


def _single(config: Config) -> str:
    (table,) = (table for table in tables.TABLES if table.key == rows.SINGLE)
    return table.name_in(config)
