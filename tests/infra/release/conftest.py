"""What the tests of releases share."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import pytest

from infra import environments
from infra.config import Config
from infra.release import settings
from movierec.localaws import ensure_running

AWS_PYTHON = settings.ROOT / ".venv-aws" / "bin" / "python"


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


@pytest.fixture(autouse=True)
def _built_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keeps what tests build out of the working copy."""
    monkeypatch.setattr(settings, "BUILD", tmp_path / "build")


@pytest.fixture
def nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leads to the real AWS's addresses, which moto answers, with credentials of nobody."""
    for name in ("AWS_ENDPOINT_URL", "AWS_PROFILE", "AWS_DEFAULT_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "nobody")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "nothing")
