"""The one row of the single table that holds all switches."""

from __future__ import annotations

from typing import Final

from pynamodb.attributes import NumberAttribute

from movierec.dynamo.data_table import DataRow
from movierec.dynamo.table import Row
from movierec.switches.values import DEFAULTS, Switches, SwitchesDamaged, attributes_of, switches_of

PK: Final = "SWITCHES"
SK: Final = "CURRENT"


class SwitchesRow(DataRow):
    """`SWITCHES` / `CURRENT`: `flags`, `limits`, `banner`, `readOnly`, and a `version` that grows with each change."""

    version = NumberAttribute()


def stored() -> Switches:
    """The switches as they are stored now, the defaults where nothing is. One request. Raises SwitchesDamaged."""
    row: Row | None = SwitchesRow.get_row(PK, SK, consistent=True)
    if row is None:
        return DEFAULTS
    try:
        return switches_of(row)
    except SwitchesDamaged as damage:
        raise SwitchesDamaged(str(damage), version=_version_in(row)) from damage


def _version_in(row: Row) -> int:
    """The version in a row that cannot be understood, 0 where that is none either."""
    version = row.get("version")
    return version if type(version) is int else 0


def store(switches: Switches) -> bool:
    """Stores the switches in place of those of the version before; False, and nothing stored, where that is gone.

    A version that is no number, as a row that cannot be understood may have, counts as none. One request.
    """
    before = switches.version - 1
    earlier = SwitchesRow.version == before if before else ~SwitchesRow.version.is_type()  # type: ignore[no-untyped-call]
    return SwitchesRow.put_row_if({"pk": PK, "sk": SK, **attributes_of(switches)}, earlier)
