"""What every response has: CORS headers, a request id, and one answer with and without a trailing slash."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.views import View
from rest_framework.request import Request
from rest_framework.response import Response

from movierec.api.request_id import client_address, request_id
from movierec.api.views import ApiView

Serve = Callable[[dict[str, Any]], Client]

ALLOWED = "https://www.movierec.net"
HEADERS = "Content-Type,Authorization,X-Api-Key,Accept,Origin,X-Requested-With,Idempotency-Key"
EXPOSED = "Date,X-Request-Id,X-RateLimit-Limit,X-RateLimit-Remaining,X-RateLimit-Reset,Retry-After,Idempotent-Replayed"


class Echo(ApiView):
    """Answers with what it was asked."""

    open_to_all = True

    def get(self, request: Request) -> Response:
        return Response({"path": request.path, "query": request.query_params.dict(), "id": request_id()})

    def post(self, request: Request) -> Response:
        return Response({"body": request.data})


class Slashed(Echo):
    """An address that really ends in a slash."""

    def get(self, request: Request) -> Response:
        return Response({"slashed": True})


class Private(ApiView):
    def get(self, request: Request) -> Response:
        return Response({})


class Broken(ApiView):
    open_to_all = True

    def get(self, request: Request) -> Response:
        raise RuntimeError


class Address(View):
    def get(self, request: HttpRequest) -> HttpResponse:
        return HttpResponse(client_address(request))


VIEWS = {"echo": Echo, "deep/echo": Echo, "slashed/": Slashed, "private": Private, "broken": Broken, "where": Address}


@pytest.fixture
def echo(serve: Serve) -> Client:
    return serve(VIEWS)


def cors(response: Any) -> dict[str, str]:
    return {name: value for name, value in response.items() if name.startswith("Access-Control-")}


class TestCors:
    @pytest.mark.parametrize(
        "origin",
        [
            "https://www.movierec.net",
            "https://movierec.net",
            "http://localhost:3000",
            "http://localhost:8080",
            "http://127.0.0.1:3000",
        ],
    )
    def test_an_allowed_origin_is_echoed_with_credentials(self, echo: Client, origin: str) -> None:
        assert cors(echo.get("/echo", headers={"origin": origin})) == {
            "Access-Control-Allow-Origin": origin,
            "Access-Control-Allow-Credentials": "true",
            "Access-Control-Expose-Headers": EXPOSED,
        }

    @pytest.mark.parametrize(
        "origin",
        [
            "https://evil.example",
            "null",
            "*",
            "",
            "http://www.movierec.net",
            "https://www.movierec.net.evil.example",
            "https://www.movierec.net:444",
            "https://WWW.movierec.net",
            "https://www.movierec.net,https://movierec.net",
        ],
    )
    def test_another_origin_gets_no_cors_header(self, echo: Client, origin: str) -> None:
        response = echo.get("/echo", headers={"origin": origin})
        assert response.status_code == 200
        assert cors(response) == {}

    def test_no_origin_no_cors_header(self, echo: Client) -> None:
        assert cors(echo.get("/echo")) == {}

    @pytest.mark.parametrize("headers", [{}, {"origin": ALLOWED}, {"origin": "https://evil.example"}])
    def test_caches_are_told_that_the_origin_matters(self, echo: Client, headers: dict[str, str]) -> None:
        vary = echo.get("/echo", headers=headers)["Vary"]
        assert "Origin" in [name.strip() for name in vary.split(",")]

    @pytest.mark.parametrize("path", ["/echo", "/echo/", "/private", "/broken", "/nowhere", "/"])
    def test_a_preflight_is_204_without_a_body_everywhere(self, echo: Client, path: str) -> None:
        asked = {"origin": ALLOWED, "access-control-request-method": "PUT"}
        response = echo.options(path, headers=asked)
        assert (response.status_code, response.content) == (204, b"")
        assert "Content-Type" not in response
        assert cors(response) == {
            "Access-Control-Allow-Origin": ALLOWED,
            "Access-Control-Allow-Credentials": "true",
            "Access-Control-Expose-Headers": EXPOSED,
            "Access-Control-Allow-Headers": HEADERS,
            "Access-Control-Allow-Methods": "GET,POST,PUT,DELETE,OPTIONS",
            "Access-Control-Max-Age": "86400",
        }

    def test_a_preflight_of_another_origin_allows_nothing(self, echo: Client) -> None:
        response = echo.options("/echo", headers={"origin": "https://evil.example"})
        assert (response.status_code, response.content) == (204, b"")
        assert cors(response) == {}

    @pytest.mark.parametrize(
        ("path", "status"), [("/private", 401), ("/nowhere", 404), ("/broken", 500)], ids=["401", "404", "500"]
    )
    def test_errors_carry_the_headers_too(self, echo: Client, path: str, status: int) -> None:
        response = echo.get(path, headers={"origin": ALLOWED})
        assert response.status_code == status
        assert response["Access-Control-Allow-Origin"] == ALLOWED
        assert response["Access-Control-Expose-Headers"] == EXPOSED

    def test_a_body_that_is_too_large_carries_them_too(self, echo: Client) -> None:
        response = echo.post("/echo", b"x" * 300_000, "application/json", headers={"origin": ALLOWED})
        assert response.status_code == 413
        assert response["Access-Control-Allow-Origin"] == ALLOWED

    def test_the_list_is_the_settings(self, echo: Client, settings: Any) -> None:
        settings.CORS_ALLOWED_ORIGINS = frozenset({"https://other.example"})
        assert cors(echo.get("/echo", headers={"origin": ALLOWED})) == {}
        found = cors(echo.get("/echo", headers={"origin": "https://other.example"}))
        assert found["Access-Control-Allow-Origin"] == "https://other.example"


class TestRequestId:
    UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

    def test_each_request_has_its_own(self, echo: Client) -> None:
        first, second = echo.get("/echo"), echo.get("/echo")
        assert self.UUID.fullmatch(first["X-Request-Id"])
        assert self.UUID.fullmatch(second["X-Request-Id"])
        assert first["X-Request-Id"] != second["X-Request-Id"]

    def test_the_work_knows_it(self, echo: Client) -> None:
        response = echo.get("/echo")
        assert response.json()["id"] == response["X-Request-Id"]

    def test_a_clients_own_is_not_taken(self, echo: Client) -> None:
        response = echo.get("/echo", headers={"x-request-id": "mine", "x-amzn-requestid": "mine"})
        assert self.UUID.fullmatch(response["X-Request-Id"])

    def test_the_gateways_is_taken(self, echo: Client) -> None:
        event = {"requestContext": {"requestId": "gateway-1"}}
        response = echo.get("/echo", **{"lambda.event": event})
        assert response["X-Request-Id"] == "gateway-1"
        assert response.json()["id"] == "gateway-1"

    def test_errors_of_the_gateways_request_name_it(self, echo: Client) -> None:
        response = echo.get("/nowhere", **{"lambda.event": {"requestContext": {"requestId": "gateway-2"}}})
        assert response.json()["requestId"] == response["X-Request-Id"] == "gateway-2"

    @pytest.mark.parametrize("event", [None, {}, {"requestContext": None}, {"requestContext": {"requestId": ""}}])
    def test_an_event_without_one_gets_ours(self, echo: Client, event: Any) -> None:
        assert self.UUID.fullmatch(echo.get("/echo", **{"lambda.event": event})["X-Request-Id"])

    @pytest.mark.parametrize("path", ["/private", "/nowhere", "/broken"])
    def test_errors_have_it(self, echo: Client, path: str) -> None:
        response = echo.get(path)
        assert response.json()["requestId"] == response["X-Request-Id"]

    def test_a_preflight_has_it(self, echo: Client) -> None:
        assert self.UUID.fullmatch(echo.options("/echo")["X-Request-Id"])


class TestClientAddress:
    FORWARDED = "203.0.113.9, 198.51.100.7"

    def test_it_is_the_sockets(self, echo: Client) -> None:
        assert echo.get("/where", REMOTE_ADDR="192.0.2.4").content == b"192.0.2.4"

    def test_a_clients_header_does_not_change_it(self, echo: Client) -> None:
        headers = {"x-forwarded-for": self.FORWARDED, "forwarded": "for=203.0.113.9", "x-real-ip": "203.0.113.9"}
        assert echo.get("/where", headers=headers, REMOTE_ADDR="192.0.2.4").content == b"192.0.2.4"

    @pytest.mark.parametrize("place", ["identity", "http"], ids=["REST API", "HTTP API"])
    def test_the_gateways_word_counts_before_both(self, echo: Client, place: str) -> None:
        event = {"requestContext": {place: {"sourceIp": "198.51.100.1"}}}
        response = echo.get(
            "/where",
            headers={"x-forwarded-for": self.FORWARDED},
            REMOTE_ADDR="192.0.2.4",
            **{"lambda.event": event},
        )
        assert response.content == b"198.51.100.1"

    @pytest.mark.parametrize("identity", [None, {}, {"sourceIp": ""}, {"sourceIp": None}, "198.51.100.1"])
    def test_an_event_without_it_leaves_the_sockets(self, echo: Client, identity: Any) -> None:
        event = {"requestContext": {"identity": identity}}
        assert echo.get("/where", REMOTE_ADDR="192.0.2.4", **{"lambda.event": event}).content == b"192.0.2.4"

    def test_a_header_cannot_pose_as_the_gateways_event(self, echo: Client) -> None:
        headers = {"lambda.event": '{"requestContext": {"identity": {"sourceIp": "203.0.113.9"}}}'}
        assert echo.get("/where", headers=headers, REMOTE_ADDR="192.0.2.4").content == b"192.0.2.4"


class TestTrailingSlash:
    @pytest.mark.parametrize("path", ["/echo/", "/echo//", "/deep/echo/"])
    def test_get_answers_as_the_bare_path(self, echo: Client, path: str) -> None:
        response = echo.get(f"{path}?a=1&b=%20")
        assert response.status_code == 200
        assert (response.json()["path"], response.json()["query"]) == (path.rstrip("/"), {"a": "1", "b": " "})

    def test_post_keeps_its_body(self, echo: Client) -> None:
        response = echo.post("/echo/", {"kept": [1, "ü"]}, content_type="application/json")
        assert (response.status_code, response.json()) == (200, {"body": {"kept": [1, "ü"]}})

    def test_head_answers_too(self, echo: Client) -> None:
        assert echo.head("/echo/").status_code == 200

    def test_a_path_that_ends_in_a_slash_itself_stays(self, echo: Client) -> None:
        assert echo.get("/slashed/").json() == {"slashed": True}
        assert echo.get("/slashed").status_code == 404

    @pytest.mark.parametrize("path", ["/nowhere/", "/", "//", "/deep/"])
    def test_an_unknown_path_is_404_under_its_own_name(self, echo: Client, path: str) -> None:
        # The client of the tests takes two slashes at the start for a host's name.
        response = echo.get("/", PATH_INFO=path)
        assert response.status_code == 404
        assert response.json()["error"] == f"There is nothing at {path}."

    def test_refusals_are_those_of_the_bare_path(self, echo: Client) -> None:
        assert echo.get("/private/").status_code == 401
        assert echo.delete("/echo/").status_code == 405
