"""Queues for what failed."""

from __future__ import annotations

from typing import Any, Final

from troposphere import GetAtt, Ref
from troposphere.sqs import Queue, QueuePolicy

from infra import names
from infra.stack import Stack, Value, arn_of
from infra.stacks import _reasons

DEAD_LETTERS: Final = "dead-letters"
ROTATION_FAILURES: Final = "rotation-failures"
_FORTNIGHT: Final = 14 * 24 * 3600


def add_failures(stack: Stack, title: str, purpose: str, key: Value | None) -> Queue:
    """A queue that keeps what failed for 14 days, for people to look at; nobody writes to it without TLS.

    `key` is the ARN of a KMS key; SQS's own keys seal without one.
    """
    sealed: dict[str, Any] = {"SqsManagedSseEnabled": True} if key is None else {"KmsMasterKeyId": key}
    queue = Queue(
        title,
        QueueName=names.queue(stack.config, purpose),
        MessageRetentionPeriod=_FORTNIGHT,
        # SQS's own default; written out, it says what the queue is for.
        RedriveAllowPolicy={"redrivePermission": "allowAll"},
        **sealed,
    )
    stack.add(queue)
    stack.suppress(queue, _reasons.LAST_QUEUE)
    stack.suppress(queue, _reasons.NO_CMK if key is None else _reasons.BY_PARAMETER)
    only_tls = {
        "Sid": "OnlyTls",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "sqs:*",
        "Resource": arn_of(queue),
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    policy = {"Version": "2012-10-17", "Statement": [only_tls]}
    stack.add(QueuePolicy(f"{title}Policy", Queues=[Ref(queue)], PolicyDocument=policy))
    return queue


def name_of(queue: Queue) -> GetAtt:
    """The queue's name, as alarms want it."""
    return GetAtt(queue, "QueueName")
