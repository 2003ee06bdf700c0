"""The OpenAPI document: valid, complete, and true to the URLconf."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from drf_spectacular.drainage import GENERATOR_STATS, reset_generator_stats
from drf_spectacular.validation import validate_schema

from apps.accounts.api.base import FormView
from movierec.api.schema import Generator
from movierec.api.views import ApiView

# Pages for people, what catches the rest, and what every unknown action of the figures answers.
NOT_OF_THE_API = {"/", "/docs", "/favicon.ico", "/user/stats/{action}"}
FOR_STRANGERS = {
    f"/auth/{name}"
    for name in ("signin", "login", "challenge", "signup", "resend", "forgot", "reset", "refresh", "signout")
}
METHODS = ("get", "post", "put", "patch", "delete")
Operation = tuple[str, str, dict[str, Any]]


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    reset_generator_stats()
    made: dict[str, Any] = Generator().get_schema(request=None, public=True)
    return made


@pytest.fixture(scope="module")
def operations(document: dict[str, Any]) -> list[Operation]:
    return [(path, method, operation) for path, item in document["paths"].items() for method, operation in item.items()]


def routes(patterns: list[Any], before: str = "/") -> Iterator[tuple[str, Any]]:
    """Every path of the URLconf as the document writes it, with its view's class or None."""
    for pattern in patterns:
        path = before + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", str(pattern.pattern))
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, path)
        elif isinstance(pattern, URLPattern):
            yield path, getattr(pattern.callback, "cls", None)


def test_it_is_valid_and_made_without_warnings(document: dict[str, Any]) -> None:
    validate_schema(document)
    assert dict(GENERATOR_STATS._warn_cache) == {}
    assert dict(GENERATOR_STATS._error_cache) == {}


def test_the_command_that_checks_it_agrees(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("spectacular", "--validate", "--fail-on-warn", "--format", "openapi-json")
    assert '"openapi": "3.' in capsys.readouterr().out


@pytest.mark.parametrize(("stage", "base"), [("", "/"), ("/prod", "/prod/")])
def test_its_paths_are_below_the_stage_that_it_is_asked_at(client: Client, stage: str, base: str) -> None:
    assert client.get("/schema", SCRIPT_NAME=stage).json()["servers"] == [{"url": base}]


def test_every_address_is_in_it_with_its_methods(document: dict[str, Any]) -> None:
    found = {}
    for path, view in routes(get_resolver().url_patterns):
        if view is None or path in NOT_OF_THE_API:
            continue
        assert issubclass(view, ApiView), path
        shown = [method for method in METHODS if hasattr(view, method)]
        # People's browsers get the form of these by GET; to programs there is no such method.
        found[path] = [method for method in shown if not (method == "get" and issubclass(view, FormView))]
    documented = {path: [method for method in METHODS if method in item] for path, item in document["paths"].items()}
    assert documented == found


def test_every_operation_says_what_it_does(document: dict[str, Any], operations: list[Operation]) -> None:
    tags = {tag["name"] for tag in document["tags"]}
    for path, method, operation in operations:
        assert operation["summary"], (path, method)
        assert len(operation["tags"]) == 1, (path, method)
        assert set(operation["tags"]) <= tags, (path, method)
        for status, answer in operation["responses"].items():
            assert answer["description"], (path, method, status)
        if "requestBody" in operation:
            assert operation["requestBody"]["description"], (path, method)


def test_operation_ids_are_unique(operations: list[Operation]) -> None:
    names = [operation["operationId"] for _, _, operation in operations]
    assert len(set(names)) == len(names)


def test_every_answer_has_the_request_id_and_counted_ones_the_limits(operations: list[Operation]) -> None:
    for path, method, operation in operations:
        counted = "429" in operation["responses"]
        for status, answer in operation["responses"].items():
            assert "X-Request-Id" in answer["headers"], (path, method, status)
            limits = counted and status not in ("401", "403", "411", "413", "503")
            assert ("X-RateLimit-Limit" in answer["headers"]) is limits, (path, method, status)
            assert ("Retry-After" in answer["headers"]) is (counted and status in ("429", "503"))


def test_what_needs_a_token_says_so_and_can_answer_401(operations: list[Operation]) -> None:
    open_paths = {
        "/health",
        "/schema",
        "/media",
        "/media/genres",
        "/media/{media_type}/{media_id}",
        "/media/{media_type}/{media_id}/poster.svg",
        "/media/{media_type}/{media_id}/similar",
        "/media/person/{person_id}",
        "/discover",
        "/search",
        "/.well-known/jwks.json",
    }
    for path, method, operation in operations:
        if path in FOR_STRANGERS:
            continue
        secured = [] if path in open_paths else [{"accessToken": []}, {"browserCookie": []}]
        assert [entry for entry in operation.get("security", []) if entry] == secured, (path, method)
        assert ("401" in operation["responses"]) is bool(secured), (path, method)


def test_writes_can_be_refused_for_their_body(operations: list[Operation]) -> None:
    for path, method, operation in operations:
        if method != "get":
            assert {"400", "411", "413", "415"} <= operation["responses"].keys(), (path, method)
            assert list(operation.get("requestBody", {"content": {"application/json": {}}})["content"]) == [
                "application/json"
            ]


def test_sets_of_choices_have_names_that_do_not_change(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    assert schemas["MediaTypeEnum"]["enum"] == ["movie", "tv"]
    assert schemas["WantedMediaTypeEnum"]["enum"] == ["movie", "tv", "both"]
    assert schemas["ListedMediaTypeEnum"]["enum"] == ["movie", "tv", "all"]
    assert schemas["ListTypeEnum"]["enum"] == [
        "trending",
        "popular",
        "top_rated",
        "upcoming",
        "now_playing",
        "hidden_gems",
    ]
    assert schemas["HealthEnum"]["enum"] == ["healthy", "degraded", "unhealthy"]
    assert [name for name in schemas if re.search(r"[0-9a-f]{3}Enum$", name)] == []
