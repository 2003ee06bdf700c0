"""Accounts that wait for their deletion: 7 days in which a sign-in can take it back, then everything is erased.

The request ends every session, and no sign-in succeeds while the deletion waits, so on its day no token of the
person is good any more.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from django.conf import settings
from pynamodb.expressions.condition import Condition
from pynamodb.transactions import TransactWrite

from apps.accounts import denials, events, personal, sessions
from apps.accounts.errors import DeletionPending, WrongCredentials
from apps.accounts.models import DELETION, DELETIONS, DueDeletion, PendingDeletion
from movierec.api.errors import Unavailable
from movierec.audit import Tag
from movierec.dynamo.data_table import user_pk
from movierec.dynamo.pages import pages_of
from movierec.dynamo.table import Row
from movierec.dynamo.transactions import write_together
from movierec.timestamps import now_text, timestamp

__all__ = ["DeletionPending", "any_due", "erase_due", "refuse_pending", "request", "take_back"]


def request(user_id: str) -> str:
    """Notes that an account is to be deleted in 7 days and answers when; the first request counts."""
    due_at = timestamp(datetime.now(UTC) + timedelta(seconds=settings.DELETION_SECONDS))

    def fill(transaction: TransactWrite) -> None:
        first = PendingDeletion.pk.does_not_exist()
        transaction.save(PendingDeletion(user_pk(user_id), DELETION, due_at=due_at), condition=first)
        transaction.save(DueDeletion(DELETIONS, _due_sk(due_at, user_id), user_id=user_id))

    if write_together(fill):
        denials.cache.forget(user_id)
        return due_at
    earlier = _pending(user_id)
    if earlier is None:
        raise Unavailable
    return str(earlier["dueAt"])


def take_back(user_id: str) -> bool:
    """Keeps the account; False where nothing was to be deleted. Raises WrongCredentials once it is being erased."""
    row = _pending(user_id)
    if row is None:
        return False

    def fill(transaction: TransactWrite) -> None:
        due = DueDeletion(DELETIONS, _due_sk(row["dueAt"], user_id))
        transaction.delete(due, condition=DueDeletion.pk.exists() & DueDeletion.begun_at.does_not_exist())
        transaction.delete(PendingDeletion(user_pk(user_id), DELETION))

    if not write_together(fill):
        raise WrongCredentials
    # Those that the request would have ended, had it not been stopped.
    sessions.end_listed(user_id)
    return True


def refuse_pending(user_id: str) -> None:
    """Raises DeletionPending for an account that waits for its deletion."""
    row = _pending(user_id)
    if row is not None:
        raise DeletionPending(row["dueAt"])


def any_due(now: datetime) -> bool:
    """Whether a deletion is due. One read."""
    return bool(DueDeletion.query_page(DELETIONS, range_condition=_until(now), limit=1, consistent=True).rows)


def erase_due(now: datetime) -> Iterator[str]:
    """Erases every account whose deletion is due and yields their user ids; can be stopped and run again."""
    for page in pages_of(DueDeletion, DELETIONS, range_condition=_until(now), consistent=True):
        for row in page:
            if _begin(row):
                for part in personal.parts():
                    part.erase(row["userId"])
                # Before the job forgets it: stopped here, it records it once more, and never not at all.
                events.note_by_itself(Tag.ERASED, row["userId"])
                DueDeletion(DELETIONS, row["sk"]).delete()
                yield row["userId"]


def _until(now: datetime) -> Condition:
    # The character after "#": everything up to and including this moment.
    return DueDeletion.sk < f"{timestamp(now)}$"


def _begin(row: Row) -> bool:
    """Makes sure that the deletion is not taken back any more; False when it was, or when another run has ended it."""
    begun_at = DueDeletion.begun_at.set(DueDeletion.begun_at | now_text())
    return DueDeletion.update_row_if(DELETIONS, row["sk"], [begun_at], DueDeletion.pk.exists()) is not None


def _pending(user_id: str) -> Row | None:
    return PendingDeletion.get_row(user_pk(user_id), DELETION, consistent=True)


def _due_sk(due_at: str, user_id: str) -> str:
    return f"{due_at}#{user_id}"
