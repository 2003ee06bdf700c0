"""The id of the request being served, known to errors and logs without being handed around."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

from django.http import HttpRequest

# Where a request keeps the viewer's address that a proxy we believe told us.
VIEWER: Final = "movierec.viewer_address"

_current: ContextVar[str] = ContextVar("request_id", default="")


def request_id() -> str:
    """The id of the request being served, or of the call of Lambda that runs a command; empty outside one."""
    return _current.get()


def begin(request: HttpRequest) -> str:
    """Takes the gateway's id on Lambda, makes one elsewhere, and remembers it. A client's own header is not trusted."""
    gateway = gateway_context(request)
    identity = str(gateway.get("requestId") or uuid.uuid4())
    _current.set(identity)
    return identity


def end() -> None:
    """Forgets the request, whose thread may do other work next."""
    _current.set("")


@contextmanager
def known_as(identity: str) -> Iterator[None]:
    """Has lines of the log name by this id what the block does, which is no request, such as a job."""
    token = _current.set(identity)
    try:
        yield
    finally:
        _current.reset(token)


def gateway_context(request: HttpRequest) -> dict[str, object]:
    """API Gateway's `requestContext` of the event that Zappa hands on; empty outside Lambda."""
    event = request.META.get("lambda.event") or {}
    return dict(event.get("requestContext") or {})


def client_address(request: HttpRequest) -> str:
    """The address of the caller: the word of a proxy that is believed, of the gateway on Lambda, else the socket's.

    It is never a header of the client.
    """
    if VIEWER in request.META:
        return str(request.META[VIEWER])
    context = gateway_context(request)
    for place, name in (("identity", "sourceIp"), ("http", "sourceIp")):
        found = context.get(place)
        if isinstance(found, dict) and found.get(name):
            return str(found[name])
    return str(request.META.get("REMOTE_ADDR", ""))
