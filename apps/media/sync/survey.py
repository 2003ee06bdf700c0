"""One look at the whole catalogue: what must go, and what should be asked for though no list names it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import nsmallest
from typing import Any, Final

from pynamodb.exceptions import DeleteError
from pynamodb.expressions.operand import Path

from apps.media.keeping import KEPT_SECONDS, is_expired
from apps.media.listings import LIST_MEDIA_TYPE
from apps.media.models import CachedMedia
from apps.media.storing import NOT_AT_SOURCE
from apps.media.titles import FIRST_MADE_UP_ID, TitleKey, is_title
from movierec.dynamo.table import Row
from movierec.timestamps import epoch_seconds

# Details this old are asked for anew, before they must go after six months.
RENEWED_AFTER: Final = timedelta(days=120)
# A title of another source that TMDB does not have is not asked for again before.
ABSENT_FOR: Final = timedelta(days=30)
_ATTRIBUTES: Final = (
    "mediaId", "mediaType", "title", "refreshedAt", "expiresAt", "popularity", "renown", NOT_AT_SOURCE,
)  # fmt: skip


@dataclass(slots=True)
class Survey:
    """`expired` rows are to be removed, `due` titles to be asked for, the most urgent first; `titles` counts all."""

    expired: list[Row] = field(default_factory=list)
    due: list[TitleKey] = field(default_factory=list)
    titles: int = 0


def survey(now: datetime, *, most: int) -> Survey:
    """Finds the expired rows and at most `most` titles that are due. A job: it scans."""
    found = Survey()
    urgent = nsmallest(most, _due(CachedMedia.scan_rows(_ATTRIBUTES), now, found))
    found.due = [(media_type, media_id) for *_, media_type, media_id in urgent]
    return found


def _due(rows: Iterable[Row], now: datetime, found: Survey) -> Iterator[tuple[Any, ...]]:
    """The titles to be asked for, each behind what orders it; expired rows are put aside, others counted.

    First those whose details will be over, the oldest in front, then those of other sources, the best known in front.
    """
    renewed_before = (now - RENEWED_AFTER).timestamp()
    asked_before = (now - ABSENT_FOR).timestamp()
    for row in rows:
        if _is_over(row, now):
            found.expired.append(row)
        elif is_title(row):
            found.titles += 1
            refreshed_at = epoch_seconds(row.get("refreshedAt"))
            media_id = int(row["mediaId"])
            if refreshed_at:
                if refreshed_at < renewed_before:
                    yield 0, refreshed_at, 0, row["mediaType"], media_id
            elif media_id < FIRST_MADE_UP_ID and epoch_seconds(row.get(NOT_AT_SOURCE)) < asked_before:
                yield 1, -row.get("popularity", 0), -row.get("renown", 0), row["mediaType"], media_id


def _is_over(row: Row, now: datetime) -> bool:
    """Whether a row is past its end, or told by a source more than six months ago."""
    if is_expired(row, at=now.timestamp()):
        return True
    refreshed_at = epoch_seconds(row.get("refreshedAt")) if row["mediaType"] != LIST_MEDIA_TYPE else 0.0
    return 0 < refreshed_at <= now.timestamp() - KEPT_SECONDS


def remove(expired: Iterable[Row], *, spared: Set[tuple[str, str]]) -> int:
    """Deletes rows, each only if it is as it was seen; answers how many. Keys (mediaType, mediaId) in `spared` stay."""
    return sum(_deleted(row) for row in expired if (row["mediaType"], row["mediaId"]) not in spared)


def _deleted(row: Row) -> bool:
    name = "expiresAt" if "expiresAt" in row else "refreshedAt"
    try:
        CachedMedia(row["mediaId"], row["mediaType"]).delete(Path(name) == row[name])
    except DeleteError as error:
        if error.cause_response_code != "ConditionalCheckFailedException":
            raise
        return False
    return True
