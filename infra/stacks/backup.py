"""Copies of the tables that outlive them, and in prod a monthly proof that they can be restored.

Point-in-time recovery has every second of the last 35 days. These copies are for what that does not survive: the loss
of a table, of the region, or a mistake with the account. AWS Backup keeps each copy whole, so there is one a week; and
a test is paid for by the table, so it restores one.
"""

from __future__ import annotations

from typing import Any, Final

from troposphere import GetAtt, Ref, Sub
from troposphere.backup import (
    BackupPlan,
    BackupPlanResourceType,
    BackupRuleResourceType,
    BackupSelection,
    BackupSelectionResourceType,
    BackupVault,
    CopyActionResourceType,
    LifecycleResourceType,
    RestoreTestingPlan,
    RestoreTestingRecoveryPointSelection,
    RestoreTestingSelection,
)
from troposphere.iam import Role

from infra import names
from infra.config import Config
from infra.declared.tables import TABLES
from infra.stack import Stack, Value, arn_of
from infra.stacks import _keys
from infra.stacks._reasons import NO_CMK
from infra.stacks._roles import add_role

_KEPT_DAYS: Final = 35
# After the night's jobs of the service; a backup begins within the first number of minutes, and ends in the second.
_WEEKLY: Final = "cron(0 5 ? * SUN *)"
_START_MINUTES, _END_MINUTES = 60, 360
_MONTHLY: Final = "cron(0 7 1 * ? *)"
# Two Sundays, so that a backup that failed does not fail the test as well.
_TESTED_DAYS: Final = 14
# The single table: whatever is people's in it is nowhere else.
_TESTED: Final = "data"
# What AWS Backup does to a table, and to the copy of one that it restores.
_SAVE: Final = ("CreateBackup", "DescribeTable", "ListTagsOfResource", "StartAwsBackupJob")
_BACKUPS: Final = ("DeleteBackup", "DescribeBackup", "RestoreTableFromBackup")
_RESTORE: Final = (
    "BatchWriteItem",
    "DeleteItem",
    "DescribeTable",
    "GetItem",
    "PutItem",
    "Query",
    "RestoreTableFromAwsBackup",
    "Scan",
    "UpdateItem",
)


def build(config: Config) -> Stack:
    """The vault, the weekly copies, and in prod their test; imported tables are copied as well."""
    stack = Stack(config, "backup", config.region, "Copies of the tables of MovieRec")
    vault = _vault(stack, _keys.key_of(stack, "security"))
    role = _role(stack, vault)
    _plan(stack, vault, role)
    if config.is_prod:
        _restore_test(stack, vault, role)
    return stack


def build_copy(config: Config) -> Stack:
    """The vault in the second region. AWS's own key there seals it, which does not go down with the first region."""
    stack = Stack(config, "backup-copy", config.second_region, "Copies of the tables of MovieRec in a second region")
    _vault(stack, None)
    return stack


def is_copied(config: Config) -> bool:
    """Whether copies go to the second region."""
    return config.is_on("cross_region_backup")


def _vault_name(config: Config) -> str:
    return names.stack_name(config, "tables")


def _tables(config: Config, *keys: str) -> list[Value]:
    """The ARNs of the tables with these keys; of all without one."""
    chosen = [table for table in TABLES if not keys or table.key in keys]
    return [names.arn("dynamodb", f"table/{table.name_in(config)}") for table in chosen]


def _vault(stack: Stack, key: Value | None) -> BackupVault:
    vault = BackupVault(
        "Vault",
        BackupVaultName=_vault_name(stack.config),
        AccessPolicy={"Version": "2012-10-17", "Statement": [_nobody_deletes()]},
        DeletionPolicy="Retain",
        UpdateReplacePolicy="Retain",
    )
    if key is None:
        stack.suppress(vault, NO_CMK)
    else:
        vault.EncryptionKeyArn = key
    stack.add(vault)
    return vault


def _nobody_deletes() -> dict[str, Any]:
    """AWS Backup itself still deletes what is old enough. Whoever may change this policy can lift it."""
    return {
        "Sid": "NobodyDeletes",
        "Effect": "Deny",
        "Principal": {"AWS": "*"},
        "Action": ["backup:DeleteRecoveryPoint", "backup:UpdateRecoveryPointLifecycle"],
        "Resource": "*",
    }


