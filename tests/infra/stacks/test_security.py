"""The keys, the firewalls, the trail, and the runbook that restores a table."""

from __future__ import annotations

from typing import Any

import pytest

from infra import environments, synth
from infra.declared.tables import TABLES
from infra.graph import UnknownStack
from infra.stacks._restore import SCRIPT
from tests.infra.conftest import Template
from tests.infra.reading import of_type, only, published, statements, tag_names

KEY, FIREWALL = "AWS::KMS::Key", "AWS::WAFv2::WebACL"
GROUPS = [
    "AWSManagedRulesAmazonIpReputationList",
    "AWSManagedRulesCommonRuleSet",
    "AWSManagedRulesKnownBadInputsRuleSet",
]
BOTH = [("security", "REGIONAL"), ("security-global", "CLOUDFRONT")]
RATES = {"REGIONAL": 10_000, "CLOUDFRONT": 20_000}


def _arn(service: str, resource: str, *, region: str = "${AWS::Region}") -> dict[str, str]:
    return {"Fn::Sub": f"arn:${{AWS::Partition}}:{service}:{region}:${{AWS::AccountId}}:{resource}"}


def _uses(template: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return statements(only(template, KEY)["KeyPolicy"])


def test_the_key_turns_and_outlives_its_stack(template: Template) -> None:
    found = template("security", cmk="on")
    (body,) = of_type(found, KEY).values()

    assert body["Properties"]["EnableKeyRotation"] is True
    assert body["Properties"]["PendingWindowInDays"] == 30
    assert (body["DeletionPolicy"], body["UpdateReplacePolicy"]) == ("Retain", "Retain")
    assert tag_names(body["Properties"]) == {"Environment", "Project", "Stack", "ManagedBy"}
    assert only(found, "AWS::KMS::Alias") == {"AliasName": "alias/movierec-prod", "TargetKeyId": {"Ref": "Key"}}
    assert published(found)["/movierec/prod/security/key-arn"] == {"Fn::GetAtt": ["Key", "Arn"]}


def test_the_key_is_used_by_services_for_this_account_alone(template: Template) -> None:
    uses = _uses(template("security"))

    assert set(uses) == {"Account", "GrantsToServices", "Logs", "Publishers", "Trail", "Site"}
    assert uses["Account"]["Principal"] == {"AWS": _arn("iam", "root", region="")}
    assert uses["GrantsToServices"]["Effect"] == "Deny"
    assert uses["GrantsToServices"]["Condition"] == {
        "BoolIfExists": {"kms:GrantIsForAWSResource": "false", "aws:PrincipalIsAWSService": "false"}
    }
    assert uses["Logs"]["Principal"] == {"Service": {"Fn::Sub": "logs.${AWS::Region}.amazonaws.com"}}
    assert uses["Logs"]["Condition"] == {
        "StringLike": {"kms:EncryptionContext:aws:logs:arn": _arn("logs", "log-group:*")}
    }
    assert uses["Publishers"]["Principal"]["Service"] == [
        "cloudwatch.amazonaws.com",
        "scheduler.amazonaws.com",
    ]
    assert uses["Publishers"]["Condition"] == {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}
    assert uses["Trail"]["Condition"] == {
        "StringEquals": {"aws:SourceArn": _arn("cloudtrail", "trail/movierec-prod-trail")}
    }
    assert uses["Site"]["Action"] == "kms:Decrypt"
    assert uses["Site"]["Condition"] == {"ArnLike": {"aws:SourceArn": _arn("cloudfront", "distribution/*", region="")}}


def test_there_is_one_key_in_all_the_regions() -> None:
    made = [stack.to_dict()["Resources"] for stack in synth.templates(environments.load("prod"))]

    assert [body["Type"] for resources in made for body in resources.values() if body["Type"] == KEY] == [KEY]


def test_cloudfront_does_not_use_the_key_where_amplify_has_the_site(template: Template) -> None:
    assert "Site" not in _uses(template("security", hosting="amplify"))


def test_there_is_no_key_where_cmk_is_off(template: Template) -> None:
    for stack in ("security", "security-global"):
        found = template(stack, cmk="off")
        assert not of_type(found, KEY)
        assert f"/movierec/prod/{stack}/key-arn" not in published(found)
        assert "kms:" not in str(found)


@pytest.mark.parametrize(("stack", "scope"), BOTH)
def test_the_firewall_stops_known_attacks_and_busy_addresses(template: Template, stack: str, scope: str) -> None:
    found = template(stack, waf="on")
    firewall = only(found, FIREWALL)

    assert (firewall["Scope"], firewall["DefaultAction"]) == (scope, {"Allow": {}})
    assert [rule["Priority"] for rule in firewall["Rules"]] == [0, 1, 2, 3]
    limit, *managed = firewall["Rules"]
    assert limit["Action"] == {
        "Block": {"CustomResponse": {"ResponseCode": 429, "ResponseHeaders": [{"Name": "Retry-After", "Value": "300"}]}}
    }
    assert limit["Statement"] == {
        "RateBasedStatement": {"AggregateKeyType": "IP", "Limit": RATES[scope], "EvaluationWindowSec": 300}
    }
    assert [rule["Statement"]["ManagedRuleGroupStatement"]["Name"] for rule in managed] == GROUPS
    assert [rule["OverrideAction"] for rule in managed] == [{"None": {}}] * 3
    assert published(found)[f"/movierec/prod/{stack}/web-acl-arn"] == {"Fn::GetAtt": ["Firewall", "Arn"]}


@pytest.mark.parametrize("stack", ["security", "security-global"])
def test_large_bodies_long_searches_and_nameless_programs_are_only_counted(template: Template, stack: str) -> None:
    rules = only(template(stack), FIREWALL)["Rules"]
    groups = [rule["Statement"].get("ManagedRuleGroupStatement", {}) for rule in rules]
    overridden = {group["Name"]: group["RuleActionOverrides"] for group in groups if "RuleActionOverrides" in group}

    assert overridden == {
        "AWSManagedRulesCommonRuleSet": [
            {"Name": name, "ActionToUse": {"Count": {}}}
            for name in ("SizeRestrictions_BODY", "SizeRestrictions_QUERYSTRING", "NoUserAgent_HEADER")
        ]
    }


@pytest.mark.parametrize(("stack", "scope"), BOTH)
def test_the_firewall_logs_what_it_stops_without_secrets(template: Template, stack: str, scope: str) -> None:
    found = template(stack, waf="on", log_days="30")
    logging = only(found, "AWS::WAFv2::LoggingConfiguration")
    group = found["Resources"]["FirewallLog"]["Properties"]
    name = {"REGIONAL": "firewall", "CLOUDFRONT": "site-firewall"}[scope]

    assert (group["LogGroupName"], group["RetentionInDays"]) == (f"aws-waf-logs-movierec-prod-{name}", 30)
    assert group.get("KmsKeyId") == ({"Fn::GetAtt": ["Key", "Arn"]} if stack == "security" else None)
    assert logging["LogDestinationConfigs"] == [_arn("logs", f"log-group:aws-waf-logs-movierec-prod-{name}")]
    assert logging["ResourceArn"] == {"Fn::GetAtt": ["Firewall", "Arn"]}
    assert [field["SingleHeader"]["Name"] for field in logging["RedactedFields"]] == [
        "authorization",
        "cookie",
        "x-origin-key",
    ]
    assert logging["LoggingFilter"] == {
        "DefaultBehavior": "DROP",
        "Filters": [
            {
                "Behavior": "KEEP",
                "Requirement": "MEETS_ANY",
                "Conditions": [
                    {"ActionCondition": {"Action": "BLOCK"}},
                    {"ActionCondition": {"Action": "COUNT"}},
                ],
            }
        ],
    }


@pytest.mark.parametrize("switches", [{"waf": "off"}, {"waf": "on", "api": "http"}], ids=str)
def test_there_is_no_regional_firewall_without_waf_or_for_an_http_api(
    template: Template, switches: dict[str, str]
) -> None:
    found = template("security", **switches)

    assert not of_type(found, FIREWALL)
    assert "/movierec/prod/security/web-acl-arn" not in published(found)


def test_amplify_has_no_firewall_of_cloudfront(template: Template) -> None:
    with pytest.raises(UnknownStack):
        template("security-global", hosting="amplify")


def test_without_a_firewall_there_is_no_stack_of_cloudfronts_region(template: Template) -> None:
    with pytest.raises(UnknownStack):
        template("security-global", waf="off", cmk="on")


@pytest.mark.parametrize("env", ["dev", "prod"])
def test_the_trail_is_of_every_region_and_can_be_checked(template: Template, env: str) -> None:
    found = template("security", env=env)
    trail = only(found, "AWS::CloudTrail::Trail")

    assert tag_names(trail) == {"Environment", "Project", "Stack", "ManagedBy"}
    del trail["Tags"]
    sealed = {"KMSKeyId": {"Fn::GetAtt": ["Key", "Arn"]}} if env == "prod" else {}
    assert trail == {
        "TrailName": f"movierec-{env}-trail",
        "IsLogging": True,
        "IsMultiRegionTrail": True,
        "IncludeGlobalServiceEvents": True,
        "EnableLogFileValidation": True,
        "S3BucketName": {"Ref": "TrailBucket"},
        "CloudWatchLogsLogGroupArn": {"Fn::GetAtt": ["TrailLog", "Arn"]},
        "CloudWatchLogsRoleArn": {"Fn::GetAtt": ["TrailRole", "Arn"]},
        **sealed,
    }
    assert found["Resources"]["Trail"]["DependsOn"] == "TrailBucketPolicy"


def test_the_trails_bucket_takes_only_its_files_and_keeps_them_a_year(template: Template) -> None:
    found = template("security")
    (body,) = of_type(found, "AWS::S3::Bucket").values()
    bucket, policy = body["Properties"], statements(only(found, "AWS::S3::BucketPolicy")["PolicyDocument"])
    trail = {"aws:SourceArn": _arn("cloudtrail", "trail/movierec-prod-trail")}

    assert bucket["BucketName"] == "movierec-prod-trail"
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert bucket["LifecycleConfiguration"]["Rules"][0]["ExpirationInDays"] == 365
    assert bucket["ObjectLockEnabled"] is True
    assert bucket["ObjectLockConfiguration"]["Rule"] == {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 365}}
    assert body["DeletionPolicy"] == "Retain"
    assert set(policy) == {"OnlyTls", "TrailLooks", "TrailWrites"}
    assert policy["TrailLooks"]["Condition"] == {"StringEquals": trail}
    assert policy["TrailWrites"]["Resource"] == {
        "Fn::Sub": "arn:${AWS::Partition}:s3:::movierec-prod-trail/AWSLogs/${AWS::AccountId}/*"
    }
    assert policy["TrailWrites"]["Condition"] == {
        "StringEquals": {**trail, "s3:x-amz-acl": "bucket-owner-full-control"}
    }


