"""What feedback keeps about a person; see apps.accounts.personal."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from apps.recommendations.models import FEEDBACK_PREFIX, FeedbackRow
from movierec.dynamo.data_table import user_pk
from movierec.dynamo.pages import pages_of
from movierec.dynamo.table import Row
from movierec.timestamps import timestamp


def export(user_id: str) -> Iterator[tuple[str, Any]]:
    """Every statement as it is stored, in pages."""
    yield "feedback", ([_shown(row) for row in page] for page in _feedback(user_id))


def erase(user_id: str) -> None:
    """Removes every statement; also when there are none."""
    for page in _feedback(user_id, attributes=["pk", "sk"]):
        FeedbackRow.delete_rows(page)


def _feedback(user_id: str, **options: Any) -> Iterator[list[Row]]:
    said = FeedbackRow.sk.startswith(FEEDBACK_PREFIX)
    return pages_of(FeedbackRow, user_pk(user_id), range_condition=said, consistent=True, **options)


def _shown(row: Row) -> Row:
    """A row without its keys, and with its end as a time."""
    kept = {name: value for name, value in row.items() if name not in ("pk", "sk")}
    if "expiresAt" in row:
        kept["expiresAt"] = timestamp(datetime.fromtimestamp(row["expiresAt"], UTC))
    return kept
