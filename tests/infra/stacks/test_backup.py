"""The vaults, the weekly copies of the tables, and the monthly test of them in prod."""

from __future__ import annotations

import json
from typing import Any

import pytest

from infra import environments
from infra.declared.tables import TABLES
from infra.stacks import backup
from tests.infra.conftest import Template
from tests.infra.reading import of_type, only, statements, tag_names

VAULT = "AWS::Backup::BackupVault"
NAMES = [table.name.format(prefix="movierec-prod") for table in TABLES]
COPY = {
    "Fn::Sub": "arn:${AWS::Partition}:backup:eu-west-1:${AWS::AccountId}:backup-vault:movierec-prod-tables",
}


def _table_arn(name: str) -> dict[str, str]:
    return {"Fn::Sub": f"arn:${{AWS::Partition}}:dynamodb:${{AWS::Region}}:${{AWS::AccountId}}:table/{name}"}


def _rule(template: dict[str, Any]) -> dict[str, Any]:
    (rule,) = only(template, "AWS::Backup::BackupPlan")["BackupPlan"]["BackupPlanRule"]
    return dict(rule)


def _rights(template: dict[str, Any]) -> list[dict[str, Any]]:
    (policy,) = only(template, "AWS::IAM::Role")["Policies"]
    return list(policy["PolicyDocument"]["Statement"])


def _copy_template(*changes: str) -> dict[str, Any]:
    finished: dict[str, Any] = backup.build_copy(environments.load("prod", changes)).finish().to_dict()
    return finished


@pytest.mark.parametrize("data", ["create", "import"])
def test_every_table_is_copied_each_week_and_kept_35_days(template: Template, data: str) -> None:
    found = template("backup", data=data, cross_region_backup="off")

    assert _rule(found) == {
        "RuleName": "weekly",
        "TargetBackupVault": {"Ref": "Vault"},
        "ScheduleExpression": "cron(0 5 ? * SUN *)",
        "StartWindowMinutes": 60,
        "CompletionWindowMinutes": 360,
        "Lifecycle": {"DeleteAfterDays": 35},
    }
    selection = only(found, "AWS::Backup::BackupSelection")
    assert selection == {
        "BackupPlanId": {"Ref": "Plan"},
        "BackupSelection": {
            "SelectionName": "tables",
            "IamRoleArn": {"Fn::GetAtt": ["Role", "Arn"]},
            "Resources": [_table_arn(name) for name in NAMES],
        },
    }


def test_copies_go_to_the_second_region_where_that_is_on(template: Template) -> None:
    assert _rule(template("backup", cross_region_backup="on"))["CopyActions"] == [
        {"DestinationBackupVaultArn": COPY, "Lifecycle": {"DeleteAfterDays": 35}}
    ]


def test_the_vault_of_the_copies_has_the_name_that_the_plan_copies_to() -> None:
    config = environments.load("prod")
    found = _copy_template()

    assert backup.build_copy(config).region == "eu-west-1"
    assert only(found, VAULT)["BackupVaultName"] == "movierec-prod-tables"
    assert "Parameters" not in found


@pytest.mark.parametrize("switch", ["on", "off"])
def test_the_vault_of_the_copies_is_sealed_by_aws_so_that_it_opens_without_our_region(switch: str) -> None:
    found = _copy_template(f"cmk={switch}")

    assert list(found["Resources"]) == ["Vault"]
    assert "EncryptionKeyArn" not in only(found, VAULT)


@pytest.mark.parametrize("switch", ["on", "off"])
def test_there_is_a_second_vault_only_where_copies_go_there(switch: str) -> None:
    assert backup.is_copied(environments.load("prod", [f"cross_region_backup={switch}"])) is (switch == "on")


def test_nobody_deletes_from_the_vaults_and_they_stay(template: Template) -> None:
    for found in (template("backup"), _copy_template()):
        (body,) = of_type(found, VAULT).values()
        assert statements(json.loads(body["Properties"]["AccessPolicy"])) == {
            "NobodyDeletes": {
                "Sid": "NobodyDeletes",
                "Effect": "Deny",
                "Principal": {"AWS": "*"},
                "Action": ["backup:DeleteRecoveryPoint", "backup:UpdateRecoveryPointLifecycle"],
                "Resource": "*",
            }
        }
        assert (body["DeletionPolicy"], body["UpdateReplacePolicy"]) == ("Retain", "Retain")
        assert tag_names(body["Properties"]) == {"Environment", "Project", "Stack", "ManagedBy"}


