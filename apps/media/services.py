"""Writes of the catalogue: titles, their figures, and the ready-made lists."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, Final

from apps.media.listings import LIST_TYPES, MAX_CHUNKS, MAX_ITEMS, ListType, chunk_key, chunks
from apps.media.models import CachedMedia
from apps.media.ranking import Statistics, figures_of, ranked
from apps.media.titles import (
    MEDIA_TYPES,
    CatalogueTitle,
    FullTitle,
    MediaType,
    from_row,
    full_to_row,
    is_title,
    to_row,
)
from movierec.dynamo.connection import shared_connection
from movierec.dynamo.plain import to_wire
from movierec.dynamo.table import Row
from movierec.timestamps import now_text, timestamp

# Titles of other sources bring votes and popularity of their own, which ours do not replace.
SOURCES_WITHOUT_FIGURES: Final = frozenset({"demo", "movielens"})

# TMDB's terms: what comes from there is kept for six months at most.
KEPT_SECONDS: Final = 180 * 24 * 3600


def store_titles(titles: Iterable[CatalogueTitle]) -> Iterator[int]:
    """Writes titles, replacing rows of the same ones; yields the count of each written batch."""
    now = now_text()
    return CachedMedia.put_rows(to_row(title, now) for title in titles)


def store_full_titles(titles: Iterable[FullTitle]) -> Iterator[int]:
    """As `store_titles`, with details and translations; what a source outside told goes after six months."""
    now = now_text()
    return CachedMedia.put_rows(_kept_row(title, now) for title in titles)


def _kept_row(title: FullTitle, now: str) -> Row:
    refreshed_at = title.facts.refreshed_at
    expiry = {"expiresAt": int(datetime.fromisoformat(refreshed_at).timestamp()) + KEPT_SECONDS} if refreshed_at else {}
    return {**full_to_row(title, now), **expiry}


def rebuild_listings(statistics: Statistics, *, now: datetime) -> None:
    """Gives every title its figures of `statistics` and builds all ready-made lists anew. A job: it scans.

    A title without figures has none: its votes and popularity go back to 0.
    """
    refreshed_at = timestamp(now)
    titles = _with_figures(statistics, refreshed_at)
    for media_type in MEDIA_TYPES:
        ours = [title for title in titles if title.media_type == media_type]
        for list_type in LIST_TYPES:
            best = ranked(list_type, ours, statistics)[:MAX_ITEMS]
            replace_listing(list_type, media_type, best, refreshed_at)


def _with_figures(statistics: Statistics, updated_at: str) -> list[CatalogueTitle]:
    """Every title with its figures, after the rows whose figures changed have been written."""
    rows = [row for row in CachedMedia.scan_rows() if is_title(row)]
    fresh = [{**row, **_figures(row, statistics)} for row in rows]
    changed = (new for old, new in zip(rows, fresh, strict=True) if new != old)
    for _ in CachedMedia.put_rows({**row, "updatedAt": updated_at} for row in changed):
        pass
    return [from_row(row) for row in fresh]


def _figures(row: Row, statistics: Statistics) -> dict[str, Any]:
    if row.get("source") not in SOURCES_WITHOUT_FIGURES:
        return {}
    figures = figures_of(from_row(row), statistics)
    return {
        "voteAverage": figures.vote_average,
        "voteCount": figures.vote_count,
        # Likes of late count twice, so that popularity tells old favourites from current ones.
        "popularity": figures.likes + figures.recent_likes,
    }


def replace_listing(
    list_type: ListType, media_type: MediaType, titles: Sequence[CatalogueTitle], refreshed_at: str
) -> None:
    """Replaces all chunks of a list in one transaction, so that no reader meets half a list."""
    rows = chunks(list_type, media_type, titles, refreshed_at)
    table = CachedMedia.Meta.table_name
    writes: list[dict[str, Any]] = [{"Put": {"TableName": table, "Item": to_wire(row)}} for row in rows]
    for number in range(len(rows) + 1, MAX_CHUNKS + 1):
        key = to_wire(chunk_key(list_type, media_type, number))
        writes.append({"Delete": {"TableName": table, "Key": key}})
    shared_connection().dispatch("TransactWriteItems", {"TransactItems": writes})
