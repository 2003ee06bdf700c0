"""A source that answers at once or not at all, and a catalogue beside it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from apps.media.lookups import questions
from apps.media.providers.tmdb import retries


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hardly any pause between tries, and budgets of a fraction of a second."""
    monkeypatch.setattr(retries, "FIRST_PAUSE_SECONDS", 0.001)
    monkeypatch.setattr(questions.Question, "budget", 0.3)
    monkeypatch.setattr(questions, "RENEWAL_BUDGET", 0.3)


@pytest.fixture
def error_of() -> Callable[[Any], tuple[int, str]]:
    """Checks that an answer has the one error shape, and tells its status and code."""

    def check(response: Any) -> tuple[int, str]:
        body = response.json()
        assert response["Content-Type"] == "application/json"
        assert body.keys() - {"details"} == {"error", "message", "code", "requestId", "timestamp"}
        assert "Cache-Control" not in response
        return response.status_code, body["code"]

    return check
