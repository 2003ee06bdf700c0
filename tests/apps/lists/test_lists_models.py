from __future__ import annotations

from typing import Any

import pytest

from apps.lists.models import Favourite, WatchlistEntry
from movierec.dynamo.registry import table_definition


@pytest.mark.parametrize(("table", "name"), [(Favourite, "Favourites"), (WatchlistEntry, "Watchlist")])
def test_tables_have_the_keys_of_the_existing_service_and_an_index_by_time(table: Any, name: str) -> None:
    definition = table_definition(table)
    assert definition["TableName"] == name
    assert definition["KeySchema"] == [
        {"AttributeName": "userId", "KeyType": "HASH"},
        {"AttributeName": "movieId", "KeyType": "RANGE"},
    ]
    assert definition["GlobalSecondaryIndexes"] == [
        {
            "IndexName": "addedAt-index",
            "KeySchema": [
                {"AttributeName": "userId", "KeyType": "HASH"},
                {"AttributeName": "addedAt", "KeyType": "RANGE"},
            ],
            "Projection": {"ProjectionType": "ALL"},
        }
    ]
    types = {entry["AttributeName"]: entry["AttributeType"] for entry in definition["AttributeDefinitions"]}
    assert types == {"userId": "S", "movieId": "S", "addedAt": "S"}
