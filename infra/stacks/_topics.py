"""Topics that services of AWS write to and people read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from troposphere import Ref
from troposphere.sns import SubscriptionResource, Topic, TopicPolicy

from infra import names
from infra.stack import Stack, Value
from infra.stacks._keys import ACCOUNT
from infra.stacks._reasons import MAIL, NO_CMK


def add_topic(stack: Stack, purpose: str, *services: str, key: Value | None) -> Topic:
    """A topic on which services publish for this account, such as cloudwatch; `alarm_email` reads it where given.

    `key` is the ARN of a KMS key of ours. Without one nothing seals the topic: AWS's own key for SNS lets no service
    publish. TLS is asked for in any case.
    """
    topic = Topic("Topic", TopicName=names.stack_name(stack.config, purpose))
    if key is None:
        stack.suppress(topic, NO_CMK)
    else:
        topic.KmsMasterKeyId = key
    stack.add(topic)
    policy = {"Version": "2012-10-17", "Statement": [_only_tls(topic), _publisher(topic, services)]}
    stack.add(TopicPolicy("TopicPolicy", Topics=[Ref(topic)], PolicyDocument=policy))
    if stack.config.alarm_email:
        mail = SubscriptionResource(
            "TopicMail", TopicArn=Ref(topic), Protocol="email", Endpoint=stack.config.alarm_email
        )
        stack.suppress(mail, MAIL)
        stack.add(mail)
    return topic


def _only_tls(topic: Topic) -> dict[str, Any]:
    return {
        "Sid": "OnlyTls",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "sns:Publish",
        "Resource": Ref(topic),
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }


def _publisher(topic: Topic, services: Iterable[str]) -> dict[str, Any]:
    return {
        "Sid": "Publisher",
        "Effect": "Allow",
        "Principal": {"Service": [f"{service}.amazonaws.com" for service in services]},
        "Action": "sns:Publish",
        "Resource": Ref(topic),
        "Condition": {"StringEquals": {"aws:SourceAccount": ACCOUNT}},
    }
