"""The same request has the same answer through every gateway."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.movierec.serverless.conftest import Seen
from tests.movierec.serverless.events import SHAPES, Sent, Shape

Ask = Callable[[Shape, Sent], Seen]

PAGE = ("Accept", "text/html")
JSON = ("Content-Type", "application/json")
FORM = ("Content-Type", "application/x-www-form-urlencoded")
ORIGIN = ("Origin", "https://www.movierec.net")

REQUESTS = {
    "JSON": Sent(path="/health"),
    "an address that is not there": Sent(path="/no%2Fthing/%C3%A9%23%3F%25/a+b", query="a=1"),
    "the same for people": Sent(path="/nothing", headers=[PAGE]),
    "a page": Sent(path="/", headers=[PAGE]),
    "a page in a folder": Sent(path="/auth/signin", headers=[PAGE], query="next=%2Fmedia"),
    "a redirect": Sent(path="/favicon.ico"),
    "the API's description": Sent(path="/schema"),
    "a style sheet": Sent(path="/static/web/movierec.css"),
    "a picture": Sent(path="/static/drf_spectacular_sidecar/swagger-ui-dist/favicon-32x32.png"),
    "a part of it": Sent(
        path="/static/drf_spectacular_sidecar/swagger-ui-dist/favicon-32x32.png", headers=[("Range", "bytes=0-99")]
    ),
    "another method": Sent("DELETE", "/health"),
    "a method with a body": Sent("DELETE", "/user/favourites", headers=[JSON], body=b'{"a": 1}'),
    "no body": Sent("POST", "/auth/signup", headers=[JSON]),
    "an empty list of fields": Sent("POST", "/auth/signup", headers=[JSON], body=b"{}"),
    "no JSON": Sent("POST", "/auth/signup", headers=[JSON], body=b"{"),
    "another type": Sent("POST", "/auth/signup", headers=[("Content-Type", "image/png")], body=b"\x89PNG\xff\x00"),
    "too much": Sent("POST", "/auth/signup", headers=[JSON], body=b"[" * 300_000),
    "too much where nothing is wanted": Sent("GET", "/health", headers=[JSON], body=b"[" * 300_000),
    "a preflight": Sent("OPTIONS", "/user/favourites", headers=[ORIGIN, ("Access-Control-Request-Method", "POST")]),
    "only the head": Sent("HEAD", "/docs", headers=[PAGE]),
    "without a token": Sent("POST", "/user/favourites", headers=[JSON, ORIGIN], body=b'{"movieId": "603"}'),
    "with a wrong one": Sent(path="/user/favourites", headers=[("Authorization", "Bearer x")]),
    "a query": Sent(path="/search", query="q=a%2Bb+c%26%C3%A9&type=&limit=x", headers=[PAGE]),
}


# What differs from one request to the next.
COUNTED = {"x-request-id", "x-ratelimit-remaining", "x-ratelimit-reset"}


_COUNTED_IN_BODIES = re.compile(
    rb'(?:"|&quot;)(?:requestId|timestamp|responseTime)(?:"|&quot;): ?[^,}<]*'
    rb'|(?<=name="csrfmiddlewaretoken" value=")[^"]*'
    rb"|(?<=<dt>X-RateLimit-Remaining</dt>)<dd>[0-9]*|(?<=<dt>X-RateLimit-Reset</dt>)<dd>[0-9]*"
)


def alike(found: Seen, shape: Shape) -> dict[str, Any]:
    """What must be the same: all but what is counted or drawn, and the address of the service."""
    stage = "/prod" if shape.base.endswith("/prod") else ""
    body = found.body.replace(shape.base.encode(), b"").replace(shape.base.removesuffix(stage).encode(), b"")
    body = re.sub(rb"""(?<=["' >])%s(?=[/"'])""" % stage.encode(), b"", body) if stage else body
    headers = {name: value for name, value in found.headers.items() if name not in COUNTED}
    if "location" in headers:
        headers["location"] = headers["location"].removeprefix(stage)
    if "content-security-policy" in headers:
        headers["content-security-policy"] = ";".join(sorted(headers["content-security-policy"].split("; ")))
    cookies = [re.sub("=[^;]*", "=", cookie) for cookie in found.cookies]
    return {
        "status": found.status,
        "headers": headers,
        "cookies": cookies,
        "body": _COUNTED_IN_BODIES.sub(b"", body),
    }


STATUSES = {
    "JSON": 200,
    "an address that is not there": 404,
    "the same for people": 404,
    "a page": 200,
    "a page in a folder": 200,
    "a redirect": 302,
    "the API's description": 200,
    "a style sheet": 200,
    "a picture": 200,
    "a part of it": 206,
    "another method": 405,
    "a method with a body": 401,
    "no body": 400,
    "an empty list of fields": 400,
    "no JSON": 400,
    "another type": 415,
    "too much": 413,
    "too much where nothing is wanted": 413,
    "a preflight": 204,
    "only the head": 200,
    "without a token": 401,
    "with a wrong one": 401,
    "a query": 400,
}


@pytest.mark.parametrize("name", REQUESTS)
def test_every_gateway_gets_the_same_answer(ask: Ask, name: str) -> None:
    answers = {shape.name: alike(ask(shape, REQUESTS[name]), shape) for shape in SHAPES}
    expected = answers[SHAPES[0].name]
    assert expected["status"] == STATUSES[name]
    for answer in answers.values():
        assert answer == expected
