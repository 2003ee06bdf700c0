"""The rows of the series in the single table."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from movierec.dynamo.connection import shared_connection
from movierec.dynamo.data_table import DataRow
from movierec.dynamo.plain import to_wire
from movierec.dynamo.table import Row
from movierec.telemetry.series.counters import SECONDS, Kind, Period

# From the end of the period on. Minutes are kept for longer than the day that is shown.
KEPT: Final[Mapping[Kind, timedelta]] = {
    "MINUTE": timedelta(hours=26),
    "HOUR": timedelta(days=32),
    "ROUTE": timedelta(days=32),
    "DAY": timedelta(days=400),
}
# How much of an ISO-8601 text names a period.
_LENGTHS: Final[Mapping[Kind, int]] = {"MINUTE": 16, "HOUR": 13, "ROUTE": 13, "DAY": 10}
_KEYS: Final = frozenset({"pk", "sk", "expiresAt"})


def pk(kind: Kind) -> str:
    """The partition of all rows of a kind. One is enough: a process writes to it about once a minute."""
    return f"METRICS#{kind}"


def sk(kind: Kind, number: int) -> str:
    """The sort key of a period, such as 2026-05-01T09:30, 2026-05-01T09 or 2026-05-01, in UTC."""
    return datetime.fromtimestamp(number * SECONDS[kind], UTC).isoformat()[: _LENGTHS[kind]]


def key_of(period: Period) -> tuple[str, str]:
    """The key of a period's row."""
    kind, number = period
    return pk(kind), sk(kind, number)


def number_of(kind: Kind, key: str) -> int:
    """The number of the period with a sort key."""
    return int(datetime.fromisoformat(key).replace(tzinfo=UTC).timestamp()) // SECONDS[kind]


def amounts_of(row: Row) -> dict[str, float]:
    """The amounts in a row by their names."""
    return {name: value for name, value in row.items() if name not in _KEYS}


def add_to_row(period: Period, amounts: Mapping[str, float]) -> None:
    """One UpdateItem that adds to a period's row, which it makes where there is none.

    Raises botocore's and PynamoDB's errors.
    """
    kind, number = period
    expires_at = (number + 1) * SECONDS[kind] + int(KEPT[kind].total_seconds())
    names = {f"#{place}": name for place, name in enumerate(amounts)}
    values = {f":{place}": _rounded(amount) for place, amount in enumerate(amounts.values())}
    sums = ", ".join(f"#{place} :{place}" for place in range(len(amounts)))
    shared_connection().dispatch(
        "UpdateItem",
        {
            "TableName": DataRow.Meta.table_name,
            "Key": to_wire({"pk": pk(kind), "sk": sk(kind, number)}),
            "UpdateExpression": f"SET expiresAt = :x ADD {sums}",
            "ExpressionAttributeNames": names,
            "ExpressionAttributeValues": to_wire({":x": expires_at, **values}),
        },
    )


def _rounded(amount: float) -> float:
    """Whole numbers as such, which take less room in a row; others to the thousandth."""
    rounded = round(amount, 3)
    return int(rounded) if rounded == int(rounded) else rounded
