"""What an operator may ask for."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from infra.config import Config, WrongConfig
from infra.restoring.orders import checked

NOW = datetime(2026, 11, 21, tzinfo=UTC)


@pytest.mark.parametrize("name", ["data", "movierec-dev-data-table"])
def test_a_table_by_either_of_its_names(config: Config, name: str) -> None:
    order = checked(config, name, "2026-11-20T12:00:00Z", NOW)

    assert order.live == "movierec-dev-data-table"
    assert order.copy == "movierec-dev-data-table-restored-202611201200"
    assert order.moment == datetime(2026, 11, 20, 12, tzinfo=UTC)


def test_seconds_make_another_copy(config: Config) -> None:
    assert checked(config, "favourites", "2026-11-20T12:00:07Z", NOW).copy == "Favourites-restored-20261120120007"


@pytest.mark.parametrize(
    ("table", "moment", "sentence"),
    [
        ("films", "2026-11-20T12:00:00Z", "--table films: no such table; there are user-preferences, cache, "),
        ("data", "yesterday", "--at yesterday: write the moment in UTC, such as 2026-11-20T12:00:00Z."),
        ("data", "2026-11-20T12:00:00", "--at 2026-11-20T12:00:00: write the moment in UTC"),
        ("data", "2026-11-20T12:00:00+01:00", "write the moment in UTC"),
        ("data", "2026-11-21T00:00:00Z", "this moment has not come yet. Times are in UTC."),
    ],
)
def test_what_cannot_be_is_refused(config: Config, table: str, moment: str, sentence: str) -> None:
    with pytest.raises(WrongConfig, match=re.escape(sentence)):
        checked(config, table, moment, NOW)
