"""What the tests of pages share: a DynamoDB that has lost its tables."""

from __future__ import annotations

import pytest

from movierec.dynamo.connection import shared_connection


@pytest.fixture
def no_tables(tables: None) -> None:
    """DynamoDB answers every read with ResourceNotFoundException."""
    for name in shared_connection().list_tables()["TableNames"]:
        shared_connection().delete_table(name)
