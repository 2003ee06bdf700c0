"""Answers in each gateway's form."""

from __future__ import annotations

import gzip
from base64 import b64decode, b64encode
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from movierec.serverless.requests import Call, call_of
from movierec.serverless.responses import response_of
from movierec.serverless.wsgi_call import Answer, asked
from tests.movierec.serverless.conftest import seen
from tests.movierec.serverless.events import (
    SHAPES,
    Sent,
    Shape,
    http_api,
    load_balancer,
    load_balancer_with_lists,
    rest_api,
)

each_shape = pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.name)
COOKIES = ["session=1; Path=/; Secure", "csrftoken=2; Path=/"]
HEADERS = [("Content-Type", "text/plain"), ("Set-Cookie", COOKIES[0]), ("Vary", "Accept"), ("Set-Cookie", COOKIES[1])]
TWICE = [*HEADERS, ("Vary", "Origin")]


def call(event: dict[str, Any]) -> Call:
    return call_of(event)


@each_shape
def test_several_cookies_and_a_repeated_header_arrive(shape: Shape) -> None:
    found = seen(response_of(call(shape.event(Sent())), Answer("200 OK", TWICE, b"x")))
    assert found.cookies == COOKIES
    assert found.headers == {"content-type": "text/plain", "vary": "Accept, Origin"}


def test_a_rest_api_gets_cookies_as_a_list() -> None:
    assert response_of(call(rest_api(Sent())), Answer("201 Created", TWICE, b"x")) == {
        "statusCode": 201,
        "headers": {"Content-Type": "text/plain", "Vary": "Accept, Origin"},
        "multiValueHeaders": {"Set-Cookie": COOKIES},
        "body": "x",
        "isBase64Encoded": False,
    }


def test_an_http_api_gets_cookies_apart() -> None:
    assert response_of(call(http_api(Sent())), Answer("201 Created", TWICE, b"x")) == {
        "statusCode": 201,
        "headers": {"Content-Type": "text/plain", "Vary": "Accept, Origin"},
        "cookies": COOKIES,
        "body": "x",
        "isBase64Encoded": False,
    }


def test_a_load_balancer_gets_its_own_form_and_the_status_in_words() -> None:
    answer = Answer("404 Not Found", TWICE, b"x")
    single = response_of(call(load_balancer(Sent())), answer)
    assert "multiValueHeaders" not in single
    assert [value for name, value in single["headers"].items() if name.lower() == "set-cookie"] == COOKIES
    listed = response_of(call(load_balancer_with_lists(Sent())), answer)
    assert "headers" not in listed
    assert listed["multiValueHeaders"] == {
        "Content-Type": ["text/plain"],
        "Vary": ["Accept, Origin"],
        "Set-Cookie": COOKIES,
    }
    assert single["statusDescription"] == listed["statusDescription"] == "404 Not Found"


@pytest.mark.parametrize("body", ["é".encode(), b"", b'{"a": 1}', b"<svg/>"])
def test_text_stays_text(body: bytes) -> None:
    found = response_of(call(rest_api(Sent())), Answer("200 OK", [], body))
    assert (found["body"], found["isBase64Encoded"]) == (body.decode(), False)


# The last is half of a character, as a part of a style sheet may end.
@pytest.mark.parametrize("body", [b"\x89PNG\r\n\x1a\n\x00\xff", gzip.compress(b"text", mtime=0), "é".encode()[:1]])
def test_other_bytes_go_in_base64(body: bytes) -> None:
    found = response_of(call(rest_api(Sent())), Answer("200 OK", [("Content-Type", "text/css")], body))
    assert (found["body"], found["isBase64Encoded"]) == (b64encode(body).decode(), True)


@given(body=st.binary(max_size=40))
def test_every_body_arrives_as_it_was(body: bytes) -> None:
    found = response_of(call(rest_api(Sent())), Answer("200 OK", [], body))
    assert (b64decode(found["body"]) if found["isBase64Encoded"] else found["body"].encode()) == body


REST = b"""
<a href="/prod/there"></a> <a href="//else.example/x"></a> <a href="https://else.example/"></a> <a href="#main"></a>
<b title='say href=&quot;/x'>/media</b>"""
PAGE = b"""<a href="/media">x</a> <form action='/auth/signin' data-next="/"><img src="/static/a.css">""" + REST
MOVED = (
    b"""<a href="/prod/media">x</a> <form action='/prod/auth/signin' data-next="/prod/">"""
    b"""<img src="/prod/static/a.css">""" + REST
)


def page(event: dict[str, Any], kind: str = "text/html; charset=utf-8") -> Any:
    headers = [("Content-Type", kind), ("Content-Length", str(len(PAGE))), ("Location", "/health")]
    return response_of(call(event), Answer("200 OK", headers, PAGE))


def test_on_the_apis_own_host_the_stage_stands_before_addresses_of_pages() -> None:
    found = page(rest_api(Sent()))
    assert found["body"] == MOVED.decode()
    assert found["headers"] == {"Content-Type": "text/html; charset=utf-8", "Location": "/prod/health"}


def test_nothing_else_is_touched() -> None:
    elsewhere = page(rest_api(Sent(), "api.movierec.net"))
    assert (elsewhere["body"], elsewhere["headers"]["Location"]) == (PAGE.decode(), "/health")
    data = page(rest_api(Sent()), "application/json")
    assert (data["body"], data["headers"]["Content-Length"]) == (PAGE.decode(), str(len(PAGE)))


class TestAsking:
    """What is kept of a WSGI application's answer."""

    @pytest.mark.parametrize(
        ("method", "status", "body"),
        [("GET", "200 OK", b"ab"), ("HEAD", "200 OK", b""), ("GET", "204 No Content", b""), ("GET", "304 Not", b"")],
    )
    def test_a_body_is_there_where_http_has_one(self, method: str, status: str, body: bytes) -> None:
        def application(environ: Any, start_response: Any) -> list[bytes]:
            start_response(status, [("Content-Length", "2")])
            return [b"a", b"b"]

        answer = asked(application, call(http_api(Sent(method))), None)
        assert answer == Answer(status, [("Content-Length", "2")], body)

    def test_what_it_gives_is_closed_even_when_it_fails(self) -> None:
        class Parts:
            closed = False

            def __iter__(self) -> Any:
                raise RuntimeError

            def close(self) -> None:
                self.closed = True

        parts = Parts()

        def application(environ: Any, start_response: Any) -> Any:
            return parts

        with pytest.raises(RuntimeError):
            asked(application, call(http_api(Sent())), None)
        assert parts.closed
