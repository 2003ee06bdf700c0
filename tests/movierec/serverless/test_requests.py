"""What the service sees of a request, exactly, whichever gateway it came through."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote, unquote_to_bytes

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from movierec.serverless.requests import Call, call_of, is_request
from movierec.serverless.wsgi_call import environ_of
from tests.movierec.serverless.events import (
    ADDRESS,
    API_HOST,
    BALANCER,
    DOMAIN,
    SHAPES,
    Sent,
    Shape,
    function_url,
    http_api,
    http_api_with_stage,
    load_balancer,
    load_balancer_with_lists,
    rest_api,
)

each_shape = pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.name)
# HTTP APIs take paths apart before they tell them.
encoded = pytest.mark.parametrize("event", [rest_api, function_url, load_balancer, load_balancer_with_lists])


def environ(event: dict[str, Any]) -> dict[str, Any]:
    return environ_of(call_of(event), None)


@each_shape
def test_a_path_is_decoded_once(shape: Shape) -> None:
    sent = Sent(path="/a%2Fb%23c%3Fd%20e/%C3%A9%252Eb+f")
    assert environ(shape.event(sent))["PATH_INFO"].encode("latin-1") == "/a/b#c?d e/é%2Eb+f".encode()


@encoded
def test_bytes_that_are_no_utf_8_stay_as_they_are(event: Callable[[Sent], dict[str, Any]]) -> None:
    assert environ(event(Sent(path="/x%FF%zz")))["PATH_INFO"] == "/x\xff%zz"


@pytest.mark.parametrize(
    ("event", "script_name", "path"),
    [
        (rest_api(Sent(path="/production")), "/prod", "/production"),
        (rest_api(Sent(path="/prod/x")), "/prod", "/prod/x"),
        (rest_api(Sent(path="/prod/x"), DOMAIN), "", "/prod/x"),
        (http_api(Sent(path="/prod/x"), DOMAIN, "prod"), "", "/prod/x"),
        (http_api_with_stage(Sent(path="/production")), "/prod", "/production"),
        (http_api_with_stage(Sent(path="/prod/x")), "/prod", "/prod/x"),
        (http_api(Sent(), stage="prod", raw="/prod"), "/prod", "/"),
        (http_api(Sent(path="/prod/x")), "", "/prod/x"),
        # As the embedded AWS says it, without the stage.
        (http_api(Sent(path="/x"), stage="prod"), "/prod", "/x"),
        (http_api(Sent(path="/production"), stage="prod"), "/prod", "/production"),
    ],
)
def test_the_stage_is_the_script_name_on_the_apis_own_host_alone(
    event: dict[str, Any], script_name: str, path: str
) -> None:
    found = environ(event)
    assert (found["SCRIPT_NAME"], found["PATH_INFO"]) == (script_name, path)


QUERY = "a=1&a=2&b=&plus=%2B&space=+&umlaut=%C3%A9&amp=%26&equals=%3D"


@pytest.mark.parametrize(
    "event", [http_api, http_api_with_stage, function_url, load_balancer_with_lists], ids=lambda event: event.__name__
)
def test_a_query_comes_as_it_was_sent(event: Callable[[Sent], dict[str, Any]]) -> None:
    assert environ(event(Sent(query=QUERY)))["QUERY_STRING"] == QUERY


def test_a_query_that_a_rest_api_decoded_means_the_same() -> None:
    assert environ(rest_api(Sent(query=QUERY)))["QUERY_STRING"] == QUERY
    sent = "q=a%20b/%7e&%C3%A9=x"
    assert environ(rest_api(Sent(query=sent)))["QUERY_STRING"] == "q=a+b%2F~&%C3%A9=x"


def test_a_load_balancer_without_lists_tells_the_last_of_the_same_name() -> None:
    assert environ(load_balancer(Sent(query="a=1&a=%2B&b=")))["QUERY_STRING"] == "a=%2B&b="


def test_a_rest_api_may_leave_the_lists_out() -> None:
    event = rest_api(Sent(query="a=%2B"))
    del event["multiValueQueryStringParameters"], event["multiValueHeaders"]
    found = environ(event)
    assert (found["QUERY_STRING"], found["HTTP_HOST"]) == ("a=%2B", API_HOST)


def test_the_consoles_test_of_a_method_has_no_headers_and_no_body() -> None:
    event = {**rest_api(Sent()), "headers": None, "multiValueHeaders": None, "queryStringParameters": None}
    assert environ(event)["HTTP_HOST"] == API_HOST


@each_shape
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
@pytest.mark.parametrize(
    ("kind", "body"),
    [("application/json", '{"é": 1}'.encode()), ("image/png", b"\x89PNG\xff\x00"), ("application/json", b"")],
)
def test_a_body_comes_whole_with_its_length_and_type(shape: Shape, method: str, kind: str, body: bytes) -> None:
    found = environ(shape.event(Sent(method, "/x", headers=[("Content-Type", kind)], body=body)))
    assert (found["REQUEST_METHOD"], found["CONTENT_TYPE"], found["CONTENT_LENGTH"]) == (method, kind, str(len(body)))
    assert found["wsgi.input"].read() == body
    assert {"HTTP_CONTENT_TYPE", "HTTP_CONTENT_LENGTH"}.isdisjoint(found)


@pytest.mark.parametrize("event", [rest_api, load_balancer_with_lists, http_api, function_url])
def test_repeated_headers_are_joined_and_cookies_as_cookies_are(event: Callable[[Sent], dict[str, Any]]) -> None:
    sent = Sent(headers=[("X-Many", "1"), ("Cookie", "a=1; b=2"), ("X-Many", "2"), ("Cookie", "c=3")])
    found = environ(event(sent))
    assert (found["HTTP_X_MANY"], found["HTTP_COOKIE"]) == ("1,2", "a=1; b=2; c=3")


@each_shape
def test_headers_that_deceive_are_dropped(shape: Shape) -> None:
    sent = Sent(headers=[("X_Forwarded_Host", "evil.example"), ("Transfer-Encoding", "chunked")])
    found = environ(shape.event(sent))
    assert found.get("HTTP_X_FORWARDED_HOST") != "evil.example"
    assert "HTTP_TRANSFER_ENCODING" not in found


def test_headers_beyond_latin_1_come_as_their_bytes() -> None:
    found = environ(http_api(Sent(headers=[("Cookie", "name=ő")])))
    assert found["HTTP_COOKIE"].encode("latin-1") == "name=ő".encode()


@each_shape
def test_the_callers_address_is_the_gateways_word(shape: Shape) -> None:
    sent = Sent(headers=[("X-Forwarded-For", "192.0.2.1")])
    told = environ(shape.event(sent))["REMOTE_ADDR"]
    assert told == (ADDRESS if shape.name != "CloudFront" else "130.176.0.1")


@pytest.mark.parametrize(
    ("forwarded", "address"),
    [
        ("192.0.2.1, 203.0.113.9", "203.0.113.9"),
        ("192.0.2.1,203.0.113.9:4431", "203.0.113.9"),
        ("2001:db8::5:80", "2001:db8::5:80"),
        ("[2001:db8::5]:80", "2001:db8::5"),
        ("203.0.113.9, unknown", ""),
        ("", ""),
    ],
)
def test_a_load_balancer_writes_the_address_last(forwarded: str, address: str) -> None:
    event = load_balancer(Sent())
    event["headers"]["x-forwarded-for"] = forwarded
    assert call_of(event).address == address


@each_shape
def test_the_scheme_is_https_and_the_gateways_context_goes_with_it(shape: Shape) -> None:
    event = shape.event(Sent())
    found = environ(event)
    assert (found["wsgi.url_scheme"], found["SERVER_PORT"]) == ("https", "443")
    assert found["lambda.event"] == {"requestContext": event["requestContext"]}


@pytest.mark.parametrize(
    "event",
    [
        {},
        {"manage": "check"},
        {"version": "0", "detail-type": "Scheduled Event", "resources": []},
        {"version": "2.0", "routeKey": "x"},
        {"Records": [{"eventSource": "aws:sqs"}]},
        {"requestContext": {"eventType": "CONNECT"}},
    ],
)
def test_other_events_are_no_requests(event: dict[str, Any]) -> None:
    assert not is_request(event)


@each_shape
def test_every_gateways_event_is_a_request(shape: Shape) -> None:
    assert is_request(shape.event(Sent()))


# JSON can hold what no encoding can: halves of characters.
anything = st.text(st.characters(codec=None, exclude_categories=()), max_size=12)


@given(path=anything, query=anything, value=anything, body=anything)
@example(path="\ud800", query="\ud800", value="\ud800", body="\ud800")
def test_no_text_makes_it_fail(path: str, query: str, value: str, body: str) -> None:
    for shape in SHAPES:
        event = shape.event(Sent("POST", headers=[("X-Any", "x")]))
        event["rawPath" if "rawPath" in event else "path"] = f"/{path}"
        event |= {"rawQueryString": query, "body": body, "isBase64Encoded": False}
        for name in ("queryStringParameters", "multiValueQueryStringParameters"):
            if name in event:
                event[name] = {query: [value] if name.startswith("multi") else value}
        for name in ("headers", "multiValueHeaders"):
            if name in event:
                event[name]["x-any"] = [value] if name.startswith("multi") else value
        found: Call = call_of(event)
        texts = [item for item in environ_of(found, None).values() if isinstance(item, str)]
        assert all(text.encode("latin-1").decode("latin-1") == text for text in texts)


@given(path=st.binary(max_size=20))
def test_any_path_that_is_encoded_comes_back(path: bytes) -> None:
    sent = Sent(path=f"/{quote(path)}")
    for event in (rest_api, function_url, load_balancer):
        assert call_of(event(sent)).path == b"/" + path == unquote_to_bytes(sent.path)


def test_a_host_is_never_taken_from_a_forwarded_one() -> None:
    sent = Sent(headers=[("X-Forwarded-Host", "evil.example"), ("Forwarded", "host=evil.example")])
    assert environ(load_balancer(sent))["HTTP_HOST"] == BALANCER
