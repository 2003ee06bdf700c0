"""One line of JSON for each request, and the log group it is written to.

Nothing in it tells a person: no address, no user agent, no query, and the pattern of a path instead of the path,
which holds the ids of sessions. Who asked is found by the request id in the application's own log.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

from infra import names
from infra.stack import Stack, Value, arn_of
from infra.stacks import _keys, _logs

_BOTH: Final = {
    "requestId": "$context.requestId",
    "time": "$context.requestTime",
    "method": "$context.httpMethod",
    "status": "$context.status",
    "protocol": "$context.protocol",
    "bytes": "$context.responseLength",
    "milliseconds": "$context.responseLatency",
    "functionMilliseconds": "$context.integrationLatency",
    "refusal": "$context.error.responseType",
}
REST: Final = {**_BOTH, "route": "$context.resourcePath", "trace": "$context.xrayTraceId"}
HTTP: Final = {**_BOTH, "route": "$context.routeKey", "authorizer": "$context.authorizer.error"}


def line(fields: Mapping[str, str]) -> str:
    """The format of a line. All are texts, because what a request does not have is a hyphen."""
    return json.dumps(fields)


def add(stack: Stack) -> Value:
    """The group of the access log; answers its ARN."""
    # HTTP APIs need this beginning, or each adds to a policy that has room for few.
    name = f"/aws/vendedlogs/{names.stack_name(stack.config, 'api')}"
    return arn_of(_logs.add_log_group(stack, "AccessLog", name, _keys.key_of(stack, "security")))
