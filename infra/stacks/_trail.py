"""The trail: who did what to the account, in every region."""

from __future__ import annotations

from typing import Any, Final

from troposphere import Ref, Sub
from troposphere.cloudtrail import Trail
from troposphere.s3 import Bucket, BucketPolicy, DefaultRetention, ObjectLockConfiguration, ObjectLockRule

from infra import names
from infra.config import Config
from infra.stack import Stack, Value, arn_of
from infra.stacks import _buckets, _reasons
from infra.stacks._logs import add_log_group
from infra.stacks._roles import add_role

_KEPT_DAYS: Final = 365


def trail_arn(config: Config) -> Value:
    """The trail's ARN, which its bucket and its key name."""
    return names.arn("cloudtrail", f"trail/{_name(config)}")


def add_trail(stack: Stack, key: Value | None) -> None:
    """A trail of the account's management; one such trail is free in an account."""
    bucket = _buckets.add_bucket(
        stack,
        "trail",
        key=key,
        rules=[_buckets.expire(_KEPT_DAYS)],
        ObjectLockEnabled=True,
        ObjectLockConfiguration=_locked(),
    )
    policy = _buckets.add_policy(stack, bucket, *_deliveries(stack.config, bucket))
    trail = _trail(stack, bucket, policy, key)
    if key is None:
        stack.suppress(trail, _reasons.NO_CMK)
    stack.add(trail)


def _name(config: Config) -> str:
    return names.stack_name(config, "trail")


def _trail(stack: Stack, bucket: Bucket, policy: BucketPolicy, key: Value | None) -> Trail:
    name = f"/aws/cloudtrail/{stack.config.prefix}"
    group = add_log_group(stack, "TrailLog", name, key)
    writes = {
        "Effect": "Allow",
        "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
        "Resource": [names.arn("logs", f"log-group:{name}:log-stream:*")],
    }
    role = add_role(stack, "TrailRole", "trail", "cloudtrail", {"trail": [writes]})
    sealed: dict[str, Any] = {} if key is None else {"KMSKeyId": key}
    return Trail(
        "Trail",
        TrailName=_name(stack.config),
        IsLogging=True,
        IsMultiRegionTrail=True,
        IncludeGlobalServiceEvents=True,
        EnableLogFileValidation=True,
        S3BucketName=Ref(bucket),
        CloudWatchLogsLogGroupArn=arn_of(group),
        CloudWatchLogsRoleArn=arn_of(role),
        DependsOn=policy.title,
        **sealed,
    )


def _locked() -> ObjectLockConfiguration:
    """Who covers their tracks would have to lift the lock, which is in the trail, too."""
    retention = DefaultRetention(Mode="GOVERNANCE", Days=_KEPT_DAYS)
    return ObjectLockConfiguration(ObjectLockEnabled="Enabled", Rule=ObjectLockRule(DefaultRetention=retention))


def _deliveries(config: Config, bucket: Bucket) -> list[dict[str, Any]]:
    only_this = {"aws:SourceArn": trail_arn(config)}
    common = {"Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"}}
    return [
        {
            **common,
            "Sid": "TrailLooks",
            "Action": "s3:GetBucketAcl",
            "Resource": arn_of(bucket),
            "Condition": {"StringEquals": only_this},
        },
        {
            **common,
            "Sid": "TrailWrites",
            "Action": "s3:PutObject",
            "Resource": Sub(f"arn:${{AWS::Partition}}:s3:::{bucket.BucketName}/AWSLogs/${{AWS::AccountId}}/*"),
            "Condition": {"StringEquals": {**only_this, "s3:x-amz-acl": "bucket-owner-full-control"}},
        },
    ]
