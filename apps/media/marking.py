"""Writes of what staff decide about titles: each on the condition that nobody decided otherwise meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from secrets import token_hex
from typing import Any, Final

from pynamodb.exceptions import DeleteError

from apps.media import marks
from apps.media.marks import MARKS_PK, MOST_CORRECTED, MOST_HIDDEN, Correction, Mark, MarkRow, all_marks, title_id
from apps.media.titles import TitleKey
from movierec.api.errors import Unavailable
from movierec.dynamo.table import Row
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
    if sum(bool(mark.hidden_at) for mark in all_marks(consistent=True)) >= MOST_HIDDEN:
        raise Full(f"{MOST_HIDDEN:,} titles are hidden, and no more can be; show one again first.")
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
    own = [mark for mark in all_marks(consistent=True) if mark.corrections]
    if len(own) >= MOST_CORRECTED and key not in {mark.key for mark in own}:
        raise Full(f"{MOST_CORRECTED:,} titles are corrected, and no more can be; take a correction back first.")
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

    Looks again where another write came between, and raises Unavailable where that never ends.
    """
    for _ in range(_TRIES):
        row = MarkRow.get_row(MARKS_PK, title_id(key), consistent=True)
        mark = marks.mark_of(row) if row else Mark(key)
        wanted = change(mark)
        if wanted == mark:
            return False
        if _replaced(row, wanted):
            marks.cache.forget()
            return True
    raise Unavailable("Others change the same title at this moment; try again shortly.")


def _replaced(seen: Row | None, mark: Mark) -> bool:
    """One conditional write; False, and nothing written, where the row is not as it was seen."""
    unchanged = MarkRow.stamp == seen["stamp"] if seen else MarkRow.pk.does_not_exist()
    if mark.hidden_at or mark.corrections:
        return MarkRow.put_row_if(_row(mark), unchanged)
    try:
        MarkRow(MARKS_PK, title_id(mark.key)).delete(unchanged)
    except DeleteError as error:
        if error.cause_response_code != "ConditionalCheckFailedException":
            raise
        return False
    return True


def _row(mark: Mark) -> Row:
    hidden = {"hiddenAt": mark.hidden_at, "hiddenBy": mark.hidden_by} if mark.hidden_at else {}
    kept = {name: {"value": each.value, "by": each.by, "at": each.at} for name, each in mark.corrections.items()}
    return {
        "pk": MARKS_PK,
        "sk": title_id(mark.key),
        "title": mark.title[:_LONGEST_NAME],
        "stamp": token_hex(8),
        **hidden,
        **({"corrections": kept, "version": mark.version} if kept else {}),
    }
