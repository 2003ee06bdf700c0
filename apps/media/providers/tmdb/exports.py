"""TMDB's daily exports: a line of JSON for every film or series it has, without a key."""

from __future__ import annotations

import gzip
import logging
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from io import BytesIO
from typing import Any, Final

import orjson
from django.conf import settings

from apps.media.errors import NotAtSource, SourceUnavailable
from apps.media.providers.tmdb.retries import Fault, retry_after, until_it_works
from apps.media.providers.tmdb.transport import Transport, TransportFault
from apps.media.titles import FIRST_MADE_UP_ID, MediaType
from movierec.clock import Clock, Deadline

# Three times what a million films take.
MOST_BYTES: Final = 96 * 1024 * 1024
MOST_LINES: Final = 5_000_000
MOST_LINE_BYTES: Final = 64 * 1024
_NAMES: Final[dict[MediaType, str]] = {"movie": "movie_ids", "tv": "tv_series_ids"}

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ExportedId:
    """A title that TMDB has; 0.0 stands for a popularity that is not known."""

    media_id: int
    popularity: float


def export_lines(
    kind: MediaType, day: date, *, budget: float = 60.0, clock: Clock | None = None
) -> Iterator[ExportedId]:
    """The titles of a day's export, in its order, without adult films and without mere videos.

    The file is fetched before this returns, within `budget` seconds; its lines are unpacked as they are taken. One that
    cannot be understood is left out. Raises NotAtSource where the day's export is not there (yet), SourceUnavailable
    where it cannot be fetched, and, from the iterator, where it is damaged.
    """
    name = f"{_NAMES[kind]}_{day:%m_%d_%Y}.json.gz"
    clock = clock or Clock()
    deadline = Deadline(clock, budget)
    transport = Transport(settings.TMDB_EXPORT_URL, clock)
    return _lines(
        name, until_it_works(partial(_fetched, transport, name, deadline, clock), deadline=deadline, clock=clock)
    )


def _fetched(transport: Transport, name: str, deadline: Deadline, clock: Clock) -> bytes | Fault:
    try:
        answer = transport.get(f"/{name}", {"User-Agent": "MovieRec"}, deadline, most_bytes=MOST_BYTES)
    except TransportFault as error:
        return Fault(str(error))
    # The store of the exports answers 403 for a file it does not have.
    if answer.status in (403, 404):
        raise NotAtSource(f"TMDB has no export {name}.")
    if answer.status != 200:
        return Fault(f"HTTP status {answer.status} for {name}", retry_after(answer.headers, clock))
    return answer.body


def _lines(name: str, content: bytes) -> Iterator[ExportedId]:
    skipped = 0
    try:
        with gzip.open(BytesIO(content)) as lines:
            for _ in range(MOST_LINES):
                line = lines.readline(MOST_LINE_BYTES)
                if not line:
                    break
                found = _parsed(line)
                if isinstance(found, ExportedId):
                    yield found
                skipped += found is None
    except (OSError, EOFError, zlib.error) as error:
        raise SourceUnavailable(f"TMDB's export {name} is damaged.") from error
    if skipped:
        logger.warning("TMDB's export %s has %d lines that cannot be understood.", name, skipped)


def _parsed(line: bytes) -> ExportedId | bool | None:
    """The title of a line, False for one that is not wanted, None for what is no title."""
    try:
        entry = orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(entry, dict) or not _is_id(entry.get("id")):
        return None
    if entry.get("adult") or entry.get("video"):
        return False
    return ExportedId(entry["id"], _popularity(entry.get("popularity")))


def _is_id(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value < FIRST_MADE_UP_ID


def _popularity(value: Any) -> float:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number and value > 0 else 0.0
