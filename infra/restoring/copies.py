"""The table that holds what another one held at a moment: made, protected like the other, and removed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from botocore.exceptions import ClientError

from infra.deployment.aws import Aws, code_of, is_missing
from infra.deployment.telling import Trouble, listed, say
from infra.deployment.waiting import Clock, until
from infra.restoring.orders import Order

# A large table takes hours.
FILL_SECONDS: Final = 12 * 3600
CHANGE_SECONDS: Final = 900
RECOVERY_DAYS: Final = 35
_TELL_SECONDS: Final = 60
# What DynamoDB answers while it is still at work on a table.
_BUSY: Final = ("ContinuousBackupsUnavailableException", "ResourceInUseException", "LimitExceededException")


def make(aws: Aws, order: Order, clock: Clock) -> None:
    """Has the table filled, unless it is there from an earlier run, and protects it. Raises Trouble."""
    client = aws.client("dynamodb")
    standing = look(client, order.copy)
    if standing is None:
        source = _source(client, order)
        _must_reach_back(aws, order)
        say(f"{order.copy} is being filled with what {order.live} held at {told(order.moment)}.")
        client.restore_table_to_point_in_time(
            SourceTableName=order.live,
            TargetTableName=order.copy,
            RestoreDateTime=order.moment,
            **_sealed_like(source),
        )
    else:
        _must_be_of(order, standing)
        say(f"{order.copy} is there from an earlier run and is used.")
    _wait(client, order.copy, clock)
    _protect(client, order, clock)


def look(client: Any, table: str) -> dict[str, Any] | None:
    """The description of a table; None where there is none."""
    try:
        return dict(client.describe_table(TableName=table)["Table"])
    except ClientError as error:
        if is_missing(error):
            return None
        raise


def told(moment: datetime) -> str:
    """A moment for people, in UTC."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def _source(client: Any, order: Order) -> dict[str, Any]:
    found = look(client, order.live)
    if found is None:
        raise Trouble(
            f"There is no table {order.live} here. One that was deleted comes back from the backup that DynamoDB made "
            "of it then: docs/runbook.md, A table was deleted."
        )
    return found


def _must_reach_back(aws: Aws, order: Order) -> None:
    if aws.is_local:
        say("The embedded AWS keeps no history: it copies the table as it is now.")
        return
    client = aws.client("dynamodb")
    described = client.describe_continuous_backups(TableName=order.live)["ContinuousBackupsDescription"]
    recovery = described.get("PointInTimeRecoveryDescription", {})
    if recovery.get("PointInTimeRecoveryStatus") != "ENABLED":
        raise Trouble(
            f"{order.live} has no point-in-time recovery. Restore its last copy of the backup vault instead: "
            "docs/runbook.md, Restore from the vault."
        )
    first, last = recovery["EarliestRestorableDateTime"], recovery["LatestRestorableDateTime"]
    if not first <= order.moment <= last:
        later = " DynamoDB is some five minutes behind: wait, or name an earlier moment." if order.moment > last else ""
        raise Trouble(
            f"{order.live} can go back to any second from {told(first)} to {told(last)}, and "
            f"{told(order.moment)} is not among them.{later}"
        )


def _sealed_like(source: Mapping[str, Any]) -> dict[str, Any]:
    """The key that seals the table in use. How it is paid for and its indexes DynamoDB takes over by itself."""
    sealed = source.get("SSEDescription", {})
    if sealed.get("SSEType") != "KMS" or "KMSMasterKeyArn" not in sealed:
        return {}
    key = {"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": sealed["KMSMasterKeyArn"]}
    return {"SSESpecificationOverride": key}


def _must_be_of(order: Order, standing: Mapping[str, Any]) -> None:
    """Raises Trouble where DynamoDB says that a table of this name was filled with something else."""
    summary = standing.get("RestoreSummary", {})
    held = summary.get("RestoreDateTime")
    source = summary.get("SourceTableArn", f"/{order.live}")
    if not source.endswith(f"/{order.live}") or (held and abs((held - order.moment).total_seconds()) >= 1):
        raise Trouble(
            f"There is a table {order.copy} already, and it was not filled with what {order.live} held at "
            f"{told(order.moment)}. Look what it is, and remove it or name another second."
        )


def _wait(client: Any, table: str, clock: Clock) -> None:
    begun = clock.now()
    minutes = 0

    def active() -> bool | None:
        nonlocal minutes
        found = look(client, table)
        if found is None:
            raise Trouble(f"{table} has gone while it was waited for.")
        passed = int((clock.now() - begun) // _TELL_SECONDS)
        if passed > minutes:
            minutes = passed
            say(f"  {table} is {found['TableStatus']}, for {minutes} min.")
        return True if found["TableStatus"] == "ACTIVE" else None

    if not until(active, clock, FILL_SECONDS):
        raise Trouble(f"{table} is not filled after 12 hours. DynamoDB goes on; the same command waits for it again.")


def _protect(client: Any, order: Order, clock: Clock) -> None:
    """Switches on what DynamoDB does not take over: recovery, expiry, protection against deletion."""
    for change in (_recover, _expire, _guard):
        if not until(lambda change=change: _tried(change, client, order), clock, CHANGE_SECONDS):  # type: ignore[misc]
            raise Trouble(f"DynamoDB is still at work on {order.copy}. The same command goes on from here.")
        _wait(client, order.copy, clock)
    own = ["point-in-time recovery", *(["expiry"] if order.table.expiry else []), "protection against deletion"]
    say(f"{order.copy} is there, with {listed(own)}.")


def _tried(change: Any, client: Any, order: Order) -> bool | None:
    try:
        change(client, order)
    except ClientError as error:
        if code_of(error) in _BUSY:
            return None
        raise
    return True


def _recover(client: Any, order: Order) -> None:
    described = client.describe_continuous_backups(TableName=order.copy)["ContinuousBackupsDescription"]
    if described.get("PointInTimeRecoveryDescription", {}).get("PointInTimeRecoveryStatus") == "ENABLED":
        return
    client.update_continuous_backups(
        TableName=order.copy,
        PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True, "RecoveryPeriodInDays": RECOVERY_DAYS},
    )


def _expire(client: Any, order: Order) -> None:
    if not order.table.expiry:
        return
    status = client.describe_time_to_live(TableName=order.copy)["TimeToLiveDescription"].get("TimeToLiveStatus")
    # DynamoDB refuses to switch on what is on, or about to be.
    if status in ("ENABLED", "ENABLING"):
        return
    client.update_time_to_live(
        TableName=order.copy,
        TimeToLiveSpecification={"AttributeName": order.table.expiry, "Enabled": True},
    )


def _guard(client: Any, order: Order) -> None:
    found = look(client, order.copy)
    if found is not None and not found.get("DeletionProtectionEnabled"):
        client.update_table(TableName=order.copy, DeletionProtectionEnabled=True)


def drop(aws: Aws, order: Order, clock: Clock) -> None:
    """Takes the protection from the restored table and removes it; nothing where it is gone already."""
    client = aws.client("dynamodb")
    if look(client, order.copy) is None:
        say(f"There is no table {order.copy}.")
        return
    _wait(client, order.copy, clock)
    client.update_table(TableName=order.copy, DeletionProtectionEnabled=False)
    _wait(client, order.copy, clock)
    client.delete_table(TableName=order.copy)
    gone = until(lambda: True if look(client, order.copy) is None else None, clock, CHANGE_SECONDS)
    say(f"{order.copy} is removed." if gone else f"{order.copy} is being removed; DynamoDB needs some minutes more.")