def _plan(stack: Stack, vault: BackupVault, role: Role) -> None:
    rules = [_weekly(stack.config, vault)]
    plan = BackupPlan(
        "Plan", BackupPlan=BackupPlanResourceType(BackupPlanName=stack.config.prefix, BackupPlanRule=rules)
    )
    stack.add(plan)
    tables = BackupSelectionResourceType(
        SelectionName="tables", IamRoleArn=arn_of(role), Resources=_tables(stack.config)
    )
    stack.add(BackupSelection("Selection", BackupPlanId=Ref(plan), BackupSelection=tables))


def _weekly(config: Config, vault: BackupVault) -> BackupRuleResourceType:
    rule = BackupRuleResourceType(
        RuleName="weekly",
        TargetBackupVault=Ref(vault),
        ScheduleExpression=_WEEKLY,
        StartWindowMinutes=_START_MINUTES,
        CompletionWindowMinutes=_END_MINUTES,
        Lifecycle=LifecycleResourceType(DeleteAfterDays=_KEPT_DAYS),
    )
    if is_copied(config):
        rule.CopyActions = [
            CopyActionResourceType(
                DestinationBackupVaultArn=_copy_arn(config), Lifecycle=LifecycleResourceType(DeleteAfterDays=_KEPT_DAYS)
            )
        ]
    return rule


def _copy_arn(config: Config) -> Value:
    return Sub(
        f"arn:${{AWS::Partition}}:backup:{config.second_region}:${{AWS::AccountId}}:backup-vault:{_vault_name(config)}"
    )


def _role(stack: Stack, vault: BackupVault) -> Role:
    statements = [*_on_tables(stack.config), _on_vaults(stack.config, vault), *_on_keys(stack)]
    return add_role(stack, "Role", "backup", "backup", {"backup": statements})


def _on_tables(config: Config) -> list[dict[str, Any]]:
    tables = _tables(config)
    backups = [names.arn("dynamodb", f"table/{table.name_in(config)}/backup/*") for table in TABLES]
    rights = [(_SAVE, tables), (_BACKUPS, backups)]
    if config.is_prod:
        rights.append((_RESTORE, [names.arn("dynamodb", "table/awsbackup-restore-test-*")]))
    return [
        {"Effect": "Allow", "Action": [f"dynamodb:{action}" for action in actions], "Resource": resources}
        for actions, resources in rights
    ]


def _on_vaults(config: Config, vault: BackupVault) -> dict[str, Any]:
    vaults: list[Value] = [GetAtt(vault, "BackupVaultArn")]
    return {
        "Effect": "Allow",
        "Action": ["backup:CopyFromBackupVault", "backup:CopyIntoBackupVault", "backup:DescribeBackupVault"],
        "Resource": [*vaults, _copy_arn(config)] if is_copied(config) else vaults,
    }


def _on_keys(stack: Stack) -> list[dict[str, Any]]:
    key = _keys.key_of(stack, "security")
    return _keys.for_role([] if key is None else [key], "backup", "dynamodb")


def _restore_test(stack: Stack, vault: BackupVault, role: Role) -> None:
    # Names of tests know no hyphen.
    name = f"{stack.config.prefix}-monthly".replace("-", "_")
    plan = RestoreTestingPlan(
        "RestoreTest",
        RestoreTestingPlanName=name,
        ScheduleExpression=_MONTHLY,
        StartWindowHours=1,
        RecoveryPointSelection=RestoreTestingRecoveryPointSelection(
            Algorithm="LATEST_WITHIN_WINDOW",
            IncludeVaults=[GetAtt(vault, "BackupVaultArn")],
            RecoveryPointTypes=["SNAPSHOT"],
            SelectionWindowDays=_TESTED_DAYS,
        ),
    )
    stack.add(plan)
    stack.add(
        RestoreTestingSelection(
            "RestoreTestSelection",
            RestoreTestingPlanName=Ref(plan),
            RestoreTestingSelectionName="tables",
            ProtectedResourceType="DynamoDB",
            ProtectedResourceArns=_tables(stack.config, _TESTED),
            IamRoleArn=arn_of(role),
            ValidationWindowHours=1,
        )
    )
