"""Static files by names with their content's hash, from a manifest alone."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command
from django.test import Client


@pytest.fixture
def manifest(settings: Any, tmp_path: Path) -> Path:
    """What a package holds of the static files: their manifest."""
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {"staticfiles": {"BACKEND": "movierec.api.static.HashedNames"}}
    call_command("collectstatic", interactive=False, verbosity=0)
    files = tmp_path / "staticfiles.json"
    for path in tmp_path.rglob("*"):
        if path.is_file() and path != files:
            path.unlink()
    # As in a process that starts: a change of settings has storages made anew.
    settings.STATIC_ROOT = tmp_path
    return files


@pytest.mark.parametrize("debug", [False, True])
def test_pages_link_hashed_names(manifest: Path, client: Client, settings: Any, debug: bool) -> None:
    settings.DEBUG = debug
    page = client.get("/docs", headers={"accept": "text/html"}).content.decode()
    assert re.search(r'href="/static/web/movierec\.[0-9a-f]{12}\.css"', page)
    assert re.findall(r'(?:src|href)="/static/(?![\w/.-]*\.[0-9a-f]{12}\.)[^"]*"', page) == []


def test_they_may_be_at_another_address(manifest: Path, settings: Any) -> None:
    settings.STATIC_URL = "https://d1.cloudfront.net/static/"
    assert re.fullmatch(
        r"https://d1\.cloudfront\.net/static/web/icon\.[0-9a-f]{12}\.svg", staticfiles_storage.url("web/icon.svg")
    )


def test_a_file_that_the_manifest_does_not_have_keeps_its_name(manifest: Path) -> None:
    assert staticfiles_storage.url("web/later.css") == "/static/web/later.css"


def test_without_a_manifest_names_are_as_they_are(manifest: Path, settings: Any) -> None:
    manifest.unlink()
    settings.STATIC_ROOT = manifest.parent
    assert staticfiles_storage.url("web/icon.svg") == "/static/web/icon.svg"
