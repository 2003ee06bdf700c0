"""Several rows written together or not at all."""

from __future__ import annotations

from collections.abc import Callable

from pynamodb.exceptions import TransactWriteError
from pynamodb.transactions import TransactWrite

from movierec.api.errors import Unavailable
from movierec.dynamo.backoff import Backoff
from movierec.dynamo.connection import shared_connection

_BUSY = {"ThrottlingError", "ProvisionedThroughputExceeded"}


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
