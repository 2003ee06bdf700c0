"""Where a run is: kept in the single table, so that the next process goes on where this one was stopped.

All rows of a schedule share the partition `JOB#sync_media#<schedule>`: `POINT` is the run itself, `LIST#…` the titles
of each list that was collected, `KEYS#…` the titles whose details are still to be asked for, a batch a row. The row of
a batch goes when the batch is done, so what is left is what is there. `FAILED#…` are the titles that could not be had;
they outlast the run, and are asked for again by the next one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from apps.media.sync.schedules import Schedule
from apps.media.titles import TitleKey
from movierec.dynamo.data_table import DataRow
from movierec.timestamps import timestamp

BATCH_KEYS: Final = 100
# Some 50 KB of the 400 KB that a row may have.
PART_KEYS: Final = 2_500
_POINT: Final = "POINT"
_LIST: Final = "LIST#"
_KEYS: Final = "KEYS#"
_FAILED: Final = "FAILED#"


class SavedPoint:
    """How far the unfinished run of a schedule has come."""

    def __init__(self, pk: str, started_at: datetime, *, planned: bool) -> None:
        self._pk = pk
        self.started_at = started_at
        self.planned = planned

    def collected(self) -> dict[str, list[TitleKey]]:
        """The titles of each list that was collected whole, by the list's name."""
        parts: dict[str, list[Mapping[str, Any]]] = {}
        for row in self._rows(_LIST):
            parts.setdefault(row["name"], []).append(row)
        return {
            name: [_key(text) for row in rows for text in row["keys"]]
            for name, rows in parts.items()
            if len(rows) == rows[0]["parts"]
        }

    def save_list(self, name: str, keys: Sequence[TitleKey]) -> None:
        """Keeps what a list gave."""
        parts = _cut(keys, PART_KEYS) or [[]]
        self._put(f"{_LIST}{name}#", parts, {"name": name, "parts": len(parts)})

    def save_plan(self, keys: Sequence[TitleKey]) -> None:
        """Keeps the titles to ask for, in place of the lists that named them and of those that failed before."""
        DataRow.delete_rows(self._rows(_KEYS))
        self._put(_KEYS, _cut(keys, BATCH_KEYS), {})
        self.planned = True
        self._save()
        DataRow.delete_rows([*self._rows(_LIST), *self._rows(_FAILED)])

    def batches(self) -> Iterator[tuple[str, list[TitleKey]]]:
        """The batches that are left, each with its name, in the order of the plan."""
        for row in self._rows(_KEYS):
            yield row["sk"], [_key(text) for text in row["keys"]]

    def batch_is_done(self, name: str) -> None:
        """Takes a batch out of what is left."""
        DataRow.delete_rows([{"pk": self._pk, "sk": name}])

    def save_failed(self, name: str, keys: Sequence[TitleKey]) -> None:
        """Keeps the titles of a batch that could not be had, for the next run."""
        if keys:
            self._put(f"{_FAILED}{name}#", [keys], {})

    def failed_before(self) -> list[TitleKey]:
        """The titles that earlier runs could not have."""
        return [_key(text) for row in self._rows(_FAILED) for text in row["keys"]]

    def clear(self) -> None:
        """Forgets the run, which is finished, but for the titles that it could not have."""
        rows = DataRow.query_all(self._pk, attributes=["pk", "sk"], consistent=True)
        DataRow.delete_rows(row for row in rows if not row["sk"].startswith(_FAILED))

    def _put(self, prefix: str, parts: Sequence[Sequence[TitleKey]], more: Mapping[str, Any]) -> None:
        rows = [
            {"pk": self._pk, "sk": f"{prefix}{number:04}", "keys": [_text(key) for key in part], **more}
            for number, part in enumerate(parts)
        ]
        for _ in DataRow.put_rows(rows):
            pass

    def _rows(self, prefix: str) -> list[dict[str, Any]]:
        return DataRow.query_all(self._pk, range_condition=DataRow.sk.startswith(prefix), consistent=True)

    def _save(self) -> None:
        row = {"pk": self._pk, "sk": _POINT, "startedAt": timestamp(self.started_at), "planned": self.planned}
        for _ in DataRow.put_rows([row]):
            pass


def begin(schedule: Schedule, now: datetime) -> SavedPoint:
    """Starts a run anew; what an earlier one left is forgotten."""
    point = SavedPoint(_pk(schedule), now, planned=False)
    point.clear()
    point._save()
    return point


def unfinished(schedule: Schedule) -> SavedPoint | None:
    """The run of a schedule that was not finished, None when the last one was."""
    row = DataRow.get_row(_pk(schedule), _POINT, consistent=True)
    if row is None:
        return None
    return SavedPoint(row["pk"], datetime.fromisoformat(row["startedAt"]), planned=row["planned"])


def _pk(schedule: Schedule) -> str:
    return f"JOB#sync_media#{schedule.name}"


def _cut(keys: Sequence[TitleKey], size: int) -> list[Sequence[TitleKey]]:
    return [keys[start : start + size] for start in range(0, len(keys), size)]


def _text(key: TitleKey) -> str:
    media_type, media_id = key
    return f"{media_type}#{media_id}"


def _key(text: str) -> TitleKey:
    media_type, _, number = text.partition("#")
    return ("tv" if media_type == "tv" else "movie"), int(number)
