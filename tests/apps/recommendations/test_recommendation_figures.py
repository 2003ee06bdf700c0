"""What is told of recommendations: their time, whether the wanted model made them, and how old that is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from tests.apps.recommendations.conftest import NOW
from tests.stand_ins.log_lines import Lines, lines

__all__ = ["lines"]

Sign = Callable[..., dict[str, str]]


def told(lines: Lines) -> dict[str, Any]:
    (line,) = lines("movierec.telemetry.access")
    return line


@pytest.mark.parametrize("address", ["/recommendations", "/recommendations/rows"])
def test_the_wanted_model(client: Client, trained: None, sign_in: Sign, lines: Lines, address: str) -> None:
    headers = sign_in("viewer")
    with time_machine.travel(NOW + timedelta(hours=30), tick=False):
        headers = sign_in("viewer")
        assert client.get(address, headers=headers).status_code == 200
    line = told(lines)
    assert line["ModelAgeHours"] == 30
    assert line["RecommendationFallbacks"] == 0
    assert line["RecommendationMilliseconds"] > 0
    # The session, the limit, and the five reads of a person, three of them in other threads.
    assert line["DynamoCalls"] == 7


def test_no_model(client: Client, store: Any, sign_in: Sign, lines: Lines) -> None:
    assert client.get("/recommendations", headers=sign_in("viewer")).status_code == 200
    line = told(lines)
    assert line["RecommendationFallbacks"] == 1
    assert "ModelAgeHours" not in line


def test_titles_like_a_title(client: Client, trained: None, lines: Lines) -> None:
    assert client.get("/media/movie/3/similar").status_code == 200
    line = told(lines)
    assert (line["RecommendationFallbacks"], "RecommendationMilliseconds" in line) == (0, False)
