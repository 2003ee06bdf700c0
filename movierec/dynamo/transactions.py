"""Writes that happen whole or not at all: several rows together, or one row under a condition."""

from __future__ import annotations

from collections.abc import Callable

from pynamodb.exceptions import DeleteError, TransactWriteError
from pynamodb.expressions.condition import Condition
from pynamodb.transactions import TransactWrite

from movierec.api.errors import Unavailable
from movierec.dynamo.backoff import Backoff
from movierec.dynamo.connection import shared_connection
from movierec.dynamo.data_table import DataRow

_BUSY = {"ThrottlingError", "ProvisionedThroughputExceeded"}


def delete_if(row: DataRow, condition: Condition) -> bool:
    """Deletes one row; False, and nothing deleted, when the condition does not hold."""
    try:
        row.delete(condition=condition)
    except DeleteError as error:
        if error.cause_response_code != "ConditionalCheckFailedException":
            raise
        return False
    return True


def write_together(fill: Callable[[TransactWrite], None]) -> bool:
    """Commits what `fill` puts into a transaction; False, and nothing written, when a condition does not hold.

    Tries again while another transaction holds one of the rows. Raises Unavailable when DynamoDB is busy.
    """
    backoff = Backoff()
    while True:
        try:
            _commit(fill)
        except TransactWriteError as error:
            codes = {reason.code for reason in error.cancellation_reasons if reason}
            if "ConditionalCheckFailed" in codes:
                return False
            if codes & _BUSY:
                raise Unavailable from error
            if codes != {"TransactionConflict"}:
                raise
            backoff.wait("TransactWriteItems")
        else:
            return True


def _commit(fill: Callable[[TransactWrite], None]) -> None:
    with TransactWrite(connection=shared_connection()) as transaction:
        fill(transaction)
