"""What holds for every response: JSON, request ids, CORS, errors of one shape, limits, trailing slashes."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

SignIn = Callable[..., dict[str, str]]

ORIGINS = [
    "https://www.movierec.net",
    "https://movierec.net",
    "http://localhost:3000",
    "http://localhost:8080",
    "http://127.0.0.1:3000",
]
STRANGERS = [
    "https://evil.example",
    "http://www.movierec.net",
    "https://movierec.net.evil.example",
    "https://sub.movierec.net",
    "http://localhost:3001",
    "http://localhost",
    "null",
]
RATE = {"X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"}
ENDPOINTS = [
    ("POST", "/auth/signin"),
    ("POST", "/auth/signup"),
    ("POST", "/auth/refresh"),
    ("GET", "/user/preferences"),
    ("POST", "/user/preferences"),
    ("PUT", "/user/preferences"),
    ("GET", "/user/favourites"),
    ("POST", "/user/favourites"),
    ("DELETE", "/user/favourites"),
    ("GET", "/user/watchlist"),
    ("POST", "/user/watchlist"),
    ("DELETE", "/user/watchlist"),
    ("GET", "/recommendations"),
    ("POST", "/recommendations"),
    ("GET", "/recommendations/rows"),
    ("GET", "/recommendations/feedback"),
    ("POST", "/recommendations/feedback"),
    ("GET", "/recommendations/feedback/movie-603"),
    ("POST", "/recommendations/feedback/movie-603"),
    ("DELETE", "/recommendations/feedback/movie-603"),
    ("GET", "/media"),
    ("GET", "/media/genres"),
    ("GET", "/media/movie/603"),
    ("GET", "/media/movie/603/similar"),
    ("GET", "/media/person/31"),
    ("GET", "/discover"),
    ("GET", "/search"),
    ("GET", "/user/stats/stats"),
    ("POST", "/user/stats/update"),
    ("POST", "/user/stats/award-xp"),
    ("GET", "/health"),
]
PATHS = sorted({path for _, path in ENDPOINTS})
CLOSED = [(method, path) for method, path in ENDPOINTS if path.startswith(("/user", "/recommendations"))]


def words(value: str) -> set[str]:
    return {word.strip() for word in value.split(",")}


def call(client: Client, method: str, path: str, headers: dict[str, str] | None = None, body: str = "{}") -> Any:
    return client.generic(method, path, body, content_type="application/json", headers=headers or {})


class TestJson:
    @pytest.mark.parametrize(("method", "path"), ENDPOINTS)
    def test_every_answer_is_json_and_has_a_request_id(
        self, client: Client, sign_in: SignIn, method: str, path: str
    ) -> None:
        response = call(client, method, path, sign_in())
        assert response["Content-Type"].split(";")[0] == "application/json"
        assert response["X-Request-Id"]
        assert isinstance(response.json(), dict)

    def test_request_ids_differ(self, client: Client) -> None:
        assert client.get("/health")["X-Request-Id"] != client.get("/health")["X-Request-Id"]

    def test_on_lambda_the_gateways_id_is_the_requests(self, client: Client) -> None:
        event = {"requestContext": {"requestId": "gateway-id-1"}}
        response = client.get("/nothing", **{"lambda.event": event})  # type: ignore[arg-type]
        assert response["X-Request-Id"] == response.json()["requestId"] == "gateway-id-1"


class TestCors:
    @pytest.mark.parametrize("origin", ORIGINS)
    @pytest.mark.parametrize("path", ["/health", "/media", "/user/favourites", "/nothing/here"])
    def test_an_allowed_origin_is_echoed_also_on_errors(self, client: Client, origin: str, path: str) -> None:
        response = client.get(path, headers={"origin": origin})
        assert response["Access-Control-Allow-Origin"] == origin
        assert response["Access-Control-Allow-Credentials"] == "true"
        assert "Origin" in words(response["Vary"])
        assert words(response["Access-Control-Expose-Headers"]) >= {"Date", *RATE}

    @pytest.mark.parametrize("origin", STRANGERS)
    @pytest.mark.parametrize("method", ["GET", "OPTIONS"])
    def test_other_origins_get_nothing(self, client: Client, origin: str, method: str) -> None:
        asked = {"origin": origin, "access-control-request-method": "GET"}
        response = client.generic(method, "/media", headers=asked)
        assert "Access-Control-Allow-Origin" not in response
        assert "Access-Control-Allow-Credentials" not in response

    def test_no_origin_no_wildcard(self, client: Client) -> None:
        assert "Access-Control-Allow-Origin" not in client.get("/media")

    @pytest.mark.parametrize("path", [*PATHS, "/nothing/here", "/media/", "/user/stats/stats/"])
    def test_a_preflight_is_204_and_empty(self, client: Client, path: str) -> None:
        asked = {
            "origin": ORIGINS[0],
            "access-control-request-method": "PUT",
            "access-control-request-headers": "authorization,content-type",
        }
        response = client.options(path, headers=asked)
        assert (response.status_code, response.content) == (204, b"")
        assert response["Access-Control-Allow-Origin"] == ORIGINS[0]
        assert response["Access-Control-Allow-Credentials"] == "true"
        assert words(response["Access-Control-Allow-Methods"]) == {"GET", "POST", "PUT", "DELETE", "OPTIONS"}
        assert {name.lower() for name in words(response["Access-Control-Allow-Headers"])} == {
            "content-type",
            "authorization",
            "x-api-key",
            "accept",
            "origin",
            "x-requested-with",
            "idempotency-key",
        }
        assert response["Access-Control-Max-Age"] == "86400"
        assert response["X-Request-Id"]

    @pytest.mark.parametrize("path", PATHS)
    def test_options_without_an_origin_is_204_too(self, client: Client, path: str) -> None:
        response = client.options(path)
        assert (response.status_code, response.content) == (204, b"")


class TestErrors:
    @pytest.mark.parametrize(("method", "path"), CLOSED)
    def test_without_a_token(self, client: Client, method: str, path: str) -> None:
        response = call(client, method, path)
        body = response.json()
        assert response.status_code == 401
        assert body["error"] == "Authorization header required"
        assert body["message"] == "Unauthorized"
        assert body.keys() <= {"error", "message", "code", "requestId", "timestamp", "details"}
        assert body["code"]
        assert body["requestId"] == response["X-Request-Id"]
        assert datetime.fromisoformat(body["timestamp"]).utcoffset() == timedelta(0)
        assert abs(datetime.fromisoformat(body["timestamp"]) - datetime.now(UTC)) < timedelta(minutes=1)

    @pytest.mark.parametrize(
        ("path", "body"),
        [
            ("/auth/signin", "{"),
            ("/auth/signup", "nonsense"),
            ("/auth/refresh", '{"refreshToken":'),
            ("/user/preferences", "{'a': 1}"),
            ("/user/favourites", "\xff"),
            ("/user/watchlist", "{,}"),
            ("/user/stats/update", "["),
            ("/recommendations", "{"),
        ],
    )
    def test_invalid_json(self, client: Client, sign_in: SignIn, path: str, body: str) -> None:
        response = call(client, "POST", path, sign_in(), body)
        assert response.status_code == 400
        assert response.json()["error"] == "Invalid JSON in request body"
        assert response.json()["message"] == "Invalid JSON in request body"

    def test_a_400_lists_its_fields(self, client: Client, sign_in: SignIn) -> None:
        body = '{"moodPreferences": ["funny", "grumpy"], "contentType": "radio"}'
        response = call(client, "PUT", "/user/preferences", sign_in(), body)
        assert response.status_code == 400
        details = response.json()["details"]
        assert all(detail.keys() == {"path", "message"} for detail in details)
        assert {re.split(r"[.\[]", detail["path"])[0] for detail in details} == {"moodPreferences", "contentType"}
        assert response.json()["message"] == response.json()["error"]

    @pytest.mark.parametrize("path", ["/nothing", "/users", "/user/nothing", "/auth/nothing", "/recommendations/x"])
    def test_an_unknown_path_is_a_json_404(self, client: Client, path: str) -> None:
        response = client.get(path)
        assert response.status_code == 404
        assert response["Content-Type"].split(";")[0] == "application/json"
        assert response.json().keys() >= {"error", "message", "code", "requestId", "timestamp"}

    @pytest.mark.parametrize(
        ("method", "path"),
        [
            ("GET", "/auth/signin"),
            ("GET", "/auth/refresh"),
            ("DELETE", "/auth/signup"),
            ("DELETE", "/user/preferences"),
            ("PUT", "/user/favourites"),
            ("PATCH", "/user/watchlist"),
            ("PUT", "/recommendations"),
            ("POST", "/recommendations/rows"),
            ("POST", "/media/movie/603/similar"),
            ("DELETE", "/recommendations/feedback"),
            ("PUT", "/recommendations/feedback/movie-603"),
            ("POST", "/media"),
            ("DELETE", "/user/stats/stats"),
            ("POST", "/health"),
        ],
    )
    def test_a_method_that_is_not_there(self, client: Client, sign_in: SignIn, method: str, path: str) -> None:
        response = call(client, method, path, sign_in())
        assert response.status_code == 405
        assert response.json()["error"] == "Method not allowed"
        assert response.json()["message"] == "Method not allowed"


class TestTrailingSlash:
    @pytest.mark.parametrize(("method", "path"), ENDPOINTS)
    def test_gets_the_same_answer(self, client: Client, sign_in: SignIn, method: str, path: str) -> None:
        plain = call(client, method, path, sign_in())
        slashed = call(client, method, f"{path}/", sign_in())
        assert slashed.status_code == plain.status_code
        assert slashed.json().keys() == plain.json().keys()
        assert slashed.json().get("error") == plain.json().get("error")

    def test_keeps_the_body_and_the_query(self, client: Client, sign_in: SignIn) -> None:
        body = '{"mediaId": "7", "mediaType": "movie"}'
        assert call(client, "POST", "/user/favourites/", sign_in(), body).json()["item"]["mediaId"] == "7"
        assert call(client, "DELETE", "/user/favourites/?mediaId=7&mediaType=movie", sign_in()).status_code == 200
        assert client.get("/user/favourites/", headers=sign_in()).json()["items"] == []


class TestRateLimits:
    @pytest.mark.parametrize(
        ("method", "path", "scope"),
        [
            ("POST", "/auth/signin", "auth"),
            ("POST", "/auth/signup", "auth"),
            ("POST", "/auth/refresh", "auth"),
            ("GET", "/user/preferences", "user"),
            ("GET", "/user/favourites", "user"),
            ("GET", "/user/watchlist", "user"),
            ("GET", "/user/stats/stats", "user"),
            ("GET", "/recommendations", "recommendations"),
            ("POST", "/recommendations", "recommendations"),
            ("GET", "/recommendations/feedback", "user"),
            ("POST", "/recommendations/feedback", "user"),
            ("DELETE", "/recommendations/feedback/movie-603", "user"),
            ("GET", "/recommendations/rows", "recommendations"),
            ("GET", "/media", "media"),
            ("GET", "/media/genres", "media"),
            ("GET", "/media/movie/603/similar", "media"),
        ],
    )
    def test_the_answer_counts_and_the_next_is_429(
        self, client: Client, sign_in: SignIn, settings: Any, method: str, path: str, scope: str
    ) -> None:
        settings.RATE_LIMITS = {"auth": 50, "user": 50, "recommendations": 50, "media": 50, scope: 2}
        headers = {**sign_in(), "origin": ORIGINS[2]}
        with time_machine.travel(1_800_000_010, tick=False):
            headers = {**sign_in(), "origin": ORIGINS[2]}
            first, second, third = (call(client, method, path, headers) for _ in range(3))
        assert [(r["X-RateLimit-Limit"], r["X-RateLimit-Remaining"]) for r in (first, second, third)] == [
            ("2", "1"),
            ("2", "0"),
            ("2", "0"),
        ]
        assert {r["X-RateLimit-Reset"] for r in (first, second, third)} == {"1800000060"}
        assert "Retry-After" not in second
        assert third.status_code == 429
        assert third["Retry-After"] == "50"
        assert third["Access-Control-Allow-Origin"] == ORIGINS[2]
        assert third.json().keys() >= {"error", "message", "code", "requestId", "timestamp"}
        with time_machine.travel(1_800_000_060, tick=False):
            assert call(client, method, path, headers).status_code != 429

    def test_persons_are_counted_apart_and_addresses_together(
        self, client: Client, sign_in: SignIn, settings: Any
    ) -> None:
        settings.RATE_LIMITS = {"auth": 1, "user": 1, "recommendations": 1, "media": 1}
        with time_machine.travel(1_800_000_010, tick=False):
            statuses = [client.get("/user/favourites", headers=sign_in(who)).status_code for who in ("a", "b", "a")]
            assert statuses == [200, 200, 429]
            assert [client.get("/media", headers=sign_in(who)).status_code for who in ("a", "b")] == [200, 429]
            assert client.get("/media", REMOTE_ADDR="198.51.100.7").status_code == 200

    def test_a_forwarded_address_is_not_believed(self, client: Client, settings: Any) -> None:
        settings.RATE_LIMITS = {"media": 1}
        with time_machine.travel(1_800_000_010, tick=False):
            answers = [client.get("/media", headers={"x-forwarded-for": f"192.0.2.{n}"}) for n in (1, 2)]
        assert [response.status_code for response in answers] == [200, 429]
