"""What docs/users.md and docs/api.md print is true; their shell examples are run by hand against `make run`."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from movierec.env import VARIABLES

DOCS = Path(__file__).resolve().parents[3] / "docs"
SignIn = Callable[[str], dict[str, str]]


def blocks(name: str, language: str) -> list[str]:
    """The code blocks of a document in one language."""
    return re.findall(rf"```{language}\n(.*?)```", (DOCS / name).read_text(), re.DOTALL)


def test_the_bodies_of_the_user_guide_are_taken(client: Client, sign_in: SignIn) -> None:
    preferences, favourite = (json.loads(block) for block in blocks("users.md", "json"))
    headers = sign_in("reader")
    stored = client.put("/user/preferences", preferences, content_type="application/json", headers=headers)
    added = client.post("/user/favourites", favourite, content_type="application/json", headers=headers)
    assert (stored.status_code, added.status_code) == (200, 200)
    assert client.get("/user/preferences", headers=headers).json()["preferences"] == preferences


def test_the_error_of_the_api_guide_is_the_real_one(client: Client, sign_in: SignIn) -> None:
    (printed,) = (json.loads(block) for block in blocks("api.md", "json"))
    body = {"mediaId": "603", "mediaType": "film"}
    answer = client.post("/user/favourites", body, content_type="application/json", headers=sign_in("reader"))
    real: dict[str, Any] = answer.json()
    assert answer.status_code == 400
    assert {**real, "requestId": "", "timestamp": ""} == {**printed, "requestId": "", "timestamp": ""}


@pytest.mark.parametrize(
    ("address", "scope"), [("/auth/…", "auth"), ("/user/…", "user"), ("/recommendations", "recommendations")]
)
def test_the_printed_limits_are_the_defaults(address: str, scope: str) -> None:
    defaults = dict(pair.split("=") for pair in VARIABLES["RATE_LIMITS"].default.split(","))
    assert f"| `{address}` | {defaults[scope]} |" in (DOCS / "api.md").read_text()


def test_the_printed_origins_are_the_defaults() -> None:
    text = (DOCS / "api.md").read_text()
    assert [
        origin for origin in VARIABLES["CORS_ALLOWED_ORIGINS"].default.split(",") if f"`{origin}`" not in text
    ] == []


@pytest.mark.parametrize("name", ["users.md", "api.md"])
def test_every_address_a_guide_names_exists(client: Client, name: str) -> None:
    text = (DOCS / name).read_text()
    paths = set(re.findall(r"`(/[a-z/]+)(?:\?[^`]*)?`", text)) | set(re.findall(r"\$BASE(/[a-z/]+)(?=[?\"\s])", text))
    assert "/user/favourites" in paths
    assert [
        path for path in sorted(paths) if client.get(path, headers={"accept": "text/html"}).status_code == 404
    ] == []