def test_the_runbook_restores_waits_and_protects(template: Template) -> None:
    document = only(template("security"), "AWS::SSM::Document")
    content = document["Content"]
    tables = [table.name.format(prefix="movierec-prod") for table in TABLES]

    assert (document["DocumentType"], document["Name"]) == ("Automation", "movierec-prod-restore-table")
    assert content["schemaVersion"] == "0.3"
    assert content["assumeRole"] == {"Fn::GetAtt": ["RestoreRole", "Arn"]}
    assert set(content["parameters"]) == {"TableName", "RestoreDateTime"}
    assert content["parameters"]["TableName"]["allowedValues"] == tables
    restore, wait, protect = content["mainSteps"]
    copy = "{{ TableName }}-restored"
    assert restore["inputs"]["InputPayload"] == {
        "TableName": "{{ TableName }}",
        "NewTableName": copy,
        "RestoreDateTime": "{{ RestoreDateTime }}",
    }
    assert wait["inputs"] == {
        "Service": "dynamodb",
        "Api": "DescribeTable",
        "TableName": copy,
        "PropertySelector": "$.Table.TableStatus",
        "DesiredValues": ["ACTIVE"],
    }
    assert protect["inputs"]["InputPayload"] == {"TableName": "{{ TableName }}", "NewTableName": copy}
    assert [step["inputs"]["Handler"] for step in (restore, protect)] == ["restore", "protect"]
    assert restore["inputs"]["Script"] == protect["inputs"]["Script"] == SCRIPT.read_text(encoding="utf-8")
    assert content["outputs"] == ["protect.Next"]
    assert protect["outputs"] == [{"Name": "Next", "Selector": "$.Payload.next", "Type": "String"}]


def test_the_runbooks_role_writes_into_copies_alone(template: Template) -> None:
    role = template("security")["Resources"]["RestoreRole"]["Properties"]
    (policy,) = role["Policies"]
    sources, copies, *keys = policy["PolicyDocument"]["Statement"]
    tables = [table.name.format(prefix="movierec-prod") for table in TABLES]

    assert role["RoleName"] == "movierec-prod-restore"
    assert role["AssumeRolePolicyDocument"]["Statement"] == [
        {
            "Effect": "Allow",
            "Principal": {"Service": "ssm.amazonaws.com"},
            "Action": "sts:AssumeRole",
            "Condition": {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}},
        }
    ]
    assert set(sources["Action"]) == {"dynamodb:DescribeTimeToLive", "dynamodb:RestoreTableToPointInTime"}
    assert sources["Resource"] == [_arn("dynamodb", f"table/{name}") for name in tables]
    assert copies["Resource"] == [_arn("dynamodb", f"table/{name}-restored") for name in tables]
    assert {key["Resource"][0]["Fn::GetAtt"][0] for key in keys} == {"Key"}
