from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.management.base import OutputWrapper

from apps.accounts import deletions
from apps.accounts.selectors import account_id
from apps.accounts.services import create_confirmed_account
from apps.ops import preparation
from apps.recommendations.artifacts import serving
from apps.recommendations.publishing import versions
from movierec.objects import StoreUnreachable

pytestmark = pytest.mark.usefixtures("cheap_scrypt", "tables")


def erase() -> str:
    output = io.StringIO()
    preparation._erase_due_accounts(output)
    return output.getvalue()


def test_a_local_start_erases_the_accounts_that_are_due_and_is_quiet_otherwise() -> None:
    with time_machine.travel(datetime(2027, 1, 15, tzinfo=UTC), tick=False) as clock:
        create_confirmed_account("ann@example.com", "correct horse battery", "ann-id")
        deletions.request("ann-id")
        assert erase() == ""
        assert account_id("ann@example.com") == "ann-id"
        clock.shift(7 * 24 * 3600)
        assert erase() == "Accounts erased whose deletion was due: 1."
        assert account_id("ann@example.com") is None
        assert erase() == ""


@pytest.fixture
def store(settings: Any, tmp_path: Path) -> Path:
    """The folder of an empty store, which is the configured one."""
    settings.MODEL_STORE = str(tmp_path / "store")
    return tmp_path / "store"


def prepare_model() -> list[str]:
    output = io.StringIO()
    preparation._ensure_model(OutputWrapper(output))
    return output.getvalue().splitlines()


def test_a_local_start_trains_and_publishes_a_model_and_is_quiet_when_there_is_one(store: Path) -> None:
    lines = prepare_model()
    version = serving().model.version
    assert lines[0] == "Training the recommender on the demo viewers:"
    assert lines[-1] == f"Published {version} in {store}."
    assert [published.version for published in versions()] == [version]
    assert not serving().fallback
    assert prepare_model() == []


def test_a_model_that_cannot_be_published_stops_the_start_with_a_sentence(store: Path) -> None:
    store.write_text("a file where the folder should be")
    with pytest.raises(StoreUnreachable, match="cannot be read or written"):
        prepare_model()
