"""/schema and /docs."""

from __future__ import annotations

import re

import pytest
import yaml
from django.test import Client

JSON = "application/json"


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("", JSON),
        ("*/*", JSON),
        ("text/html,application/xhtml+xml,*/*;q=0.8", JSON),
        ("image/png", JSON),
        ("application/vnd.oai.openapi+json", "application/vnd.oai.openapi+json"),
    ],
)
def test_the_document_is_json_by_default(client: Client, accept: str, media_type: str) -> None:
    response = client.get("/schema", headers={"accept": accept})
    assert (response.status_code, response["Content-Type"]) == (200, media_type)
    assert response.json()["openapi"].startswith("3.")
    assert response["Cache-Control"] == "public, max-age=300"


@pytest.mark.parametrize("accept", ["application/yaml", "application/vnd.oai.openapi"])
def test_the_document_is_yaml_on_request_and_the_same(client: Client, accept: str) -> None:
    response = client.get("/schema", headers={"accept": accept})
    assert response["Content-Type"].startswith(accept)
    assert yaml.safe_load(response.content) == client.get("/schema").json()


def test_the_page_loads_nothing_from_elsewhere(client: Client) -> None:
    page = client.get("/docs", headers={"accept": "text/html"}).content.decode()
    sources = re.findall(r'<(?:script|link|img)[^>]+(?:src|href)="([^"]+)"', page)
    assert [source for source in sources if not source.startswith(("/static/", "/docs?script"))] == []
    assert not re.search(r"<style|\sstyle=|<script>", page)
    assert 'href="/"' in page


def test_the_pages_script_asks_for_the_document_and_carries_the_csrf_token(client: Client) -> None:
    response = client.get("/docs?script=")
    script = response.content.decode()
    assert response["Content-Type"].startswith("application/javascript")
    assert 'url: "schema"' in script.replace("\\u002D", "-")
    assert "csrftoken" in response.cookies


@pytest.mark.parametrize("path", ["swagger-ui.css", "swagger-ui-bundle.js", "swagger-ui-standalone-preset.js"])
def test_what_the_page_loads_is_there(client: Client, path: str) -> None:
    response = client.get(f"/static/drf_spectacular_sidecar/swagger-ui-dist/{path}")
    response.close()
    assert response.status_code == 200
