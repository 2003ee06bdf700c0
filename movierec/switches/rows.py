"""The one row of the single table that holds all switches."""

from __future__ import annotations

from typing import Final

from pynamodb.attributes import NumberAttribute

from movierec.dynamo.data_table import DataRow
from movierec.dynamo.table import Row
from movierec.switches.values import DEFAULTS, Switches, SwitchesDamaged, attributes_of, switches_of

PK: Final = "SWITCHES"
SK: Final = "CURRENT"
# Forms carry versions of at most 15 digits.
MOST_VERSION: Final = 10**15


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
    """The version in a row that cannot be understood, 0 where that is none that forms can be made from."""
    version = row.get("version")
    return version if type(version) is int and 0 < version < MOST_VERSION else 0


def store(switches: Switches) -> bool:
    """Stores the switches in place of those of the version before; False, and nothing stored, where that is gone.

    A version that is none, as a row that cannot be understood may have, counts as 0. One request; three for such a row.
    """
    row = {"pk": PK, "sk": SK, **attributes_of(switches)}
    before = switches.version - 1
    if before:
        return SwitchesRow.put_row_if(row, SwitchesRow.version == before)
    # Without a version, or with one that is no number.
    absent = ~SwitchesRow.version.is_type()  # type: ignore[no-untyped-call]
    return SwitchesRow.put_row_if(row, absent) or _mend(row)


def _mend(row: Row) -> bool:
    """Stores a row in place of one whose version is a number and none; False where such a one does not stand there."""
    standing: Row | None = SwitchesRow.get_row(PK, SK, consistent=True)
    if standing is None or _is_understood(standing) or _version_in(standing):
        return False
    return SwitchesRow.put_row_if(row, SwitchesRow.version == standing["version"])


def _is_understood(row: Row) -> bool:
    try:
        switches_of(row)
    except SwitchesDamaged:
        return False
    return True
