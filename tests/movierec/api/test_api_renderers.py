"""Which form an answer has, and JSON's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from rest_framework.request import Request
from rest_framework.response import Response

from movierec.api.renderers import JsonRenderer
from movierec.api.views import ApiView

Serve = Callable[[dict[str, Any]], Client]


class Thing(ApiView):
    open_to_all = True

    def get(self, request: Request) -> Response:
        return Response({"name": "Zoë", "n": 1.5})

    def delete(self, request: Request) -> Response:
        return Response(status=204)


@pytest.fixture
def thing(serve: Serve) -> Client:
    return serve({"thing": Thing})


@pytest.mark.parametrize(
    "accept",
    [
        "",
        "*/*",
        "application/json",
        "application/*",
        "image/png",
        "text/plain, image/png",
        "application/xml;q=0.9, */*;q=0.1",
        "nonsense",
        "a/b/c",
        ";q=1",
    ],
)
def test_json_for_whoever_asks_for_nothing_else_of_ours(thing: Client, accept: str) -> None:
    response = thing.get("/thing", headers={"accept": accept})
    assert response.status_code == 200
    assert response["Content-Type"] == "application/json"
    assert response.content == '{"name":"Zoë","n":1.5}'.encode()


def test_errors_are_json_for_them_too(thing: Client) -> None:
    response = thing.put("/thing", headers={"accept": "image/png"})
    assert (response.status_code, response["Content-Type"]) == (405, "application/json")
    assert response.json()["error"] == "Method not allowed"


def test_an_unknown_path_is_json_for_them_too(thing: Client) -> None:
    response = thing.get("/nowhere", headers={"accept": "image/png"})
    assert (response.status_code, response["Content-Type"]) == (404, "application/json")


def test_a_query_parameter_does_not_choose_the_form(thing: Client) -> None:
    assert thing.get("/thing?format=api")["Content-Type"] == "application/json"


def test_head_is_the_answer_without_its_body(thing: Client) -> None:
    response = thing.head("/thing")
    assert (response.status_code, response.content) == (200, b"")
    assert response["Content-Type"] == "application/json"


def test_an_answer_without_data_has_no_body(thing: Client) -> None:
    response = thing.delete("/thing")
    assert (response.status_code, response.content) == (204, b"")


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (None, b""),
        ({}, b"{}"),
        ([], b"[]"),
        ({"a": [1, 2.5, None, True]}, b'{"a":[1,2.5,null,true]}'),
        ({1: "number as a key"}, b'{"1":"number as a key"}'),
        ({"n": 2**64 - 1}, b'{"n":18446744073709551615}'),
        ({"x": 1e20}, b'{"x":1e+20}'),
    ],
)
def test_json_is_compact_utf8(data: Any, text: bytes) -> None:
    assert JsonRenderer().render(data) == text


def test_json_is_indented_on_request() -> None:
    assert JsonRenderer().render({"a": 1}, "application/json; indent=4") == b'{\n  "a": 1\n}'
