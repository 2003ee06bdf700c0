"""Every address of the admin, found in the URLconf: who is let in, and that support changes nothing by any of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product
from typing import Any, Final

import pytest
from django.test import Client
from django.urls import get_resolver

from apps.accounts.services import create_confirmed_account
from apps.media.services import store_titles
from apps.media.titles import CatalogueTitle
from apps.ops.console.permissions import Permission
from movierec.dynamo.registry import tables as all_tables
from tests.apps.ops.conftest import staff_client

EXAMPLES: Final = {
    "user_id": "ann",
    "media_type": "movie",
    "media_id": "603",
    "job": "sync_media",
    "name": "2026-05-01T09:30:00.000Z~daily",
    "part_id": "banner",
}
METHODS: Final = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
# Where staff come in and go out: open to all.
DOORS: Final = {"/ops/signin", "/ops/signin/challenge", "/ops/signin/callback", "/ops/signout"}


def views(patterns: list[Any], before: str = "/") -> Iterator[tuple[str, Any]]:
    for pattern in patterns:
        path = before + re.sub(r"<(\w+:)?(\w+)>", lambda found: EXAMPLES.get(found[2], "x"), str(pattern.pattern))
        if hasattr(pattern, "url_patterns"):
            yield from views(pattern.url_patterns, path)
        elif re.match(r"/ops\b", path):
            yield path, pattern.callback


VIEWS: Final = dict(views(get_resolver().url_patterns))
GUARDED: Final = sorted(set(VIEWS) - DOORS)


def stored() -> dict[str, list[str]]:
    """Every row of every table but the audit's and the sessions of staff, which a look may write."""
    kept = {}
    for table in all_tables():
        rows = [row for row in table.scan_rows() if not str(row.get("pk", "")).startswith(("AUDIT#", "STAFF"))]
        kept[table.Meta.table_name] = sorted(map(repr, rows))
    return kept


@pytest.fixture
def something(tables: None, cheap_scrypt: None) -> None:
    """A person and a title that could be changed."""
    create_confirmed_account("ann@example.com", "correct horse battery", "ann")
    list(store_titles([CatalogueTitle("movie", 603, "The Matrix", "demo")]))


def forms() -> Iterator[dict[str, Any]]:
    """What a form of any page might send, asked back and sure."""
    ticked = ["ann", "movie/603", "sync_media/daily"]
    deeds = [
        "disable", "enable", "confirm", "delete", "reset", "merge", "leave-ops", "join-ops", "hide", "show", "purge",
        "refresh", "stop", "retry", "give-up", "end", "activate", "roll-back", "share",
    ]  # fmt: skip
    for deed in deeds:
        yield {"deed": deed, "ticked": ticked, "sure": "yes", "reason": "because"}
    yield {"command": "erase_accounts/due", "start": "erase_accounts/due", "sure": "yes", "reason": "because"}
    yield {"field": "title", "value": "Other", "version": "", "text": "Hello", "on": "yes", "reason": "because"}


def test_every_page_but_the_doors_asks_for_a_permission() -> None:
    assert len(GUARDED) == 26
    for path in GUARDED:
        assert isinstance(VIEWS[path].permission, Permission), path


@pytest.mark.parametrize("path", GUARDED)
def test_strangers_see_nothing(client: Client, path: str) -> None:
    for method in METHODS:
        response = client.generic(method, path, headers={"accept": "text/html"})
        assert response.status_code in (302, 401, 405), method
        if response.status_code == 302:
            assert response["Location"].startswith("/ops/signin?next=")


@pytest.mark.parametrize("path", GUARDED)
def test_support_changes_nothing_by_any_method(something: None, path: str) -> None:
    browser = staff_client("support", user_id="staff-2", email="support@example.com")
    before = stored()
    for method, form in product(("POST",), forms()):
        assert browser.post(path, form).status_code in (200, 400, 403, 404, 405), (method, form)
    for method in METHODS:
        assert browser.generic(method, path).status_code < 500, method
    assert stored() == before


@pytest.mark.parametrize("path", GUARDED)
def test_a_page_that_changes_something_is_closed_to_support(support: Client, path: str) -> None:
    view = VIEWS[path]
    if view.permission.changes:
        assert support.post(path, {"sure": "yes"}).status_code in (403, 405)
