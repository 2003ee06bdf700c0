"""What the tests of identity share: an account, its sign-in, and a DynamoDB whose requests are atomic."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from apps.accounts.services import create_confirmed_account
from movierec.dynamo.data_table import DataRow

EMAIL = "Ann@Example.com"
PASSWORD = "correct horse battery"


@pytest.fixture
def ann(tables: None, cheap_scrypt: None) -> str:
    """The user id of a confirmed account."""
    return create_confirmed_account(EMAIL, PASSWORD, "ann-id")


@pytest.fixture
def rows(tables: None) -> Callable[[], list[dict[str, Any]]]:
    """Every row but the audit's and those that count requests, in the order of their keys."""

    def read() -> list[dict[str, Any]]:
        found = [row for row in DataRow.scan_rows() if not row["pk"].startswith(("RATE#", "AUDIT#"))]
        return sorted(found, key=lambda row: (row["pk"], row["sk"]))

    return read
