"""Titles that staff hid are in no answer of the model, though it was trained with them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from apps.media import marking

pytestmark = pytest.mark.usefixtures("trained")


def hide(*titles: tuple[str, int]) -> None:
    for media_type, media_id in titles:
        assert marking.hide((media_type, media_id), title="x", by="staff@example.com")  # type: ignore[arg-type]


def keys(items: list[dict[str, Any]]) -> list[tuple[str, int]]:
    return [(item["mediaType"], item["id"]) for item in items]


def test_recommendations_leave_them_out(ask: Callable[..., Any]) -> None:
    before = keys(ask({"limit": 5}).json()["items"])
    hide(*before[:3])
    after = keys(ask({"limit": 5}).json()["items"])
    assert len(after) == 5
    assert not set(after) & set(before[:3])


def test_rows_leave_them_out(client: Client, sign_in: Callable[[str], dict[str, str]]) -> None:
    def shown() -> set[tuple[str, int]]:
        rows = client.get("/recommendations/rows", headers=sign_in("user-1")).json()["rows"]
        return {key for row in rows for key in keys(row["items"])}

    before = shown()
    gone = sorted(before)[:3]
    hide(*gone)
    assert before
    assert not shown() & set(gone)


def test_similar_titles_leave_them_out_and_are_as_many(client: Client) -> None:
    before = keys(client.get("/media/movie/3/similar?limit=8").json()["results"])
    hide(*before[:2])
    after = keys(client.get("/media/movie/3/similar?limit=6").json()["results"])
    assert after == before[2:]


def test_nothing_is_like_a_hidden_title(client: Client) -> None:
    hide(("movie", 3))
    response = client.get("/media/movie/3/similar")
    assert (response.status_code, response.json()["code"]) == (404, "UnknownTitle")
