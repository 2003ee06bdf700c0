"""The id of the request being served, known to errors and logs without being handed around."""

from __future__ import annotations

import uuid
from contextvars import ContextVar

from django.http import HttpRequest

_current: ContextVar[str] = ContextVar("request_id", default="")


def request_id() -> str:
    """The id of the request being served, empty outside one."""
    return _current.get()


def begin(request: HttpRequest) -> str:
    """Takes the gateway's id on Lambda, makes one elsewhere, and remembers it. A client's own header is not trusted."""
    gateway = gateway_context(request)
    identity = str(gateway.get("requestId") or uuid.uuid4())
    _current.set(identity)
    return identity


def gateway_context(request: HttpRequest) -> dict[str, object]:
    """API Gateway's `requestContext` of the event that Zappa hands on; empty outside Lambda."""
    event = request.META.get("lambda.event") or {}
    return dict(event.get("requestContext") or {})


def client_address(request: HttpRequest) -> str:
    """The address of the caller: the gateway's word on Lambda, the socket's elsewhere; never a header of the client."""
    context = gateway_context(request)
    for place, name in (("identity", "sourceIp"), ("http", "sourceIp")):
        found = context.get(place)
        if isinstance(found, dict) and found.get(name):
            return str(found[name])
    return str(request.META.get("REMOTE_ADDR", ""))
