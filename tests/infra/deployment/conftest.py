"""What the tests of the deployer share: the embedded AWS, and an environment of small stacks that is a test's own."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from infra import environments, graph
from infra.config import Config
from infra.deployment.aws import Aws
from infra.deployment.deploying import Task
from infra.deployment.waiting import Clock
from movierec.localaws import ensure_running
from tests.infra.deployment import small

ROOT = Path(__file__).resolve().parents[3]
AWS_PYTHON = ROOT / ".venv-aws" / "bin" / "python"


@pytest.fixture(scope="session")
def embedded_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of an embedded AWS, which ends with this process."""
    if not AWS_PYTHON.exists():
        pytest.skip("the embedded AWS is not installed in .venv-aws: run `make dev`")
    return ensure_running(tmp_path_factory.mktemp("aws"), AWS_PYTHON).url


@pytest.fixture
def config() -> Config:
    """An environment with names that no other test uses."""
    return environments.load("dev", [f"domain=t{uuid4().hex[:12]}"])


@pytest.fixture
def embedded(embedded_url: str, monkeypatch: pytest.MonkeyPatch, config: Config) -> Aws:
    """The door to the embedded AWS, and small stacks in place of the real ones."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", embedded_url)
    monkeypatch.setattr(graph, "PARTS", small.PARTS)
    return Aws(config)


@pytest.fixture
def task(embedded: Aws) -> Task:
    """A deploy to which everybody agrees."""
    return Task(embedded, agree=lambda _question: True)


@pytest.fixture
def real_aws(monkeypatch: pytest.MonkeyPatch, config: Config) -> Aws:
    """A door to the real AWS's addresses, which no test may reach, with credentials of nobody."""
    for name in ("AWS_ENDPOINT_URL", "AWS_PROFILE", "AWS_DEFAULT_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "nobody")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "nothing")
    return Aws(config)


@pytest.fixture
def no_wait() -> Clock:
    """A clock on which waits take no time."""
    return small.clock()


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Any:
    """What was told since the last look."""
    return lambda: capsys.readouterr().out
