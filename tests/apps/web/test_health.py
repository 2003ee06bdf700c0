"""GET /health."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from apps.recommendations import artifacts
from apps.recommendations.publishing import publish
from apps.recommendations.training.interactions import Interactions
from apps.recommendations.training.train import train
from apps.web import health
from movierec.dynamo.connection import shared_connection


@pytest.fixture(autouse=True)
def store(settings: Any, tmp_path: Path) -> Path:
    """The folder of an empty store, which is the configured one."""
    settings.MODEL_STORE = str(tmp_path)
    return tmp_path


@pytest.fixture
def versions(store: Path, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Two published models of nothing; the second is active."""
    folders = [tmp_path_factory.mktemp("model") / "model" for _ in range(2)]
    for day, folder in enumerate(folders, 1):
        nobody = Interactions.from_events(())
        train(nobody, [], folder, progress=lambda *_: None, now=datetime(2026, 6, day, tzinfo=UTC))
    return [publish(folder) for folder in folders]


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
    assert body["checks"]["model"].keys() == {"status", "version", "wanted"}
    assert (body["checks"]["model"]["status"], body["checks"]["model"]["wanted"]) == ("degraded", None)
    assert body["summary"] == (
        "The service works; recommendations rest on popularity because no trained model is loaded."
    )


def test_with_the_active_model_it_is_healthy(client: Client, versions: list[str]) -> None:
    body = client.get("/health").json()
    assert (body["status"], body["summary"]) == ("healthy", "Everything works.")
    assert body["checks"]["model"] == {"status": "healthy", "version": versions[1], "wanted": versions[1]}


class TestAnotherModel:
    def says(self, client: Client) -> tuple[Any, str]:
        """The model's check and the summary of a degraded service, which says nothing of the machine."""
        response = client.get("/health")
        body = response.json()
        assert (response.status_code, body["status"], body["checks"]["model"]["status"]) == (
            200,
            "degraded",
            "degraded",
        )
        assert settings.MODEL_STORE not in response.content.decode()
        return body["checks"]["model"], body["summary"]

    def test_the_one_before_serves(self, client: Client, versions: list[str], store: Path) -> None:
        (store / versions[1] / "manifest.json").write_bytes(b"cut")
        model, summary = self.says(client)
        assert model == {"status": "degraded", "version": versions[0], "wanted": versions[1]}
        assert summary == (
            f"The service works; recommendations come from model {versions[0]} "
            f"because model {versions[1]} cannot be used."
        )

    def test_popularity_serves(self, client: Client, versions: list[str], store: Path) -> None:
        for version in versions:
            (store / version / "manifest.json").write_bytes(b"cut")
        model, summary = self.says(client)
        assert model["wanted"] == versions[1]
        assert model["version"].startswith("untrained-")
        assert summary == (
            f"The service works; recommendations rest on popularity because model {versions[1]} cannot be used."
        )

    def test_newer_ones_cannot_be_looked_for(self, client: Client, versions: list[str], store: Path) -> None:
        artifacts.serving()
        (store / "current.json").write_bytes(b"cut")
        artifacts.refresh()
        model, summary = self.says(client)
        assert model == {"status": "degraded", "version": versions[1], "wanted": versions[1]}
        assert summary == (
            f"The service works; recommendations come from model {versions[1]}, but newer ones cannot be looked for."
        )

    def test_it_cannot_be_read_which_one_is_active(self, client: Client, versions: list[str], store: Path) -> None:
        (store / "current.json").write_bytes(b"cut")
        model, summary = self.says(client)
        assert model == {"status": "degraded", "version": versions[1], "wanted": None}
        assert summary == (
            f"The service works; recommendations come from model {versions[1]} "
            "because it cannot be read which model is the active one."
        )

    def test_nothing_is_published(self, client: Client) -> None:
        assert self.says(client)[0]["wanted"] is None


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
