"""GET /health."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from django.test import Client

from apps.recommendations import artifacts
from apps.web import health
from movierec.dynamo.connection import shared_connection


@pytest.fixture(autouse=True)
def fresh_model(settings: Any, tmp_path: Path) -> Iterator[None]:
    """No trained model, and none remembered by this process before or after the test."""
    settings.MODEL_DIR = tmp_path
    artifacts._load.cache_clear()
    yield
    artifacts._load.cache_clear()


@pytest.fixture
def hanging_dynamodb(tables: None) -> Iterator[None]:
    """DynamoDB takes every read and does not answer it until the test is over."""
    over = Event()

    def hang(**_: Any) -> None:
        over.wait(10)

    events = shared_connection().client.meta.events
    events.register_first("before-send.dynamodb.GetItem", hang)
    yield
    over.set()
    events.unregister("before-send.dynamodb.GetItem", hang)


def test_without_a_trained_model_it_is_degraded_and_serves(client: Client) -> None:
    response = client.get("/health")
    body = response.json()
    assert response.status_code == 200
    assert list(body) == ["status", "timestamp", "responseTime", "version", "environment", "checks", "summary"]
    assert (body["status"], body["version"], body["environment"]) == ("degraded", "0.1.0", "local")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", body["timestamp"])
    assert body["checks"]["database"].keys() == {"status", "responseTime"}
    assert body["checks"]["database"]["status"] == "healthy"
    assert 0 < body["checks"]["database"]["responseTime"] <= body["responseTime"]
    assert body["checks"]["model"]["status"] == "degraded"
    assert body["summary"] == (
        "The service works; recommendations rest on popularity because no trained model is loaded."
    )


def test_it_says_nothing_of_the_machine(client: Client, tmp_path: Path) -> None:
    assert str(tmp_path) not in client.get("/health").content.decode()


def test_it_reads_one_row_and_is_not_counted(client: Client, operations: list[str]) -> None:
    artifacts.serving()
    operations.clear()
    response = client.get("/health")
    assert operations == ["GetItem"]
    assert "X-RateLimit-Limit" not in response


def test_without_its_data_it_is_unhealthy(client: Client, no_tables: None) -> None:
    response = client.get("/health")
    body = response.json()
    assert response.status_code == 503
    assert body["status"] == "unhealthy"
    assert body["checks"]["database"]["status"] == "unhealthy"
    assert body["checks"]["model"] == {"status": "unknown"}
    assert body["summary"] == "The service cannot reach its data."


def test_a_database_that_hangs_is_not_waited_for(
    client: Client, hanging_dynamodb: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "DATABASE_SECONDS", 0.05)
    for _ in range(3):
        response = client.get("/health")
        assert response.status_code == 503
        assert 50 <= response.json()["responseTime"] < 1000


def test_head_and_a_bad_token_change_nothing(client: Client) -> None:
    head = client.head("/health")
    assert (head.status_code, head.content) == (200, b"")
    assert client.get("/health", headers={"authorization": "Bearer nonsense"}).status_code == 200


def test_no_cache_keeps_it(client: Client) -> None:
    assert client.get("/health")["Cache-Control"] == "no-store"
