"""Second factors that are off for the moment in which a recovery code passes.

A process can be killed in that moment. A row that is written before says so, and the next sign-in that meets no second
factor finds it.
"""

from __future__ import annotations

from secrets import token_hex

from movierec.dynamo.data_table import DataRow, user_pk
from movierec.dynamo.table import Row

OFF = "TOTP#OFF#"


class FactorOff(DataRow):
    """`USER#<id>` / `TOTP#OFF#<random>`: a recovery for which the second factor is off; it stays until it is on."""


def begin(user_id: str) -> Row:
    """Notes that a second factor is about to go off, and answers the row for `end`. Every recovery has its own."""
    row = {"pk": user_pk(user_id), "sk": f"{OFF}{token_hex(8)}"}
    list(FactorOff.put_rows([row]))
    return row


def begun(user_id: str) -> list[Row]:
    """The recoveries of a person that have not ended. One request."""
    begins = FactorOff.sk.startswith(OFF)
    return FactorOff.query_all(user_pk(user_id), range_condition=begins, attributes=["pk", "sk"], consistent=True)


def end(rows: list[Row]) -> None:
    """Forgets recoveries whose second factor is on again."""
    FactorOff.delete_rows(rows)
