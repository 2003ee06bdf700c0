"""What is to be restored: which table, to which moment, and what the table that is filled with it is called."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from infra.config import Config, WrongConfig
from infra.declared.tables import TABLES, Table

_FORM: Final = "%Y-%m-%dT%H:%M:%SZ"


@dataclass(frozen=True, slots=True)
class Order:
    """A table, the moment (UTC) to go back to, the name of the table in use and that of its restored copy."""

    table: Table
    moment: datetime
    live: str
    copy: str


def checked(config: Config, table: str, moment: str, now: datetime | None = None) -> Order:
    """What `--table` and `--at` ask for. Raises WrongConfig."""
    at = _moment(moment)
    if at >= (now or datetime.now(UTC)):
        raise WrongConfig(f"--at {moment}: this moment has not come yet. Times are in UTC.")
    found = _table(config, table)
    live = found.name_in(config)
    return Order(found, at, live, f"{live}-restored-{_stamp(at)}")


def _moment(text: str) -> datetime:
    try:
        return datetime.strptime(text, _FORM).replace(tzinfo=UTC)
    except ValueError:
        raise WrongConfig(f"--at {text}: write the moment in UTC, such as 2026-11-20T12:00:00Z.") from None


def _table(config: Config, name: str) -> Table:
    for table in TABLES:
        if name in (table.key, table.name_in(config)):
            return table
    known = ", ".join(table.key for table in TABLES)
    raise WrongConfig(f"--table {name}: no such table; there are {known}.")


def _stamp(moment: datetime) -> str:
    return moment.strftime("%Y%m%d%H%M%S" if moment.second else "%Y%m%d%H%M")
