from __future__ import annotations

from contextlib import suppress
from time import monotonic
from typing import Any

import pytest

from apps.accounts.pace import even_pace

PACE = 0.02


@pytest.fixture(autouse=True)
def pace(settings: Any) -> None:
    settings.LEAST_SECONDS = PACE


def lasted(*, failing: bool = False, failures_only: bool = False) -> float:
    began_at = monotonic()
    with suppress(ZeroDivisionError), even_pace(failures_only=failures_only):
        _ = 1 // (0 if failing else 1)
    return monotonic() - began_at


@pytest.mark.parametrize("failing", [False, True])
def test_a_block_lasts_so_long_at_least(failing: bool) -> None:
    assert lasted(failing=failing) >= PACE


def test_one_that_took_longer_is_not_held_up(settings: Any) -> None:
    began_at = monotonic()
    with even_pace():
        settings.LEAST_SECONDS = monotonic() - began_at
    assert monotonic() - began_at < PACE


def test_only_failures_are_held_up_where_nothing_else_is_to_hide(settings: Any) -> None:
    settings.LEAST_SECONDS = 3600
    assert lasted(failures_only=True) < 3600
    settings.LEAST_SECONDS = PACE
    assert lasted(failing=True, failures_only=True) >= PACE


def test_an_error_comes_through() -> None:
    with pytest.raises(KeyError, match="name"), even_pace():
        raise KeyError("name")
