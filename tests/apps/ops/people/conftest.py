"""People to look after: an account, many accounts, and a look at everything that is stored."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from apps.accounts.directory import directory
from apps.accounts.services import create_confirmed_account
from movierec.dynamo.registry import tables as all_tables
from movierec.dynamo.table import Row
from tests.apps.recommendations.conftest import model_folder, model_store, trained

# Named here, the fixtures of the recommender are these tests', too.
__all__ = ["model_folder", "model_store", "trained"]

ANN = "ann@example.com"
PASSWORD = "correct horse battery"  # nobody's
Snapshot = dict[str, list[Row]]


@pytest.fixture
def ann(tables: None, cheap_scrypt: None) -> str:
    """The user id of a confirmed account."""
    return create_confirmed_account(ANN, PASSWORD, "ann-id")


@pytest.fixture
def ben(tables: None, cheap_scrypt: None) -> str:
    """The user id of another."""
    return create_confirmed_account("ben@example.com", PASSWORD, "ben-id")


@pytest.fixture
def employed(tables: None, cheap_scrypt: None) -> str:
    """The user id of an account of ops that is whose browser `ops` is."""
    user_id = create_confirmed_account("staff@example.com", PASSWORD, "staff-1")
    directory().add_to_group(user_id, "ops")
    return user_id


@pytest.fixture
def stored(tables: None) -> Callable[[], Snapshot]:
    """Every row of every table but the audit's and those of staff sessions."""

    def kept(row: Row) -> bool:
        return not str(row.get("pk", "")).startswith(("AUDIT#", "STAFF"))

    def read() -> Snapshot:
        found = {table.Meta.table_name: list(table.scan_rows()) for table in all_tables()}
        return {name: sorted(filter(kept, rows), key=repr) for name, rows in found.items()}

    return read


def groups_of(user_id: str) -> tuple[str, ...]:
    """The groups of an account."""
    return directory().groups_of(user_id)


def does(browser: Any, deed: str, *ids: str, **more: str) -> Any:
    """Sends a deed that is sure, with a reason."""
    body = {"deed": deed, "ticked": list(ids), "sure": "yes", "reason": "A test.", **more}
    return browser.post("/ops/people/deeds", body)
