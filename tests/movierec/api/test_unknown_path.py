"""Every address that is not ours, with and without DEBUG."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from apps.accounts.providers.local.tokens import issue_access_token

PATHS = [
    "/nowhere",
    "/nowhere/",
    "/static/nowhere.css",
    "/static/",
    "/users",
    "/media/movie/x/poster.svg",
    "/%00",
]


@pytest.fixture(params=[True, False], ids=["debug", "no debug"], autouse=True)
def debug(request: Any, settings: Any) -> None:
    settings.DEBUG = request.param


@pytest.mark.parametrize("path", PATHS)
def test_programs_get_json(client: Client, path: str) -> None:
    response = client.get(path)
    assert (response.status_code, response["Content-Type"]) == (404, "application/json")
    assert response.json()["code"] == "NotFound"
    assert response.json()["error"].startswith("There is nothing at /")


@pytest.mark.parametrize("path", PATHS)
def test_people_get_a_page(client: Client, path: str) -> None:
    response = client.get(path, headers={"accept": "text/html,*/*;q=0.8"})
    assert (response.status_code, response["Content-Type"]) == (404, "text/html; charset=utf-8")
    assert "There is nothing here" in response.content.decode()
    assert "Accept" in response["Vary"]


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("accept", ["application/json", "text/html"])
def test_other_methods_are_404_too(method: str, accept: str, tables: None) -> None:
    browser = Client(enforce_csrf_checks=True, headers={"accept": accept})
    browser.cookies["movierec_access"] = issue_access_token("u1", email="u@example.com", session_id="s")
    assert browser.generic(method, "/nowhere", "{}", content_type="application/json").status_code == 404


def test_the_page_escapes_the_path(client: Client) -> None:
    page = client.get("/<script>alert(1)</script>", headers={"accept": "text/html"}).content.decode()
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page
