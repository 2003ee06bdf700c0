"""A store with three models, of which the last is active."""

from __future__ import annotations

from pathlib import Path

import pytest

from apps.recommendations.engine.artifact import load
from apps.recommendations.publishing import publish
from apps.recommendations.stores.configured import configured_store
from apps.recommendations.stores.pointer import Pointer
from movierec.telemetry.series import counters
from tests.apps.recommendations.conftest import model_folders, store

# Named here, the fixtures are these tests', too.
__all__ = ["model_folders", "store"]


@pytest.fixture
def names(store: Path, model_folders: list[Path]) -> list[str]:
    """The versions of the configured store, the oldest first; the third is active."""
    for folder in model_folders[:3]:
        publish(folder)
    return [load(folder).version for folder in model_folders[:3]]


@pytest.fixture(autouse=True)
def nothing_counted() -> None:
    """What other tests counted is forgotten."""
    counters.process.forget()


def pointer() -> Pointer:
    found = configured_store().pointer()
    assert found
    return found