def test_the_vault_is_sealed_by_a_key_of_ours_where_cmk_is_on(template: Template) -> None:
    assert only(template("backup", cmk="on"), VAULT)["EncryptionKeyArn"] == {"Ref": "SecurityKeyArn"}
    assert "EncryptionKeyArn" not in only(template("backup", cmk="off"), VAULT)


def test_the_newest_copy_of_the_single_table_is_restored_each_month(template: Template) -> None:
    found = template("backup")
    plan = only(found, "AWS::Backup::RestoreTestingPlan")
    selection = only(found, "AWS::Backup::RestoreTestingSelection")

    del plan["Tags"]
    assert plan == {
        "RestoreTestingPlanName": "movierec_prod_monthly",
        "ScheduleExpression": "cron(0 7 1 * ? *)",
        "StartWindowHours": 1,
        "RecoveryPointSelection": {
            "Algorithm": "LATEST_WITHIN_WINDOW",
            "IncludeVaults": [{"Fn::GetAtt": ["Vault", "BackupVaultArn"]}],
            "RecoveryPointTypes": ["SNAPSHOT"],
            "SelectionWindowDays": 14,
        },
    }
    assert selection == {
        "RestoreTestingPlanName": {"Ref": "RestoreTest"},
        "RestoreTestingSelectionName": "tables",
        "ProtectedResourceType": "DynamoDB",
        "ProtectedResourceArns": [_table_arn("movierec-prod-data-table")],
        "IamRoleArn": {"Fn::GetAtt": ["Role", "Arn"]},
        "ValidationWindowHours": 1,
    }


@pytest.mark.parametrize("env", ["dev", "staging"])
def test_nothing_is_restored_outside_of_prod_nor_may_be(template: Template, env: str) -> None:
    found = template("backup", env=env)

    assert not of_type(found, "AWS::Backup::RestoreTestingPlan")
    assert not of_type(found, "AWS::Backup::RestoreTestingSelection")
    assert "awsbackup-restore-test" not in str(found)
    assert only(found, "AWS::Backup::BackupPlan")["BackupPlan"]["BackupPlanName"] == f"movierec-{env}"


def test_the_role_is_of_aws_backup_alone(template: Template) -> None:
    role = only(template("backup"), "AWS::IAM::Role")

    assert role["RoleName"] == "movierec-prod-backup"
    assert role["AssumeRolePolicyDocument"]["Statement"] == [
        {"Effect": "Allow", "Principal": {"Service": "backup.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ]
    assert "ManagedPolicyArns" not in role


def test_the_role_writes_rows_only_into_tables_that_a_test_restores(template: Template) -> None:
    saving, backups, restoring = _rights(template("backup"))[:3]

    assert saving["Resource"] == [_table_arn(name) for name in NAMES]
    assert set(saving["Action"]) == {
        "dynamodb:CreateBackup",
        "dynamodb:DescribeTable",
        "dynamodb:ListTagsOfResource",
        "dynamodb:StartAwsBackupJob",
    }
    assert backups["Resource"] == [_table_arn(f"{name}/backup/*") for name in NAMES]
    assert restoring["Resource"] == [_table_arn("awsbackup-restore-test-*")]
    assert {"dynamodb:RestoreTableFromAwsBackup", "dynamodb:PutItem"} <= set(restoring["Action"])


def test_the_role_uses_the_vaults_and_keys_of_the_environment(template: Template) -> None:
    here = {"Fn::GetAtt": ["Vault", "BackupVaultArn"]}
    vaults, use, lend = _rights(template("backup"))[3:]

    assert vaults["Resource"] == [here, COPY]
    keys = [{"Ref": "SecurityKeyArn"}]
    through = {"kms:ViaService": ["backup.*.amazonaws.com", "dynamodb.*.amazonaws.com"]}
    assert (use["Resource"], use["Condition"]) == (keys, {"StringLike": through})
    assert (lend["Action"], lend["Resource"]) == ("kms:CreateGrant", keys)
    assert lend["Condition"] == {"StringLike": through, "Bool": {"kms:GrantIsForAWSResource": "true"}}
    (alone,) = _rights(template("backup", cmk="off", cross_region_backup="off"))[3:]
    assert alone["Resource"] == [here]
