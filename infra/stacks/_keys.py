"""Keys of KMS that an environment owns, and what uses them."""

from __future__ import annotations

from typing import Any, Final

from troposphere import Ref, Sub
from troposphere.kms import Alias, Key

from infra import names
from infra.stack import Stack, Value, arn_of

Statement = dict[str, Any]
ACCOUNT: Final = Ref("AWS::AccountId")
_SEAL_AND_OPEN: Final = ["kms:Decrypt", "kms:GenerateDataKey*"]
_USE: Final = [
    "kms:Decrypt",
    "kms:DescribeKey",
    "kms:Encrypt",
    "kms:GenerateDataKey",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
]


def add_key(stack: Stack, statements: list[Statement]) -> Key:
    """A key that turns every year, with an alias of the environment's name.

    It outlives its stack, because the tables do, and nobody can read them without it.
    """
    key = Key(
        "Key",
        Description=f"Seals what {stack.config.prefix} keeps in this region",
        EnableKeyRotation=True,
        PendingWindowInDays=30,
        KeyPolicy={"Version": "2012-10-17", "Statement": [_by_account(), _grants_to_services(), *statements]},
        DeletionPolicy="Retain",
        UpdateReplacePolicy="Retain",
    )
    stack.add(key)
    stack.add(Alias("KeyAlias", AliasName=f"alias/{stack.config.prefix}", TargetKeyId=Ref(key)))
    stack.publish("key-arn", arn_of(key), "The key that seals what is kept in this region")
    return key


def key_of(stack: Stack, owner: str) -> Ref | None:
    """The ARN of the key that the stack `owner` published; None where AWS's own keys do."""
    return stack.read(owner, "key-arn") if stack.config.is_on("cmk") else None


def for_logs() -> Statement:
    """CloudWatch Logs, for the log groups of this account and region."""
    return {
        "Sid": "Logs",
        "Effect": "Allow",
        "Principal": {"Service": _here("logs")},
        "Action": ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*"],
        "Resource": "*",
        "Condition": {"StringLike": {"kms:EncryptionContext:aws:logs:arn": names.arn("logs", "log-group:*")}},
    }


def for_publishers(services: list[str]) -> Statement:
    """Services, such as cloudwatch, that write to topics and queues on behalf of this account."""
    return {
        "Sid": "Publishers",
        "Effect": "Allow",
        "Principal": {"Service": [f"{service}.amazonaws.com" for service in services]},
        "Action": _SEAL_AND_OPEN,
        "Resource": "*",
        "Condition": {"StringEquals": {"aws:SourceAccount": ACCOUNT}},
    }


def for_trail(trail_arn: Value) -> Statement:
    """CloudTrail, for the files of one trail."""
    return {
        "Sid": "Trail",
        "Effect": "Allow",
        "Principal": {"Service": "cloudtrail.amazonaws.com"},
        "Action": ["kms:GenerateDataKey*", "kms:DescribeKey"],
        "Resource": "*",
        "Condition": {"StringEquals": {"aws:SourceArn": trail_arn}},
    }


def for_distributions() -> Statement:
    """CloudFront, which opens the files of the site's bucket for those who ask for them."""
    distributions = names.arn("cloudfront", "distribution/*", region=False)
    return {
        "Sid": "Site",
        "Effect": "Allow",
        "Principal": {"Service": "cloudfront.amazonaws.com"},
        "Action": "kms:Decrypt",
        "Resource": "*",
        "Condition": {"ArnLike": {"aws:SourceArn": distributions}},
    }


def for_role(keys: list[Value], *services: str) -> list[Statement]:
    """What a role may do with keys, and only through services, such as dynamodb; nothing without a key."""
    if not keys:
        return []
    through = {"kms:ViaService": [f"{service}.*.amazonaws.com" for service in services]}
    return [
        {"Effect": "Allow", "Action": _USE, "Resource": keys, "Condition": {"StringLike": through}},
        {
            "Effect": "Allow",
            "Action": "kms:CreateGrant",
            "Resource": keys,
            "Condition": {"StringLike": through, "Bool": {"kms:GrantIsForAWSResource": "true"}},
        },
    ]


def _by_account() -> Statement:
    """The account itself, so that policies of roles can give the key's use; AWS's own default."""
    return {
        "Sid": "Account",
        "Effect": "Allow",
        "Principal": {"AWS": names.arn("iam", "root", region=False)},
        "Action": "kms:*",
        "Resource": "*",
    }


def _grants_to_services() -> Statement:
    """Only services of AWS are lent the key, such as DynamoDB for a table; people and roles never are."""
    return {
        "Sid": "GrantsToServices",
        "Effect": "Deny",
        "Principal": {"AWS": "*"},
        "Action": "kms:CreateGrant",
        "Resource": "*",
        "Condition": {"BoolIfExists": {"kms:GrantIsForAWSResource": "false", "aws:PrincipalIsAWSService": "false"}},
    }


def _here(service: str) -> Sub:
    return Sub(f"{service}.${{AWS::Region}}.amazonaws.com")
