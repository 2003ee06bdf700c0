"""Buckets: people's files, models of the recommender, the catalogue, and who asked for what."""

from __future__ import annotations

import json
from typing import Any, Final

from troposphere import Ref
from troposphere.s3 import (
    Bucket,
    BucketPolicy,
    CorsConfiguration,
    CorsRules,
    LifecycleRule,
    LifecycleRuleTransition,
    PublicAccessBlockConfiguration,
)

from infra import names
from infra.config import Config
from infra.stack import Stack
from infra.stacks import _buckets
from infra.stacks._keys import ACCOUNT, key_of
from infra.stacks._reasons import PUBLIC_MEDIA

_ARCHIVE_AFTER_DAYS: Final = 90
_OLD_VERSIONS_DAYS: Final = 30
_LOG_DAYS: Final = 90
_CORS_SECONDS: Final = 3000
# Where files of a person are; the public ones, too, are below users/.
_OF_PERSON: Final = ("audio", "image", "video", "brand_kit")
_OF_PROJECT: Final = ("audio", "video", "frame", "image")
LAYOUT: Final = json.dumps(
    {
        "user": [f"users/{{id}}/{kind}/" for kind in _OF_PERSON],
        "project": [f"users/{{id}}/projects/{{projectId}}/{kind}/" for kind in _OF_PROJECT],
    }
)


def build(config: Config) -> Stack:
    """The buckets of files."""
    stack = Stack(config, "assets", config.region, "Buckets of files of MovieRec")
    # S3 looks whether it may write logs when it makes the buckets that are logged.
    logs = _access_logs(stack)
    _assets(stack, logs)
    for purpose in ("models", "catalogue"):
        _data_bucket(stack, purpose, logs)
    stack.publish("layout", LAYOUT, "Where files are in the bucket of assets")
    return stack


def _access_logs(stack: Stack) -> BucketPolicy:
    # S3 delivers its logs only to buckets that S3's own keys seal.
    bucket = _buckets.add_bucket(stack, "access-logs", key=None, rules=[_buckets.expire(_LOG_DAYS)])
    return _buckets.add_policy(stack, bucket, _logs_of_buckets(stack.config, bucket))


def _logs_of_buckets(config: Config, bucket: Bucket) -> dict[str, Any]:
    buckets = names.arn("s3", f"{config.prefix}-*", region=False, account=False)
    return {
        "Sid": "LogsOfBuckets",
        "Effect": "Allow",
        "Principal": {"Service": "logging.s3.amazonaws.com"},
        "Action": "s3:PutObject",
        "Resource": _buckets.everything_in(bucket),
        "Condition": {"ArnLike": {"aws:SourceArn": buckets}, "StringEquals": {"aws:SourceAccount": ACCOUNT}},
    }


def _assets(stack: Stack, logs: BucketPolicy) -> None:
    public = stack.config.media == "public"
    bucket = _buckets.add_bucket(
        stack,
        "assets",
        # Who has no credentials cannot open what a key of KMS seals.
        key=None if public else key_of(stack, "security"),
        rules=[_archive(), _buckets.old_versions_expire(_OLD_VERSIONS_DAYS)],
        CorsConfiguration=CorsConfiguration(CorsRules=[_cors(stack.config)]),
        LoggingConfiguration=_buckets.logged(stack.config, "assets"),
        DependsOn=logs.title,
        **({"PublicAccessBlockConfiguration": _open_to_policies()} if public else {}),
    )
    policy = _buckets.add_policy(stack, bucket, *([_public_reads(bucket)] if public else []))
    if public:
        stack.suppress(bucket, PUBLIC_MEDIA)
        stack.suppress(policy, PUBLIC_MEDIA)
    stack.publish("assets-bucket-name", Ref(bucket), "The bucket of people's files")


def _archive() -> LifecycleRule:
    # Files stay readable at once; what is kept is cheaper, what is read dearer.
    transition = LifecycleRuleTransition(StorageClass="GLACIER_IR", TransitionInDays=_ARCHIVE_AFTER_DAYS)
    return LifecycleRule(Id="archive", Status="Enabled", Transitions=[transition])


def _cors(config: Config) -> CorsRules:
    return CorsRules(
        AllowedHeaders=["*"],
        AllowedMethods=["GET", "PUT", "POST", "DELETE", "HEAD"],
        AllowedOrigins=list(config.web_origins),
        ExposedHeaders=["ETag", "x-amz-request-id"],
        MaxAge=_CORS_SECONDS,
    )


def _open_to_policies() -> PublicAccessBlockConfiguration:
    """Access lists stay closed; only the bucket's policy may let the public in."""
    return PublicAccessBlockConfiguration(
        BlockPublicAcls=True, BlockPublicPolicy=False, IgnorePublicAcls=True, RestrictPublicBuckets=False
    )


def _public_reads(bucket: Bucket) -> dict[str, Any]:
    return {
        "Sid": "PublicReads",
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": _buckets.everything_in(bucket, "users/"),
    }


def _data_bucket(stack: Stack, purpose: str, logs: BucketPolicy) -> None:
    bucket = _buckets.add_bucket(
        stack,
        purpose,
        key=key_of(stack, "security"),
        rules=[_buckets.old_versions_expire(_OLD_VERSIONS_DAYS)],
        LoggingConfiguration=_buckets.logged(stack.config, purpose),
        DependsOn=logs.title,
    )
    _buckets.add_policy(stack, bucket)
    stack.publish(f"{purpose}-bucket-name", Ref(bucket), f"The bucket of the {purpose}")
