"""One form for the requests of all gateways: REST API, HTTP API, function URL and Application Load Balancer.

What each sends is described in AWS's documents; where they leave the encoding open, this is what was observed:
paths come percent-encoded, those of HTTP APIs with nothing but `%25` left of it, so that one decoding is right for
all. A load balancer leaves queries as they were sent, a REST API decodes them.
"""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any, Final, Literal
from urllib.parse import quote, unquote_to_bytes, urlencode

Event = Mapping[str, Any]
Gateway = Literal["rest", "http", "alb"]

_EXECUTE_API: Final = ".execute-api."
_NO_STAGE: Final = "$default"
# The gateway has taken the body out of its frames, so what was said of them is no longer so.
_OF_THE_FRAMES: Final = frozenset({"content-length", "transfer-encoding"})
# What may stand in a query as it is sent; anything else gets escaped.
_OF_QUERIES: Final = "!$'()*+,-./:;=?@_~%[]"


@dataclass(frozen=True, slots=True)
class Call:
    """A request, whichever gateway it came through.

    `script_name` is what stands before the service's own paths, such as /prod; `path` is decoded, `query` is not.
    `headers` have names in lower case and values as WSGI wants texts: their bytes as Latin-1. `address` is the
    caller's, by the gateway's word; `context` is its requestContext. `lists_headers` says that it takes the values of
    a header as a list.
    """

    gateway: Gateway
    method: str
    script_name: str
    path: bytes
    query: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    address: str
    context: Mapping[str, Any] = field(repr=False)
    lists_headers: bool


def is_request(event: Event) -> bool:
    """Whether a gateway sent this event: one without a path or a method is of no form that it has."""
    context = event.get("requestContext") or {}
    if not isinstance(context, Mapping):
        return False
    if event.get("version") != "2.0":
        return bool(event.get("httpMethod"))
    http = context.get("http")
    return "rawPath" in event and isinstance(http, Mapping) and bool(http.get("method"))


def call_of(event: Event) -> Call:
    """The request in an event for which `is_request` holds. No text that a client chose makes it fail."""
    context = event.get("requestContext") or {}
    gateway = _gateway(event, context)
    headers = _headers(event)
    host = headers.setdefault("host", str(context.get("domainName", "")))
    script_name, path = _placed(gateway, event, context, host)
    return Call(
        gateway=gateway,
        method=str(context["http"]["method"] if gateway == "http" else event["httpMethod"]).upper(),
        script_name=script_name,
        path=path,
        query=_query(gateway, event),
        headers=headers,
        body=_body(event),
        address=_address(gateway, context, headers),
        context=context,
        lists_headers=bool(event.get("multiValueHeaders")),
    )


def _gateway(event: Event, context: Mapping[str, Any]) -> Gateway:
    if event.get("version") == "2.0":
        return "http"
    return "alb" if "elb" in context else "rest"


def _headers(event: Event) -> dict[str, str]:
    """The headers, repeated ones joined; a name with an underscore could pass for another in WSGI and is dropped."""
    found: dict[str, list[str]] = {name.lower(): [str(value)] for name, value in (event.get("headers") or {}).items()}
    listed: dict[str, list[str]] = {}
    for name, values in (event.get("multiValueHeaders") or {}).items():
        listed.setdefault(name.lower(), []).extend(map(str, values))
    found.update(listed)
    if event.get("cookies"):
        found["cookie"] = list(event["cookies"])
    return {
        name: _as_wsgi(("; " if name == "cookie" else ",").join(values))
        for name, values in found.items()
        if "_" not in name and name not in _OF_THE_FRAMES
    }


def _placed(gateway: Gateway, event: Event, context: Mapping[str, Any], host: str) -> tuple[str, bytes]:
    """What stands before the service's paths, and the path behind it.

    On the host that AWS gives an API its stage is part of every address; behind a domain of ours it is not. HTTP
    APIs have it in their paths too.
    """
    path = str(event["rawPath"] if gateway == "http" else event.get("path", ""))
    stage = str(context.get("stage") or _NO_STAGE)
    if gateway == "alb" or stage == _NO_STAGE or _EXECUTE_API not in host:
        return "", _bytes_of_path(path)
    if gateway == "http":
        path = re.sub(rf"^/{re.escape(stage)}(?=/|$)", "", path)
    return f"/{stage}", _bytes_of_path(path)


def _bytes_of_path(path: str) -> bytes:
    return unquote_to_bytes(_bytes_of(path)) or b"/"


def _query(gateway: Gateway, event: Event) -> str:
    """The query as it was sent, or for a REST API, which decodes it, one that means the same."""
    if gateway == "http":
        return quote(_bytes_of(str(event.get("rawQueryString") or "")), safe=f"{_OF_QUERIES}&")
    listed = event.get("multiValueQueryStringParameters")
    single = event.get("queryStringParameters") or {}
    pairs = [(name, value) for name, values in (listed or {}).items() for value in values] or list(single.items())
    if gateway == "rest":
        return urlencode([(_bytes_of(name), _bytes_of(value)) for name, value in pairs])
    return "&".join("=".join(quote(_bytes_of(part), safe=_OF_QUERIES) for part in pair) for pair in pairs)


def _body(event: Event) -> bytes:
    body = event.get("body") or ""
    return b64decode(body) if event.get("isBase64Encoded") else _bytes_of(body)


def _address(gateway: Gateway, context: Mapping[str, Any], headers: Mapping[str, str]) -> str:
    """The caller's address by the gateway's own word; "" where it says none.

    A load balancer writes it behind whatever a client wrote into X-Forwarded-For, with a port where it is told to. So
    it is with its attribute routing.http.xff_header_processing.mode at `append`, its default, and with no other value:
    with `preserve` and `remove` what stands there, if anything, is the client's own word.
    """
    if gateway != "alb":
        told = context.get("http" if gateway == "http" else "identity") or {}
        return str(told.get("sourceIp") or "")
    last = headers.get("x-forwarded-for", "").rpartition(",")[2].strip()
    return address_in(last) or address_in(last.rpartition(":")[0].strip("[]")) or ""


def address_in(text: str) -> str | None:
    """A text that is an IP address, else None."""
    try:
        return str(ip_address(text))
    except ValueError:
        return None


def _bytes_of(text: str) -> bytes:
    # JSON may hold halves of characters, which no encoding has.
    return text.encode("utf-8", "replace")


def _as_wsgi(text: str) -> str:
    return _bytes_of(text).decode("latin-1")
