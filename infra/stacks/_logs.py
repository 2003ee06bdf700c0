"""Groups of log lines."""

from __future__ import annotations

from typing import Any

from troposphere import Ref
from troposphere.logs import LogGroup

from infra.stack import Stack, Value
from infra.stacks import _reasons


def add_log_group(stack: Stack, title: str, name: Value, key: Value | None, days: Value | None = None) -> LogGroup:
    """A log group that keeps lines as long as the environment says, or the parameter `days` where there is one.

    `name` may be made when it is deployed. `key` is the ARN of a KMS key; the log service's own keys seal without one.
    """
    sealed: dict[str, Any] = {} if key is None else {"KmsKeyId": key}
    group = LogGroup(title, LogGroupName=name, RetentionInDays=days or stack.config.log_days, **sealed)
    stack.add(group)
    stack.suppress(group, _reasons.LOG_DAYS)
    if key is None:
        stack.suppress(group, _reasons.NO_CMK)
    elif isinstance(key, Ref):
        stack.suppress(group, _reasons.BY_PARAMETER)
    return group
