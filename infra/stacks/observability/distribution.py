"""What is to be known about CloudFront: its errors and its log."""

from __future__ import annotations

import json
from typing import Final

from troposphere import GetAtt, Ref, Sub
from troposphere.logs import Delivery, DeliveryDestination, DeliverySource, ResourcePolicy

from infra import names
from infra.stack import Stack, Value
from infra.stacks import _logs
from infra.stacks.observability.alarms import Watch
from infra.stacks.observability.sources import Source

# Neither addresses nor queries nor what browsers say of themselves.
_FIELDS: Final = (
    "date",
    "time",
    "x-edge-location",
    "cs-method",
    "sc-status",
    "sc-bytes",
    "time-taken",
    "x-edge-result-type",
    "x-edge-detailed-result-type",
    "x-edge-request-id",
    "cs-protocol",
    "cs-protocol-version",
    "ssl-protocol",
)


def watch(stack: Stack) -> Watch:
    """The share of answers that are errors of the site or of CloudFront, in percent."""
    dimensions: dict[str, Value] = {"DistributionId": stack.read("frontend", "distribution-id"), "Region": "Global"}
    figure = Source("AWS/CloudFront", "5xxErrorRate", dimensions, "Average")
    return Watch(
        "cloudfront-5xx", "More than 1 % of what CloudFront answered were errors, for 10 minutes.", figure, 1, periods=2
    )


def add_log(stack: Stack) -> None:
    """A line in a log group for each request, by CloudFront's second kind of access logs.

    The first kind needs a bucket with access lists and writes every visitor's address.
    """
    _logs.add_log_group(stack, "AccessLogs", _log_name(stack), None)
    source = DeliverySource(
        "AccessLogSource",
        Name=names.stack_name(stack.config, "cloudfront"),
        LogType="ACCESS_LOGS",
        ResourceArn=Sub(
            "arn:${AWS::Partition}:cloudfront::${AWS::AccountId}:distribution/${Id}",
            Id=stack.read("frontend", "distribution-id"),
        ),
    )
    target = DeliveryDestination(
        "AccessLogDestination",
        Name=names.stack_name(stack.config, "cloudfront"),
        DestinationResourceArn=names.arn("logs", "log-group:${AccessLogs}"),
        OutputFormat="json",
    )
    delivery = Delivery(
        "AccessLogDelivery",
        DeliverySourceName=Ref(source),
        DeliveryDestinationArn=GetAtt(target, "Arn"),
        RecordFields=list(_FIELDS),
        DependsOn=["AccessLogRight"],
    )
    for resource in (source, target, delivery, _right(stack)):
        stack.add(resource)


def _log_name(stack: Stack) -> str:
    return f"/aws/vendedlogs/{names.stack_name(stack.config, 'cloudfront')}"


def _right(stack: Stack) -> ResourcePolicy:
    """CloudWatch's delivery service may write into the group, for sources of this account."""
    here = "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:"
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "delivery.logs.amazonaws.com"},
        "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
        "Resource": f"{here}log-group:{_log_name(stack)}:log-stream:*",
        "Condition": {
            "StringEquals": {"aws:SourceAccount": "${AWS::AccountId}"},
            "ArnLike": {"aws:SourceArn": f"{here}*"},
        },
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]}, sort_keys=True)
    return ResourcePolicy(
        "AccessLogRight", PolicyName=names.stack_name(stack.config, "cloudfront"), PolicyDocument=Sub(policy)
    )
