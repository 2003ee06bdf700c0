"""Fetches the details of titles, twenty at once, and stores each as it comes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from typing import Final, Literal

from apps.media.errors import NotAtSource, SourceError, SourceKeyRefused, SourceUnavailable
from apps.media.models import CachedMedia
from apps.media.providers.interface import TitleSource
from apps.media.storing import FACTS_KEPT, note_absence, store_title
from apps.media.sync.reach import CALL_SECONDS, Reach
from apps.media.titles import TitleKey, from_row, is_title
from movierec.dynamo.table import Row
from movierec.telemetry.threads import ContextExecutor
from movierec.timestamps import epoch_seconds

AT_ONCE: Final = 20
# Details that are younger are not fetched again.
FRESH_SECONDS: Final = 20 * 3600
# What a batch needs of the rows that are there.
_STANDING: Final = ("mediaId", "mediaType", "title", "refreshedAt", "details", *FACTS_KEPT)

# What became of a title. "overtaken": somebody else stored fresher details meanwhile. "absent": the source has no such
# title; "unmatched": it does not have this one of another source, either. An error: it refuses the request, or does not
# answer for this title.
Settled = Literal["fetched", "fresh", "overtaken", "absent", "unmatched"] | SourceError


class Fetcher:
    """Brings the details of batches of titles up to date."""

    def __init__(self, source: TitleSource, reach: Reach, pool: ThreadPoolExecutor, now: datetime) -> None:
        self._source = source
        self._reach = reach
        self._pool = pool
        self._now = now

    def batch(self, keys: Sequence[TitleKey]) -> dict[TitleKey, Settled] | None:
        """What became of each of at most a hundred titles; None when the time is over before all were tried.

        Raises SourceKeyRefused, and SourceUnavailable when the source is away. What was fetched until then is
        stored, and fresh for the next run.
        """
        standing = _standing_rows(keys)
        settled: dict[TitleKey, Settled] = {}
        tried_again: set[TitleKey] = set()
        left = list(keys)
        while left:
            outcomes = dict(zip(left, self._pool.map(partial(self._one, standing), left), strict=True))
            failed = {key for key, told in outcomes.items() if isinstance(told, SourceUnavailable)}
            if failed and not self._reach.find_out():
                return None
            # The source is there, so what failed has a second chance.
            spared = failed - tried_again
            tried_again |= spared
            settled.update({key: told for key, told in outcomes.items() if told is not None and key not in spared})
            left = [key for key in left if key not in settled]
            if left and not self._reach.has_time():
                return None
        return settled

    def _one(self, standing: Mapping[TitleKey, Row], key: TitleKey) -> Settled | None:
        row = standing.get(key)
        if row is not None and self._is_fresh(row):
            return "fresh"
        if not self._reach.may_be_asked():
            return None
        try:
            title = self._source.title(*key, budget=CALL_SECONDS)
        except NotAtSource as error:
            self._reach.note(error)
            return "unmatched" if row is not None and note_absence(key, self._now) else "absent"
        except SourceKeyRefused:
            raise
        except SourceError as error:
            self._reach.note(error)
            return error
        self._reach.note(None)
        earlier = from_row(row) if row is not None and is_title(row) else None
        return "fetched" if store_title(title, earlier, patient=True) else "overtaken"

    def _is_fresh(self, row: Row) -> bool:
        age = self._now.timestamp() - epoch_seconds(row.get("refreshedAt"))
        # What comes from the future was stored by a clock that went wrong.
        return "details" in row and 0 <= age < FRESH_SECONDS


def _standing_rows(keys: Sequence[TitleKey]) -> dict[TitleKey, Row]:
    """What is stored of the titles, by one request."""
    wanted = [{"mediaId": str(media_id), "mediaType": media_type} for media_type, media_id in keys]
    rows = CachedMedia.get_rows(wanted, attributes=_STANDING, consistent=True)
    return {(row["mediaType"], int(row["mediaId"])): row for row in rows}


@contextmanager
def workers() -> Iterator[ThreadPoolExecutor]:
    """The threads of a run, which end with the block."""
    pool = ContextExecutor(AT_ONCE, thread_name_prefix="sync")
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)
