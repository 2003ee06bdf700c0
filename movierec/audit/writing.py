"""Recording an event: one transaction, three new rows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from secrets import token_hex
from typing import Any, Final

import orjson
from pynamodb.transactions import TransactWrite

from movierec.audit.events import Event
from movierec.audit.rows import AuditRow, actor_pk, day_pk, thing_pk
from movierec.dynamo.transactions import write_together
from movierec.timestamps import timestamp

# What staff did is kept for over a year; what people did with their own accounts for a quarter of one.
KEPT: Final = {"ops": timedelta(days=400), "account": timedelta(days=90)}
MAX_VALUE_LENGTH: Final = 4_000
MAX_REASON_LENGTH: Final = 500
_CUT: Final = "… (cut)"


def record(event: Event) -> None:
    """Adds an event, whole or not at all, by one request. Raises Unavailable and PynamoDB's errors.

    Whoever calls does so before the deed: what cannot be recorded is not done.
    """
    now = datetime.now(UTC)
    at = timestamp(now)
    # Microseconds, so that a deed and its refusal stand in their order, and a random part against all others.
    sk = f"{at}#{now.microsecond % 1000:03d}{token_hex(6)}"
    places = (thing_pk(event.thing.kind, event.thing.id), actor_pk(event.actor.id), day_pk(at[:10]))
    rows = [_row(pk, sk, at, event, int((now + _kept(event)).timestamp())) for pk in places]

    def fill(transaction: TransactWrite) -> None:
        for row in rows:
            transaction.save(row, condition=AuditRow.pk.does_not_exist())

    # A key with a random part is nobody else's.
    assert write_together(fill), f"there was an event {sk} already"


def _kept(event: Event) -> timedelta:
    return KEPT[event.tag.partition(":")[0]]


def _row(pk: str, sk: str, at: str, event: Event, expires_at: int) -> AuditRow:
    return AuditRow(
        pk,
        sk,
        at=at,
        tag=event.tag.value,
        actor=event.actor.id,
        actor_name=event.actor.name or None,
        address=event.actor.address or None,
        kind=event.thing.kind,
        thing=event.thing.id,
        before=_text(event.before),
        after=_text(event.after),
        reason=event.reason[:MAX_REASON_LENGTH] or None,
        outcome=event.outcome,
        expires_at=expires_at,
    )


def _text(value: Any) -> str | None:
    if value is None:
        return None
    text = orjson.dumps(value, default=str, option=orjson.OPT_NON_STR_KEYS | orjson.OPT_SORT_KEYS).decode()
    return text if len(text) <= MAX_VALUE_LENGTH else text[:MAX_VALUE_LENGTH] + _CUT
