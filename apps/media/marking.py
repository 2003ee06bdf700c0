"""Writes of what staff decide about titles: each on the condition that nobody decided otherwise meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from secrets import token_hex
from typing import Any, Final, NamedTuple

from pynamodb.attributes import NumberAttribute
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from apps.media import marks
from apps.media.marks import MARKS_PK, MOST_CORRECTED, MOST_HIDDEN, STATE_SK, Correction, Mark, MarkRow, title_id
from apps.media.titles import TitleKey
from movierec.api.errors import Unavailable
from movierec.dynamo.table import Row
from movierec.dynamo.transactions import write_together
from movierec.timestamps import now_text

# A title's name in a list of what was decided; every process holds thousands of them.
_LONGEST_NAME: Final = 80
_TRIES: Final = 5


class Overtaken(Exception):
    """Somebody else corrected the title since the form was made; nothing was stored. `mark` is how it stands."""

    def __init__(self, mark: Mark) -> None:
        super().__init__("Somebody else corrected this title meanwhile, and nothing was stored.")
        self.mark = mark


class Full(Exception):
    """So many titles are hidden or corrected that every process would hold too much; the message says what to do."""


def hide(key: TitleKey, *, title: str, by: str) -> bool:
    """Hides a title from everybody; False where it is hidden already. Raises Full."""
    at = now_text()

    def hidden(mark: Mark) -> Mark:
        return mark if mark.hidden_at else replace(mark, title=title, hidden_at=at, hidden_by=by)

    return _changed(key, hidden)


def show(key: TitleKey) -> bool:
    """Shows a title again; False where it is not hidden."""
    return _changed(key, lambda mark: replace(mark, hidden_at="", hidden_by=""))


def correct(key: TitleKey, field: str, value: Any, *, title: str, by: str, version: str) -> None:
    """Has a value stand in a field of a title, `version` being that of the mark it was decided upon.

    Raises Overtaken and Full.
    """
    correction = Correction(value, by, now_text())

    def corrected(mark: Mark) -> Mark:
        return _with(mark, {**mark.corrections, field: correction}, version, title)

    _changed(key, corrected)


def take_back(key: TitleKey, field: str, *, version: str) -> bool:
    """Has the source's own value stand in a field again; False where it is not corrected. Raises Overtaken."""

    def restored(mark: Mark) -> Mark:
        others = {name: kept for name, kept in mark.corrections.items() if name != field}
        return _with(mark, others, version, mark.title)

    return _changed(key, restored)


def _with(mark: Mark, corrections: Mapping[str, Correction], version: str, title: str) -> Mark:
    if mark.version != version:
        raise Overtaken(mark)
    if corrections == mark.corrections:
        return mark
    return replace(mark, corrections=corrections, version=token_hex(8) if corrections else "", title=title)


def _changed(key: TitleKey, change: Callable[[Mark], Mark]) -> bool:
    """Puts what `change` makes of a title's mark in its place; False where that is the same.

    One small read and one transaction. Looks again where another write came between, and raises Unavailable where that
    never ends; Full where there is no room.
    """
    keys = [{"pk": MARKS_PK, "sk": sk} for sk in (title_id(key), STATE_SK)]
    for _ in range(_TRIES):
        rows = {row["sk"]: row for row in MarkRow.get_rows(keys, consistent=True)}
        seen = rows.get(title_id(key))
        mark = marks.mark_of(seen) if seen else Mark(key)
        wanted = change(mark)
        if wanted == mark:
            return False
        growth = _Growth.between(mark, wanted)
        growth.check_room(rows.get(STATE_SK, {}))
        if _replaced(seen, wanted, growth):
            marks.cache.forget()
            return True
    raise Unavailable("Others change the same title at this moment; try again shortly.")


class _Growth(NamedTuple):
    """By how many the hidden and the corrected titles become more; below 0 where they become fewer."""

    hidden: int
    corrected: int

    @classmethod
    def between(cls, mark: Mark, wanted: Mark) -> _Growth:
        return cls(
            bool(wanted.hidden_at) - bool(mark.hidden_at),
            bool(wanted.corrections) - bool(mark.corrections),
        )

    def check_room(self, state: Row) -> None:
        if self.hidden > 0 and state.get("hidden", 0) >= MOST_HIDDEN:
            raise Full(f"{MOST_HIDDEN:,} titles are hidden, and no more can be; show one again first.")
        if self.corrected > 0 and state.get("corrected", 0) >= MOST_CORRECTED:
            raise Full(f"{MOST_CORRECTED:,} titles are corrected, and no more can be; take a correction back first.")

    def actions(self) -> list[Action]:
        """What becomes of the row of the state."""
        added = [MarkRow.hidden.add(self.hidden), MarkRow.corrected.add(self.corrected)]
        return [MarkRow.stamp.set(token_hex(8)), *added]

    def condition(self) -> Condition | None:
        """That there is room still, when it is written."""
        if self.hidden > 0:
            return _is_below(MarkRow.hidden, MOST_HIDDEN)
        return _is_below(MarkRow.corrected, MOST_CORRECTED) if self.corrected > 0 else None


def _is_below(number: NumberAttribute, most: int) -> Condition:
    found: Condition = number.does_not_exist() | (number < most)
    return found


def _replaced(seen: Row | None, mark: Mark, growth: _Growth) -> bool:
    """One transaction; False, and nothing written, where the row is not as it was seen or there is no room left."""
    unchanged = MarkRow.stamp == seen["stamp"] if seen else MarkRow.pk.does_not_exist()

    def fill(transaction: TransactWrite) -> None:
        if mark.hidden_at or mark.corrections:
            transaction.save(_row(mark), condition=unchanged)
        else:
            transaction.delete(MarkRow(MARKS_PK, title_id(mark.key)), condition=unchanged)
        transaction.update(MarkRow(MARKS_PK, STATE_SK), growth.actions(), condition=growth.condition())

    return write_together(fill)


def _row(mark: Mark) -> MarkRow:
    kept = {name: {"value": each.value, "by": each.by, "at": each.at} for name, each in mark.corrections.items()}
    return MarkRow(
        MARKS_PK,
        title_id(mark.key),
        title=mark.title[:_LONGEST_NAME],
        stamp=token_hex(8),
        hidden_at=mark.hidden_at or None,
        hidden_by=mark.hidden_by or None,
        corrections=kept or None,
        version=mark.version or None,
    )
