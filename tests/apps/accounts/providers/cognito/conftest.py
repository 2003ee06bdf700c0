"""What the tests of the user pool share: one embedded AWS for a process, and a new pool for each test."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import RequestFactory

from apps.accounts.providers.cognito import calls
from apps.accounts.providers.cognito.provider import CognitoProvider
from movierec.api import request_id
from tests.contract.pool import Pool, PoolServer, cognito_identity, pool_server


@pytest.fixture(autouse=True)
def own_request() -> None:
    """Makes each test a request of its own, with a whole budget for its calls."""
    request_id.begin(RequestFactory().get("/"))


@pytest.fixture
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pool that is busy is asked again soon."""
    monkeypatch.setattr(calls, "FIRST_PAUSE_SECONDS", 0.005)


@pytest.fixture
def short_budget(monkeypatch: pytest.MonkeyPatch, short_pauses: None) -> None:
    """Little patience with a pool that is busy."""
    monkeypatch.setattr(calls, "BUDGET_SECONDS", 0.3)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PoolServer]:
    """The server in front of the embedded AWS."""
    with pool_server(tmp_path_factory.mktemp("pool")) as running:
        yield running


@pytest.fixture
def pool(tables: None, cheap_scrypt: None, settings: Any, server: PoolServer) -> Iterator[Pool]:
    """A new user pool, which is the project's identity provider."""
    with cognito_identity(settings, server) as made:
        yield made


@pytest.fixture
def identity(pool: Pool) -> CognitoProvider:
    """The provider over that pool."""
    return CognitoProvider()
