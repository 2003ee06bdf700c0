"""Writes of the figures. Each is atomic, so that several devices at once lose nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import orjson
from pynamodb.exceptions import UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from apps.stats.errors import StatsTooLarge, TooManyPoints
from apps.stats.figures import Documents, as_data, merged, read_documents
from apps.stats.models import SORT_KEY, StatsRow
from movierec.api.errors import Unavailable
from movierec.dynamo.data_table import user_pk
from movierec.dynamo.table import Row
from movierec.timestamps import now_text

MAX_XP: Final = 10**9
MAX_DOCUMENTS_KB: Final = 100
# Of writers at the same moment one wins each round; nobody has so many devices.
TRIES: Final = 20

_COUNTERS: Final = {
    "moviesWatched": StatsRow.movies_watched,
    "showsWatched": StatsRow.shows_watched,
    "dailyStreak": StatsRow.daily_streak,
}


@dataclass(frozen=True, slots=True)
class Changes:
    """What an update changes: counters set and counters raised by their names, the day, and documents."""

    settings: Mapping[str, int] = field(default_factory=dict)
    increments: Mapping[str, int] = field(default_factory=dict)
    last_active_date: str | None = None
    documents: Documents = field(default_factory=dict)


def award(user_id: str, amount: int) -> dict[str, Any]:
    """Adds points and answers the figures; one UpdateItem. Raises TooManyPoints beyond 10⁹."""
    room = StatsRow.total_xp.does_not_exist() | (StatsRow.total_xp <= MAX_XP - amount)
    stored = _write(user_id, [StatsRow.total_xp.add(amount)], room)
    if stored is None:
        raise TooManyPoints(MAX_XP)
    return as_data(stored)


def update(user_id: str, changes: Changes) -> dict[str, Any]:
    """Applies the changes and answers the figures: one UpdateItem, and a read before it for documents.

    Raises StatsTooLarge, and Unavailable when other writers are faster every time.
    """
    actions = _counting(changes)
    if not changes.documents:
        return as_data(_write(user_id, actions, None) or {})
    for _ in range(TRIES):
        stored = _write_documents(user_id, changes.documents, actions)
        if stored is not None:
            return as_data(stored)
    raise Unavailable


def _counting(changes: Changes) -> list[Action]:
    day = changes.last_active_date
    return [
        *(_COUNTERS[name].set(number) for name, number in changes.settings.items()),
        *(_COUNTERS[name].add(number) for name, number in changes.increments.items()),
        *([] if day is None else [StatsRow.last_active_date.set(day)]),
    ]


def _write_documents(user_id: str, changes: Documents, actions: list[Action]) -> Row | None:
    """Joins the changes with the stored documents; None when another writer came between the read and the write."""
    row = StatsRow.get_row(user_pk(user_id), SORT_KEY, consistent=True) or {}
    text = orjson.dumps(merged(read_documents(row), changes))
    if len(text) > MAX_DOCUMENTS_KB * 1024:
        raise StatsTooLarge(MAX_DOCUMENTS_KB)
    revision = row.get("revision")
    unchanged = StatsRow.revision.does_not_exist() if revision is None else StatsRow.revision == revision
    replacing = [StatsRow.documents.set(text.decode()), StatsRow.revision.set((revision or 0) + 1)]
    return _write(user_id, [*actions, *replacing], unchanged)


def _write(user_id: str, actions: list[Action], condition: Condition | None) -> Row | None:
    """One UpdateItem; answers the whole row, None when the condition did not hold."""
    now = now_text()
    times = [StatsRow.created_at.set(StatsRow.created_at | now), StatsRow.updated_at.set(now)]
    try:
        return StatsRow.update_row(user_pk(user_id), SORT_KEY, [*actions, *times], condition)
    except UpdateError as error:
        if error.cause_response_code == "ConditionalCheckFailedException":
            return None
        raise
