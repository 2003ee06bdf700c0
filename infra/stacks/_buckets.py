"""Buckets that only this account reads."""

from __future__ import annotations

from typing import Any

from troposphere import Join, Ref
from troposphere.s3 import (
    AbortIncompleteMultipartUpload,
    Bucket,
    BucketEncryption,
    BucketPolicy,
    EventBridgeConfiguration,
    LifecycleConfiguration,
    LifecycleRule,
    LoggingConfiguration,
    NoncurrentVersionExpiration,
    NotificationConfiguration,
    OwnershipControls,
    OwnershipControlsRule,
    PublicAccessBlockConfiguration,
    ServerSideEncryptionByDefault,
    ServerSideEncryptionRule,
    VersioningConfiguration,
)

from infra import names
from infra.config import Config
from infra.stack import Stack, Value, arn_of
from infra.stacks import _reasons

Statement = dict[str, Any]
_PRIVATE = PublicAccessBlockConfiguration(
    BlockPublicAcls=True, BlockPublicPolicy=True, IgnorePublicAcls=True, RestrictPublicBuckets=True
)

# What comes and goes can be listened to, by a rule of EventBridge, without changing the bucket.
_EVENTS = NotificationConfiguration(EventBridgeConfiguration=EventBridgeConfiguration(EventBridgeEnabled=True))


def add_bucket(stack: Stack, purpose: str, *, key: Value | None, rules: list[LifecycleRule], **more: Any) -> Bucket:
    """A versioned, sealed, private bucket that stays when its stack goes.

    `key` is the ARN of a KMS key; S3's own keys seal without one. `rules` come before the one that clears uploads
    which nobody ended. `more` are further properties; a bucket without LoggingConfiguration holds logs itself.
    """
    bucket = Bucket(
        f"{purpose.title().replace('-', '')}Bucket",
        BucketName=names.bucket(stack.config, purpose),
        BucketEncryption=_encryption(key),
        VersioningConfiguration=VersioningConfiguration(Status="Enabled"),
        OwnershipControls=OwnershipControls(Rules=[OwnershipControlsRule(ObjectOwnership="BucketOwnerEnforced")]),
        LifecycleConfiguration=LifecycleConfiguration(Rules=[*rules, _clear_uploads()]),
        NotificationConfiguration=_EVENTS,
        DeletionPolicy="Retain",
        UpdateReplacePolicy="Retain",
        **{"PublicAccessBlockConfiguration": _PRIVATE, **more},
    )
    if "ObjectLockEnabled" not in more:
        stack.suppress(bucket, _reasons.NO_OBJECT_LOCK)
    if key is None:
        stack.suppress(bucket, _reasons.NO_KEY_OF_OURS if stack.config.is_on("cmk") else _reasons.NO_CMK)
    if "LoggingConfiguration" not in more:
        stack.suppress(bucket, _reasons.NO_LOGS_OF_LOGS)
    stack.add(bucket)
    return bucket


def add_policy(stack: Stack, bucket: Bucket, *statements: Statement) -> BucketPolicy:
    """The bucket's policy: these statements, and that nobody comes without TLS."""
    policy = BucketPolicy(
        f"{bucket.title}Policy",
        Bucket=Ref(bucket),
        PolicyDocument={"Version": "2012-10-17", "Statement": [_only_tls(bucket), *statements]},
    )
    stack.add(policy)
    return policy


def logged(config: Config, purpose: str) -> LoggingConfiguration:
    """Where S3 writes who asked a bucket for what: the bucket of logs, which the stack `assets` makes."""
    return LoggingConfiguration(
        DestinationBucketName=names.bucket(config, "access-logs"), LogFilePrefix=f"{names.bucket(config, purpose)}/"
    )


def everything_in(bucket: Bucket, prefix: str = "") -> Value:
    """The ARN of all objects of a bucket, or of those below a prefix."""
    return names.arn("s3", f"{bucket.BucketName}/{prefix}*", region=False, account=False)


def old_versions_expire(days: int) -> LifecycleRule:
    """Deletes what was replaced or deleted, this number of days later."""
    return LifecycleRule(
        Id="old-versions",
        Status="Enabled",
        NoncurrentVersionExpiration=NoncurrentVersionExpiration(NoncurrentDays=days),
    )


def expire(days: int) -> LifecycleRule:
    """Deletes every object at this age in days, and what it leaves as an old version a day later."""
    return LifecycleRule(
        Id="expiry",
        Status="Enabled",
        ExpirationInDays=days,
        NoncurrentVersionExpiration=NoncurrentVersionExpiration(NoncurrentDays=1),
    )


def _clear_uploads() -> LifecycleRule:
    return LifecycleRule(
        Id="unfinished-uploads",
        Status="Enabled",
        AbortIncompleteMultipartUpload=AbortIncompleteMultipartUpload(DaysAfterInitiation=7),
    )


def _encryption(key: Value | None) -> BucketEncryption:
    default = ServerSideEncryptionByDefault(SSEAlgorithm="AES256")
    if key is not None:
        default = ServerSideEncryptionByDefault(SSEAlgorithm="aws:kms", KMSMasterKeyID=key)
    # One data key for many objects: without it every object is a paid call to KMS.
    rule = ServerSideEncryptionRule(ServerSideEncryptionByDefault=default, BucketKeyEnabled=key is not None)
    return BucketEncryption(ServerSideEncryptionConfiguration=[rule])


def _only_tls(bucket: Bucket) -> Statement:
    return {
        "Sid": "OnlyTls",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        # Joined, not written out: that is the one form that checkers know.
        "Resource": [arn_of(bucket), Join("", [arn_of(bucket), "/*"])],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
