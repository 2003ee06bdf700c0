"""The line of each request, which is its metrics as well: what is in it, and what never is."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import path
from rest_framework.request import Request
from rest_framework.response import Response

from movierec.api.views import ApiView
from movierec.telemetry.access import mark_of
from tests.movierec.telemetry.emf_schema import check
from tests.stand_ins.log_lines import Lines

Sign = Callable[..., dict[str, str]]
ACCESS = "movierec.telemetry.access"


class Broken(ApiView):
    """A mistake of ours."""

    open_to_all = True

    def get(self, request: Request, who: str) -> Response:
        raise RuntimeError("ann@example.com")


def only(lines: Lines) -> dict[str, Any]:
    (line,) = lines(ACCESS)
    check(line)
    return line


def test_the_line_of_a_request(client: Client, sign_in: Sign, lines: Lines) -> None:
    response = client.get("/user/favourites?limit=5", headers={**sign_in("user-1"), "user-agent": "Robot/1"})
    line = only(lines)
    took = line.pop("milliseconds")
    assert 0 < took == line.pop("Latency")
    assert 0 < line.pop("DynamoMilliseconds") < took
    assert line.pop("time")
    assert line.pop("_aws")["CloudWatchMetrics"] == [
        {
            "Namespace": "MovieRec",
            "Dimensions": [["Environment"]],
            "Metrics": [
                {"Name": "Latency", "Unit": "Milliseconds"},
                {"Name": "DynamoCalls", "Unit": "Count"},
            ],
        }
    ]
    assert line == {
        "level": "INFO",
        "logger": ACCESS,
        "message": "GET /user/favourites 200",
        "requestId": response["X-Request-Id"],
        "method": "GET",
        "route": "/user/favourites",
        "status": 200,
        "user": "44955678b5f2f95e",
        "Environment": "local",
        "Requests": 1,
        "Errors5xx": 0,
        # The session, the rate limit and the list.
        "DynamoCalls": 3,
        "SessionCacheMisses": 1,
    }


def test_a_session_that_is_known_is_told(client: Client, sign_in: Sign, lines: Lines) -> None:
    for _ in range(2):
        client.get("/user/favourites", headers=sign_in())
    first, second = lines(ACCESS)
    assert (first["DynamoCalls"], second["DynamoCalls"]) == (3, 2)
    assert (second["SessionCacheHits"], "SessionCacheMisses" in second) == (1, False)


@pytest.mark.parametrize(
    ("method", "address", "status", "route"),
    [
        ("GET", "/", 200, "/"),
        ("GET", "/health", 200, "/health"),
        ("GET", "/health/", 200, "/health"),
        ("GET", "/media/movie/603", 404, "/media/<str:media_type>/<int:media_id>"),
        ("GET", "/media/movie/603/similar", 404, "/media/<str:media_type>/<int:media_id>/similar"),
        ("GET", "/nowhere/ann@example.com", 404, "(unknown)"),
        ("OPTIONS", "/user/favourites", 204, "(none)"),
        ("DELETE", "/health", 405, "/health"),
    ],
)
def test_routes_are_the_patterns_of_addresses(
    client: Client, lines: Lines, method: str, address: str, status: int, route: str
) -> None:
    client.generic(method, address)
    line = only(lines)
    assert (line["method"], line["status"], line["route"]) == (method, status, route)
    assert "603" not in line["message"]
    assert "ann@" not in json.dumps(line)


def test_made_up_methods_are_one(client: Client, lines: Lines) -> None:
    client.generic("BREW", "/health")
    assert only(lines)["method"] == "OTHER"


def test_an_error_says_its_code(client: Client, lines: Lines) -> None:
    client.get("/user/favourites")
    line = only(lines)
    assert (line["status"], line["errorCode"], line["Errors5xx"]) == (401, "Unauthorized", 0)
    assert "user" not in line


def test_a_mistake_of_ours_is_counted_and_its_cause_logged(client: Client, settings: Any, lines: Lines) -> None:
    settings.ROOT_URLCONF = type("Addresses", (), {"urlpatterns": [path("broken/<str:who>", Broken.as_view())]})
    response = client.get("/broken/user-1")
    line = only(lines)
    assert (line["status"], line["Errors5xx"], line["errorCode"]) == (500, 1, "InternalError")
    (cause,) = lines("movierec.api.errors")
    assert cause["requestId"] == line["requestId"] == response["X-Request-Id"]
    assert cause["exception"][0]["type"] == "builtins.RuntimeError"
    assert cause["message"].startswith("InternalError at '/broken/<str:who>' (request ")
    assert "ann@" not in json.dumps(cause)
    assert "user-1" not in json.dumps(lines())


def test_nothing_of_what_people_send_is_in_the_log(client: Client, sign_in: Sign, lines: Lines) -> None:
    secrets = ["hunter2hunter", "ann@example.com", "203.0.113.7", "query-words", "Robot/1", "cookie-value"]
    bearer = sign_in()["authorization"]
    client.cookies["movierec_access"] = "cookie-value"
    headers = {"user-agent": "Robot/1", "x-forwarded-for": "203.0.113.7", "referer": "https://x/?q=query-words"}
    for address in ("/auth/signin", "/auth/signup", "/auth/forgot", "/user/favourites"):
        client.post(
            f"{address}?q=query-words",
            {"email": "ann@example.com", "password": "hunter2hunter"},
            content_type="application/json",
            headers=headers,
            REMOTE_ADDR="203.0.113.7",
        )
    client.get("/search?q=query-words", headers={**headers, "authorization": bearer})
    assert len(lines(ACCESS)) == 5
    written = json.dumps(lines())
    assert [secret for secret in (*secrets, bearer.split()[1]) if secret in written] == []


def test_marks_of_people() -> None:
    assert mark_of("user-1") == mark_of("user-1") != mark_of("user-2")
    assert len(mark_of("user-1")) == 16


def test_elsewhere_than_on_lambda_the_line_has_no_metrics(client: Client, settings: Any, lines: Lines) -> None:
    settings.TELEMETRY_METRICS = False
    client.get("/health")
    (line,) = lines(ACCESS)
    assert "_aws" not in line
    assert line["Requests"] == 1


def test_local_has_no_such_lines(client: Client, settings: Any, lines: Lines) -> None:
    settings.TELEMETRY_LINES = False
    client.get("/health")
    assert lines(ACCESS) == []


def test_lines_after_a_request_do_not_name_it(client: Client, lines: Lines) -> None:
    client.get("/health")
    logging.getLogger("tests.later").warning("Later.")
    assert "requestId" in lines(ACCESS)[0]
    assert "requestId" not in lines("tests.later")[0]
