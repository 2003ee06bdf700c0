"""What staff decided about titles: which are hidden, and which facts stand in place of their source's.

All of it is one partition of the single table, a row a title. It lies over the catalogue and not in it: rows of the
catalogue stay as their source told them, so that no sync, import or rebuild can undo a decision, and taking one back
restores what the source says. Every process looks every 30 seconds whether anything of it changed, and only then reads
the partition.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import inf
from threading import Lock
from time import time
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError
from pynamodb.attributes import MapAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import PynamoDBException

from apps.media.corrections import Values, corrected, corrected_full, corrected_item
from apps.media.keeping import is_expired
from apps.media.models import CachedMedia
from apps.media.titles import LARGEST_ID, MEDIA_TYPES, CatalogueTitle, FullTitle, TitleKey
from movierec.api.errors import is_outside_fault
from movierec.dynamo.backoff import Backoff
from movierec.dynamo.connection import shared_connection
from movierec.dynamo.data_table import DataRow
from movierec.dynamo.plain import to_plain, to_wire
from movierec.dynamo.table import Row

MARKS_PK: Final = "CATALOGUE#MARKS"
# The row of the partition that is no title's; every write of another one changes it as well.
STATE_SK: Final = "STATE"
# What every process holds in memory, and reads by a request or two.
MOST_HIDDEN: Final = 1_000
MOST_CORRECTED: Final = 500
READ_EVERY_SECONDS: Final = 30.0
# What is written past this module, as when rows of a copy come back, changes no stamp and still counts by then.
WHOLE_EVERY_SECONDS: Final = 600.0
# While nothing could be read yet.
_RETRY_SECONDS: Final = 5.0
_DIGITS: Final = len(str(LARGEST_ID))

logger = logging.getLogger(__name__)


class MarkRow(DataRow):
    """`CATALOGUE#MARKS` / `<type>/<id>`, there while the title is hidden or something of it corrected.

    `title` is its name at the time, `hiddenAt` and `hiddenBy` are there while it is hidden. `corrections` holds for
    each field its value, who set it and when; `version` is another text after every change of them, and `stamp` after
    every change of the row.

    `CATALOGUE#MARKS` / `STATE` is there once anything was decided: its `stamp` is another text after every change of
    the partition, `hidden` and `corrected` are the numbers of such titles.
    """

    stamp = UnicodeAttribute()
    title = UnicodeAttribute(null=True)
    hidden_at = UnicodeAttribute(attr_name="hiddenAt", null=True)
    hidden_by = UnicodeAttribute(attr_name="hiddenBy", null=True)
    corrections: MapAttribute[str, Any] = MapAttribute(null=True)  # type: ignore[no-untyped-call]  # PynamoDB's
    version = UnicodeAttribute(null=True)
    hidden = NumberAttribute(null=True)
    corrected = NumberAttribute(null=True)


@dataclass(frozen=True, slots=True)
class Correction:
    """A corrected value, who set it, and when in ISO 8601."""

    value: Any
    by: str
    at: str


@dataclass(frozen=True, slots=True)
class Mark:
    """What was decided about one title. `hidden_at` is empty where it is shown, `version` where nothing is corrected.

    `title` is its name at the time.
    """

    key: TitleKey
    title: str = ""
    hidden_at: str = ""
    hidden_by: str = ""
    corrections: Mapping[str, Correction] = field(default_factory=dict)
    version: str = ""

    @property
    def values(self) -> Values:
        """The corrected values alone."""
        return {name: correction.value for name, correction in self.corrections.items()}


@dataclass(frozen=True, slots=True)
class Curation:
    """All that was decided, as what shows titles asks for it."""

    hidden: frozenset[TitleKey] = frozenset()
    values: Mapping[TitleKey, Values] = field(default_factory=dict)

    def facts(self, title: CatalogueTitle) -> CatalogueTitle:
        """The title with its corrections."""
        values = self.values.get(title.key)
        return corrected(title, values) if values else title

    def full(self, full: FullTitle) -> FullTitle:
        """The title and its details with its corrections."""
        values = self.values.get(full.key)
        return corrected_full(full, values) if values else full

    def item(self, item: Row) -> Row:
        """What lists show of a title with its corrections."""
        values = self.values.get((item["media_type"], item["id"]))
        return corrected_item(item, values) if values else item


class Cache:
    """What was read last, for a process; after so many seconds it looks whether that still stands. Safe for threads."""

    def __init__(self, seconds: float = READ_EVERY_SECONDS, known: Curation | None = None) -> None:
        self._seconds = seconds
        self._known = known
        # The stamp that goes with what is known, None before the first read.
        self._stamp: str | None = None
        self._read_at = 0.0
        self._whole_at = 0.0
        self._lock = Lock()

    def curation(self) -> Curation:
        """What was decided, looked for anew where that was long ago; the last known where DynamoDB does not answer."""
        known = self._known
        if known is not None and not self._is_due():
            return known
        # One reads, and the others go on with what is known, unless that was changed here.
        if not self._lock.acquire(blocking=known is None or self._read_at == -inf):
            return known or Curation()
        try:
            return self._read() if self._known is None or self._is_due() else self._known
        finally:
            self._lock.release()

    def forget(self) -> None:
        """Has the next call read anew."""
        self._read_at = -inf

    def _is_due(self) -> bool:
        # By the clock on the wall: others may stand still while Lambda keeps a process frozen.
        return not 0 <= time() - self._read_at < self._seconds

    def _read(self) -> Curation:
        now = time()
        try:
            found = self._current(now)
        except (PynamoDBException, BotoCoreError, ClientError, TimeoutError) as error:
            if not is_outside_fault(error):
                raise
            logger.warning("What is hidden and corrected cannot be read, so the last known counts: %s", error)
            found = self._known or Curation()
            now += 0.0 if self._known else _RETRY_SECONDS - self._seconds
        self._known, self._read_at = found, now
        return found

    def _current(self, now: float) -> Curation:
        """One GetItem, and the whole partition where that tells of a change."""
        stamp = _stored_stamp()
        is_old = not 0 <= now - self._whole_at < WHOLE_EVERY_SECONDS
        if self._known is not None and stamp == self._stamp and not is_old:
            return self._known
        found = stored_curation()
        # The stamp of before the read: what is decided between both is read again.
        self._stamp, self._whole_at = stamp, now
        return found


cache = Cache()


def curation() -> Curation:
    """What staff decided about titles, at most 30 seconds old; mostly no request, else one that is small."""
    return cache.curation()


def stored_curation() -> Curation:
    """What staff decided as it is stored now: a consistent Query of the partition, of no more than shows."""
    hidden, values = [], {}
    # Consistent, since the next read may be far away.
    for row in MarkRow.query_all(MARKS_PK, attributes=("sk", "hiddenAt", "corrections"), consistent=True):
        key = key_of(row["sk"])
        if key is None:
            continue
        if row.get("hiddenAt"):
            hidden.append(key)
        if row.get("corrections"):
            values[key] = {name: kept["value"] for name, kept in row["corrections"].items()}
    return Curation(frozenset(hidden), values)


def _stored_stamp() -> str:
    """What another text takes the place of with every decision; empty before the first."""
    state = MarkRow.get_row(MARKS_PK, STATE_SK, consistent=True)
    return str(state["stamp"]) if state else ""


def all_marks() -> list[Mark]:
    """Every decision in the order of the keys: one request for each megabyte, and so many only that this is one."""
    return [mark_of(row) for row in MarkRow.query_all(MARKS_PK, consistent=True) if row["sk"] != STATE_SK]


def mark_of(row: Row) -> Mark:
    """The decision that a row keeps."""
    key = key_of(row["sk"])
    assert key is not None, f"{row['sk']} is no title"
    return Mark(
        key=key,
        title=row.get("title", ""),
        hidden_at=row.get("hiddenAt", ""),
        hidden_by=row.get("hiddenBy", ""),
        corrections={name: Correction(**kept) for name, kept in (row.get("corrections") or {}).items()},
        version=row.get("version", ""),
    )


def rows_and_marks(
    keys: Sequence[TitleKey], attributes: Sequence[str] = ()
) -> tuple[dict[TitleKey, Row], dict[TitleKey, Mark]]:
    """The catalogue's rows of at most fifty titles, and what was decided about them, by one BatchGetItem.

    Rows whose time is over are left out. `attributes` names the only ones of the catalogue's to fetch, all without it.
    """
    titles, marks = CachedMedia.Meta.table_name, MarkRow.Meta.table_name
    names = {f"#{i}": name for i, name in enumerate(attributes)}
    chosen = {"ProjectionExpression": ", ".join(names), "ExpressionAttributeNames": names} if names else {}
    wanted: dict[str, Any] = {}
    if keys:
        rows = [to_wire({"mediaId": str(media_id), "mediaType": media_type}) for media_type, media_id in keys]
        wanted[titles] = {"Keys": rows, "ConsistentRead": True, **chosen}
        wanted[marks] = {
            "Keys": [to_wire({"pk": MARKS_PK, "sk": title_id(key)}) for key in keys],
            "ConsistentRead": True,
        }
    found = _batch(wanted)
    live = [row for row in found[titles] if not is_expired(row)]
    decided = [mark_of(row) for row in found[marks]]
    return {(row["mediaType"], int(row["mediaId"])): row for row in live}, {mark.key: mark for mark in decided}


def _batch(wanted: dict[str, Any]) -> dict[str, list[Row]]:
    """Rows of several tables by one request, repeated only for what DynamoDB left over."""
    backoff = Backoff()
    found: dict[str, list[Row]] = {CachedMedia.Meta.table_name: [], MarkRow.Meta.table_name: []}
    while wanted:
        data = shared_connection().dispatch("BatchGetItem", {"RequestItems": wanted})
        for table, items in data["Responses"].items():
            found[table].extend(map(to_plain, items))
        wanted = data.get("UnprocessedKeys", {})
        if wanted:
            backoff.wait("BatchGetItem")
    return found


def title_id(key: TitleKey) -> str:
    """A title's id as staff and the audit write it, such as "movie/603"."""
    return f"{key[0]}/{key[1]}"


def key_of(text: str) -> TitleKey | None:
    """The title of such an id, None for any other text."""
    media_type, _, number = text.partition("/")
    if media_type not in MEDIA_TYPES or not number.isascii() or not number.isdecimal() or len(number) > _DIGITS:
        return None
    media_id = int(number)
    # One spelling for each, so that nothing is kept twice.
    found: TitleKey = (media_type, media_id)
    return found if 0 < media_id <= LARGEST_ID and title_id(found) == text else None
