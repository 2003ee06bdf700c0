"""One request as each gateway hands it to Lambda, in the forms that AWS's documents show.

What a gateway does to a request on its way is done here too: an HTTP API decodes the path but for `%25`, a REST API
decodes the query, a load balancer neither, and bodies come in Base64 where the gateway does not take them for text.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote

API_HOST = "a1b2c3d4e5.execute-api.eu-north-1.amazonaws.com"
URL_HOST = "qwertyuiop.lambda-url.eu-north-1.on.aws"
DOMAIN = "api.movierec.net"
SITE = "movierec.net"
BALANCER = "movierec-123456789.eu-north-1.elb.amazonaws.com"
ADDRESS = "203.0.113.9"
KEY = "the key of the origin, thirty-two characters or more"
HOSTS = (API_HOST, URL_HOST, DOMAIN, SITE, BALANCER)
_TEXT = ("text/", "application/json", "application/javascript", "application/xml")


@dataclass(frozen=True)
class Sent:
    """A request as a client sends it; `path` and `query` are encoded."""

    method: str = "GET"
    path: str = "/"
    query: str = ""
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""


@dataclass(frozen=True)
class Shape:
    """A gateway's form of events: the address at which it has the service, and how it makes an event."""

    name: str
    base: str
    event: Callable[[Sent], dict[str, Any]]


def _all_headers(sent: Sent, host: str, forwarded: str = ADDRESS) -> list[tuple[str, str]]:
    own = [("Host", host), ("X-Forwarded-For", forwarded), ("X-Forwarded-Port", "443"), ("X-Forwarded-Proto", "https")]
    length = [("Content-Length", str(len(sent.body)))] if sent.body else []
    return [*sent.headers, *own, *length]


def _body(sent: Sent, *, texts: tuple[str, ...] = _TEXT) -> dict[str, Any]:
    kind = {name.lower(): value for name, value in sent.headers}.get("content-type", "")
    if not sent.body:
        return {"body": None, "isBase64Encoded": False}
    if kind.startswith(texts):
        return {"body": sent.body.decode(), "isBase64Encoded": False}
    return {"body": b64encode(sent.body).decode(), "isBase64Encoded": True}


def _lists(pairs: list[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found


def rest_api(sent: Sent, host: str = API_HOST) -> dict[str, Any]:
    headers = _all_headers(sent, host)
    query = parse_qsl(sent.query, keep_blank_values=True)
    return {
        "resource": "/{proxy+}",
        "path": sent.path,
        "httpMethod": sent.method,
        "headers": dict(headers),
        "multiValueHeaders": _lists(headers),
        "queryStringParameters": dict(query) or None,
        "multiValueQueryStringParameters": _lists(query) or None,
        "pathParameters": {"proxy": sent.path.lstrip("/")},
        "stageVariables": None,
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "a1b2c3d4e5",
            "domainName": host,
            "domainPrefix": host.partition(".")[0],
            "extendedRequestId": "JKJaXmPLvHcESHA=",
            "httpMethod": sent.method,
            "identity": {"sourceIp": ADDRESS, "userAgent": "test", "userArn": None},
            "path": f"/prod{sent.path}" if host == API_HOST else sent.path,
            "protocol": "HTTP/1.1",
            "requestId": "c6af9ac6-7b61-11e6-9a41-93e8deadbeef",
            "requestTimeEpoch": 1583348638390,
            "resourceId": "123456",
            "resourcePath": "/{proxy+}",
            "stage": "prod",
        },
        **_body(sent, texts=()),
    }


def _decoded(path: str) -> str:
    return re.sub("(?:%(?!25)[0-9A-Fa-f]{2})+", lambda run: unquote(run[0]), path)


def http_api(sent: Sent, host: str = API_HOST, stage: str = "$default", raw: str | None = None) -> dict[str, Any]:
    headers = _all_headers(sent, host)
    cookies = [part.strip() for name, value in headers if name == "Cookie" for part in value.split(";")]
    joined = {name.lower(): ",".join(values) for name, values in _lists(headers).items() if name != "Cookie"}
    path = _decoded(sent.path) if raw is None else raw
    query = {"queryStringParameters": {"see": "rawQueryString"}} if sent.query else {}
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": sent.query,
        **({"cookies": cookies} if cookies else {}),
        "headers": joined,
        **query,
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "a1b2c3d4e5",
            "domainName": host,
            "domainPrefix": host.partition(".")[0],
            "http": {"method": sent.method, "path": path, "protocol": "HTTP/1.1", "sourceIp": ADDRESS},
            "requestId": "JKJaXmPLvHcESHA=",
            "routeKey": "$default",
            "stage": stage,
            "timeEpoch": 1583348638390,
        },
        **{name: value for name, value in _body(sent).items() if value is not None},
    }


def http_api_with_stage(sent: Sent) -> dict[str, Any]:
    return http_api(sent, stage="prod", raw=f"/prod{_decoded(sent.path)}")


def function_url(sent: Sent) -> dict[str, Any]:
    event = http_api(sent, URL_HOST, raw=sent.path)
    event["requestContext"] |= {"accountId": "anonymous", "apiId": "qwertyuiop"}
    return event


def load_balancer(sent: Sent) -> dict[str, Any]:
    headers = _all_headers(sent, BALANCER, f"198.51.100.1, {ADDRESS}")
    return {
        "requestContext": {"elb": {"targetGroupArn": "arn:aws:elasticloadbalancing:eu-north-1:1:targetgroup/a/b"}},
        "httpMethod": sent.method,
        "path": sent.path,
        "queryStringParameters": dict(_undecoded(sent.query)),
        "headers": {name.lower(): value for name, value in headers},
        **{name: value or "" for name, value in _body(sent).items()},
        "isBase64Encoded": _body(sent)["isBase64Encoded"],
    }


def load_balancer_with_lists(sent: Sent) -> dict[str, Any]:
    event = load_balancer(sent)
    del event["headers"], event["queryStringParameters"]
    headers = _all_headers(sent, BALANCER, f"198.51.100.1, {ADDRESS}")
    lists = _lists([(name.lower(), value) for name, value in headers])
    return {**event, "multiValueHeaders": lists, "multiValueQueryStringParameters": _lists(_undecoded(sent.query))}


def _undecoded(query: str) -> list[tuple[str, str]]:
    return [(name, value) for name, _, value in (pair.partition("=") for pair in query.split("&") if pair)]


def cloudfront(sent: Sent) -> dict[str, Any]:
    told = [("X-Origin-Key", KEY), ("X-Viewer-Address", ADDRESS), ("X-Forwarded-Host", SITE)]
    event = http_api(Sent(sent.method, sent.path, sent.query, [*sent.headers, *told], sent.body))
    event["requestContext"]["http"]["sourceIp"] = "130.176.0.1"
    return event


SHAPES = (
    Shape("REST API", f"https://{API_HOST}/prod", rest_api),
    Shape("REST API behind a domain", f"https://{DOMAIN}", lambda sent: rest_api(sent, DOMAIN)),
    Shape("HTTP API", f"https://{API_HOST}", http_api),
    Shape("HTTP API with a stage", f"https://{API_HOST}/prod", http_api_with_stage),
    Shape("HTTP API behind a domain", f"https://{DOMAIN}", lambda sent: http_api(sent, DOMAIN, "prod")),
    Shape("function URL", f"https://{URL_HOST}", function_url),
    Shape("load balancer", f"https://{BALANCER}", load_balancer),
    Shape("load balancer with lists", f"https://{BALANCER}", load_balancer_with_lists),
    Shape("CloudFront", f"https://{SITE}", cloudfront),
)
