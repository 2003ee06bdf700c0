"""Recording an event: one transaction, a new row for each place it is looked for in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from secrets import token_hex
from typing import Any, Final

import orjson
from pynamodb.transactions import TransactWrite

from movierec.audit.events import NOBODY, Event, Source
from movierec.audit.rows import AuditRow, actor_pk, source_pk, thing_pk
from movierec.dynamo.transactions import write_together
from movierec.timestamps import timestamp

# What staff did is kept for over a year; what people did with their own accounts for a quarter of one.
KEPT: Final[dict[Source, timedelta]] = {"ops": timedelta(days=400), "account": timedelta(days=90)}
MAX_VALUE_LENGTH: Final = 4_000
MAX_REASON_LENGTH: Final = 500
_CUT: Final = "… (cut)"
# Of this process's events, in the order of their making.
_NUMBERS: Final = count()


def record(event: Event) -> None:
    """Adds an event, whole or not at all, by one request. Raises Unavailable and PynamoDB's errors.

    Whoever calls does so before the deed: what cannot be recorded is not done.
    """
    now = datetime.now(UTC)
    at = timestamp(now)
    # Microseconds and a number, so that a deed and its refusal stand in their order, and a random part against others.
    sk = f"{at}#{now.microsecond % 1000:03d}{next(_NUMBERS):010d}{token_hex(6)}"
    rows = [_row(pk, sk, at, event, int((now + KEPT[event.tag.source]).timestamp())) for pk in _places(event)]

    def fill(transaction: TransactWrite) -> None:
        for row in rows:
            transaction.save(row, condition=AuditRow.pk.does_not_exist())

    # A key with a random part is nobody else's.
    assert write_together(fill), f"there was an event {sk} already"


def _places(event: Event) -> list[str]:
    """The partitions that an event is looked for in; one of nobody's would only be busy."""
    places = [thing_pk(event.thing.kind, event.thing.id), source_pk(event.tag.source)]
    return places if event.actor.id == NOBODY else [*places, actor_pk(event.actor.id)]


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
