"""Writes of the catalogue: titles, their figures, the ready-made lists, and the index."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from apps.media import selectors
from apps.media.catalogue import publish_index
from apps.media.composing import listing_rows
from apps.media.index.build import build_index
from apps.media.keeping import KEPT_SECONDS, is_expired, kept_until
from apps.media.listings import ListedType, ListName, ListType, listing_row, order_key
from apps.media.models import LIST_MEDIA_TYPE, CachedMedia
from apps.media.ranking import SOURCES_WITHOUT_FIGURES, Statistics
from apps.media.titles import (
    CatalogueTitle,
    Figures,
    FullTitle,
    TitleKey,
    full_from_row,
    is_title,
    to_row,
)
from movierec.dynamo.connection import shared_connection
from movierec.dynamo.plain import to_wire
from movierec.dynamo.table import Row
from movierec.timestamps import now_text, timestamp

__all__ = [
    "KEPT_SECONDS",
    "Rebuilt",
    "rebuild_catalogue",
    "replace_listing",
    "store_order",
    "store_titles",
]

# What is being done, and how much of the whole is behind, from 0 to 1.
Progress = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What a rebuild did: the titles it found, those whose figures it wrote, and the lists it made."""

    titles: int
    figures: int
    lists: int


def store_titles(titles: Iterable[CatalogueTitle]) -> Iterator[int]:
    """Writes titles, replacing rows of the same ones; yields the count of each written batch."""
    now = now_text()
    return CachedMedia.put_rows(to_row(title, now) for title in titles)


def _expiry(refreshed_at: str | None) -> Row:
    expires_at = kept_until(refreshed_at)
    return {} if expires_at is None else {"expiresAt": expires_at}


def store_order(list_type: ListType, media_type: ListedType, keys: Sequence[TitleKey], fetched_at: str) -> None:
    """Keeps a source's own order of a list as it was at `fetched_at` (ISO 8601), for the next rebuild."""
    row = {
        **order_key(list_type, media_type),
        "keys": [f"{media_type}/{media_id}" for media_type, media_id in keys],
        "fetchedAt": fetched_at,
        **_expiry(fetched_at),
    }
    _finish(CachedMedia.put_rows([row]))


def replace_listing(name: ListName, titles: Sequence[CatalogueTitle], built_at: str) -> None:
    """Replaces a list by one write."""
    _finish(CachedMedia.put_rows([listing_row(name, titles, built_at=built_at)]))


def rebuild_catalogue(
    *, now: datetime, statistics: Statistics | None = None, progress: Progress = lambda *_: None
) -> Rebuilt:
    """Builds every ready-made list and the catalogue's index anew. A job: it scans, once.

    With `statistics` every title whose source has no figures gets its figures of them; a title that they do not name
    has none, and its votes and popularity go back to 0. Titles whose time is over are left out. A rebuild that is
    stopped leaves each list as it was or as it is to be, and the next one ends in the same rows.

    Raises StoreUnreachable where the index cannot be published; the lists are new then.
    """
    survey = _Survey(now, statistics)
    progress("Reading the catalogue", 0.0)
    content = build_index(survey.titles(), built_at=timestamp(now))
    progress("Making the lists", 0.8)
    rows = listing_rows(survey.found, orders=selectors.orders(), statistics=statistics, now=now)
    made = _replace_lists(rows, survey.lists)
    progress("Publishing the catalogue's index", 0.95)
    publish_index(content)
    return Rebuilt(len(survey.found), survey.figures, made)


def _replace_lists(rows: Iterable[Row], earlier: Iterable[str]) -> int:
    """Writes the lists and removes those of earlier rebuilds that are not made any more; answers how many there are."""
    made: set[str] = set()

    def noted() -> Iterator[Row]:
        for row in rows:
            made.add(row["mediaId"])
            yield row

    _finish(CachedMedia.put_rows(noted()))
    gone = [list_id for list_id in earlier if list_id not in made]
    CachedMedia.delete_rows({"mediaId": list_id, "mediaType": LIST_MEDIA_TYPE} for list_id in gone)
    return len(made)


@dataclass(slots=True)
class _Survey:
    """One look at every row: figures are written on the way, and what lists need is kept."""

    now: datetime
    statistics: Statistics | None
    found: list[CatalogueTitle] = field(default_factory=list)
    lists: list[str] = field(default_factory=list)
    figures: int = 0

    def titles(self) -> Iterator[FullTitle]:
        """Every title with its details, one at a time: all of them together are too large for a small machine."""
        for row in CachedMedia.scan_rows():
            if row["mediaType"] == LIST_MEDIA_TYPE:
                self._note_list(row["mediaId"])
            elif is_title(row) and not is_expired(row, at=self.now.timestamp()):
                title = full_from_row({**row, **self._new_figures(row)})
                self.found.append(_listed(title.facts))
                yield title

    def _note_list(self, list_id: str) -> None:
        if list_id.startswith("list:"):
            self.lists.append(list_id)

    def _new_figures(self, row: Row) -> Row:
        """The title's figures, stored, where they are others than the row's."""
        if self.statistics is None or row.get("source") not in SOURCES_WITHOUT_FIGURES:
            return {}
        figures = _figures(self.statistics.get((row["mediaType"], int(row["mediaId"])), Figures()))
        if figures.items() <= row.items():
            return {}
        self.figures += _put_unless_changed({**row, **figures, "updatedAt": timestamp(self.now)}, row)
        return figures


def _put_unless_changed(row: Row, seen: Row) -> bool:
    """One PutItem; False, and nothing written, where a better source has described the title since it was `seen`."""
    request: dict[str, Any] = {
        "TableName": CachedMedia.Meta.table_name,
        "Item": to_wire(row),
        "ConditionExpression": "#source = :source AND updatedAt = :updatedAt",
        "ExpressionAttributeNames": {"#source": "source"},
        "ExpressionAttributeValues": to_wire({":source": seen["source"], ":updatedAt": seen.get("updatedAt", "")}),
    }
    try:
        shared_connection().client.put_item(**request)
    except ClientError as error:
        if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
            raise
        return False
    return True


def _figures(figures: Figures) -> dict[str, Any]:
    return {
        "voteAverage": figures.vote_average,
        "voteCount": figures.vote_count,
        # Likes of late count twice, so that popularity tells old favourites from current ones.
        "popularity": figures.likes + figures.recent_likes,
    }


def _listed(title: CatalogueTitle) -> CatalogueTitle:
    """The title without what no list shows or is ranked by."""
    return replace(title, countries=(), makers=(), cast=(), keywords=(), services=(), certification=None)


def _finish(batches: Iterator[int]) -> None:
    for _ in batches:
        pass
