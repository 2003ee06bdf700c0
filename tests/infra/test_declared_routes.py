"""The routes that the gateways are made of are the application's."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import product
from typing import Any, Final

import pytest
from django.test import Client
from django.urls import get_resolver

from infra.declared.routes import OPEN, ROUTES, TOKEN, Access, Route
from movierec.api.not_found import unknown_path

_EXAMPLES: Final = {
    "session_id": "s-1",
    "action": "dance",
    "feedback_id": "movie-603",
    "person_id": "31",
    "media_type": "movie",
    "media_id": "603",
}
METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "TRACE")
SENT: Final = [(method, route) for route, method in product(ROUTES, METHODS) if method in route.methods]
NOT_SENT: Final = [(method, route) for route, method in product(ROUTES, METHODS) if method not in route.methods]
POSTS: Final = [route for route in ROUTES if "POST" in route.methods]


def _views(patterns: list[Any], before: str = "/") -> Iterator[tuple[str, Callable[..., Any]]]:
    """Every path of the URLconf with its view, but for the admin's and the one that catches all the rest."""
    for pattern in patterns:
        path = before + re.sub(r"<(\w+:)?(\w+)>", r"{\2}", str(pattern.pattern))
        if hasattr(pattern, "url_patterns"):
            yield from _views(pattern.url_patterns, path)
        elif pattern.callback is not unknown_path and not re.match(r"/ops\b", path):
            yield path, pattern.callback


def _methods(view: Any) -> set[str]:
    """What a view has a method for. Functions only show; OPTIONS is the middleware's."""
    made = getattr(view, "cls", None)
    return set(made().allowed_methods) - {"OPTIONS"} if made else {"GET"}


def _address(route: Route) -> str:
    return route.path.format_map(_EXAMPLES)


def _name(value: object) -> str:
    return value.path if isinstance(value, Route) else str(value)


def test_the_paths_and_their_methods_are_those_of_the_urlconf() -> None:
    served = {path: _methods(view) for path, view in _views(get_resolver().url_patterns)}
    assert {route.path: set(route.methods) for route in ROUTES} == served
    assert len(served) == len(ROUTES) == 45


@pytest.mark.parametrize(("method", "route"), SENT, ids=_name)
def test_a_request_without_a_token_is_refused_where_the_route_says_so(
    client: Client, method: str, route: Route
) -> None:
    assert _access(client, method, route) is route.methods[method]


@pytest.mark.parametrize(("method", "route"), NOT_SENT, ids=_name)
def test_a_method_that_is_not_there_is_answered_to_those_who_may_know(
    client: Client, method: str, route: Route
) -> None:
    # HEAD is GET without its body, wherever it has no method of its own.
    expected = route.methods["GET"] if method == "HEAD" and "GET" in route.methods else route.otherwise
    assert _access(client, method, route) is expected


@pytest.mark.parametrize("route", POSTS, ids=_name)
def test_only_where_the_route_says_so_a_post_needs_a_body(
    client: Client, sign_in: Callable[..., dict[str, str]], route: Route
) -> None:
    headers = sign_in()
    statuses = {
        client.post(_address(route), content_type="application/json", headers={**headers, "accept": accept}).status_code
        for accept in ("application/json", "text/html")
    }
    assert (statuses == {400}) is route.needs_body


def _access(client: Client, method: str, route: Route) -> Access:
    return TOKEN if client.generic(method, _address(route)).status_code == 401 else OPEN
