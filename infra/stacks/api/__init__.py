"""The HTTP interface: a REST API, or an HTTP API, in front of the function that answers requests."""

from __future__ import annotations

from infra.config import Config
from infra.stack import Stack
from infra.stacks.api import http as http_api
from infra.stacks.api import outputs
from infra.stacks.api import rest as rest_api


def build(config: Config) -> Stack:
    """The HTTP interface."""
    stack = Stack(config, "api", config.region, "The HTTP interface of MovieRec")
    kind = rest_api if config.api == "rest" else http_api
    outputs.add(stack, kind.add(stack))
    return stack
