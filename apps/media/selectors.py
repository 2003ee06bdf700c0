"""Reads of the catalogue."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass

from apps.media.listings import CHUNK_ITEMS, MAX_CHUNKS, ListType, chunk_key
from apps.media.models import CachedMedia
from apps.media.titles import CatalogueTitle, MediaType, from_row, is_title
from movierec.dynamo.backoff import Backoff
from movierec.dynamo.table import Row


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of a ready-made list in TMDB's names, and how many titles the whole list has."""

    items: list[Row]
    total: int


def title_row(media_type: MediaType, media_id: int) -> Row | None:
    """The cached row of a title by one GetItem, None when the catalogue does not have it."""
    return CachedMedia.get_row(str(media_id), media_type)


def all_titles() -> Iterator[CatalogueTitle]:
    """Every title, by a scan: for jobs only."""
    return (from_row(row) for row in CachedMedia.scan_rows() if is_title(row))


def listing(
    list_type: ListType, media_type: MediaType, *, page: int, limit: int, exclude: Set[int] = frozenset()
) -> Listing | None:
    """Page `page` (from 1) of `limit` titles by one BatchGetItem; None when the list was never built.

    Titles in `exclude` are left out before pages are counted. A page past the end has no items.
    """
    start = (page - 1) * limit
    numbers = range(1, MAX_CHUNKS + 1) if exclude else _chunks_between(start, start + limit)
    rows = _rows_of_one_build(list_type, media_type, numbers)
    if not rows:
        return None
    if exclude:
        kept = [item for row in rows for item in row["items"] if item["id"] not in exclude]
        return Listing(kept[start : start + limit], len(kept))
    places = {CHUNK_ITEMS * (_number(row) - 1) + i: item for row in rows for i, item in enumerate(row["items"])}
    return Listing([places[i] for i in range(start, start + limit) if i in places], int(rows[0]["total"]))


def _chunks_between(start: int, end: int) -> list[int]:
    """The chunks with the titles from `start` to before `end`, and the first, which is there if the list is."""
    wanted = range(start // CHUNK_ITEMS + 1, (end - 1) // CHUNK_ITEMS + 2)
    return sorted({1, *(number for number in wanted if number <= MAX_CHUNKS)})


def _rows_of_one_build(list_type: ListType, media_type: MediaType, numbers: Iterable[int]) -> list[Row]:
    """Those of a list's chunks that exist, in order.

    A rebuild replaces all chunks at once, but a read of several may fall into that moment; then it is repeated.
    """
    keys = [chunk_key(list_type, media_type, number) for number in numbers]
    backoff = Backoff()
    while True:
        rows = CachedMedia.get_rows(keys)
        if len({row["refreshedAt"] for row in rows}) <= 1:
            return sorted(rows, key=_number)
        backoff.wait("BatchGetItem of a list")


def _number(row: Row) -> int:
    return int(row["mediaId"].rpartition(":")[2])
