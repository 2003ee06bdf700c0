"""Reads of the catalogue. A row whose time is over counts as absent: DynamoDB deletes it some days late."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from functools import partial
from time import time
from typing import Any, Final, cast

from apps.media.composing import Order, Orders
from apps.media.genres import GENRES
from apps.media.keeping import is_expired
from apps.media.languages import is_fallback, texts_in
from apps.media.listings import (
    CHUNK_ITEMS,
    GENRE_LIST_TYPES,
    LIST_TYPES,
    LISTED_TYPES,
    MAX_CHUNKS,
    Entry,
    ListedType,
    ListName,
    ListType,
    StoredList,
    chunk_attribute,
    list_from_row,
    order_key,
)
from apps.media.models import CachedMedia
from apps.media.packing import DetailsDamaged
from apps.media.titles import (
    FACT_ATTRIBUTES,
    MEDIA_TYPES,
    CatalogueTitle,
    MediaType,
    TitleKey,
    from_row,
    is_title,
    translations_of,
)
from movierec.dynamo.table import Row

# DynamoDB's limit on one BatchGetItem.
_BATCH_ROWS: Final = 100
# What is read of a list besides its hundreds.
_HEAD: Final = ("form", "total", "refreshedAt", "outside", "firstExpiry", "expiresAt")

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of a ready-made list in TMDB's names, and how many titles the whole list has.

    `refreshed_at` is when its source told its order, or else when it was built. `outside` says whether a source
    outside told any of its titles.
    """

    items: list[Row]
    total: int
    refreshed_at: str
    outside: bool


def title_row(media_type: MediaType, media_id: int) -> Row | None:
    """The cached row of a title by one GetItem, None when the catalogue does not have it."""
    row = CachedMedia.get_row(str(media_id), media_type)
    return None if row is None or is_expired(row) else row


def all_titles() -> Iterator[CatalogueTitle]:
    """Every title with its corrections and without its details, by a scan: for jobs only. Hidden ones are there."""
    from apps.media.marks import stored_curation  # noqa: PLC0415 - not where only health is asked for

    decided = stored_curation()
    rows = CachedMedia.scan_rows((*FACT_ATTRIBUTES, "expiresAt"))
    return (decided.facts(from_row(row)) for row in rows if is_title(row) and not is_expired(row))


def orders() -> Orders:
    """The sources' own orders of lists, by one BatchGetItem."""
    names = {order_key(*name)["mediaId"]: name for name in _every_list()}
    rows = CachedMedia.get_rows([order_key(*name) for name in names.values()], consistent=True)
    return {names[row["mediaId"]]: _order(row) for row in rows if not is_expired(row)}


def _every_list() -> list[tuple[ListType, ListedType]]:
    return [(list_type, media_type) for list_type in LIST_TYPES for media_type in LISTED_TYPES]


def _order(row: Row) -> Order:
    keys = (text.split("/") for text in row["keys"])
    return Order([(cast(MediaType, media_type), int(number)) for media_type, number in keys], row["fetchedAt"])


def listing(
    list_type: ListType,
    media_type: ListedType,
    *,
    page: int,
    limit: int,
    genre: int | None = None,
    exclude: Set[int | TitleKey] = frozenset(),
) -> Listing | None:
    """Page `page` (from 1) of `limit` titles; None when the list was never built, or cannot be read.

    Titles of another genre, those in `exclude` (numbers, or films and series by their keys), hidden ones and those
    whose time is over are left out before pages are counted. A page past the end has no items. One BatchGetItem, and a
    second one where the time of some title of the list is over and the whole list was not read.
    """
    from apps.media.marks import curation  # noqa: PLC0415 - as above

    decided = curation()
    unwanted = decided.hidden.union(exclude)
    ready = genre is not None and list_type in GENRE_LIST_TYPES and media_type != "all"
    name = ListName(list_type, media_type, genre if ready else None)
    everything = not unwanted and (genre is None or ready)
    wanted = None if everything else partial(_is_wanted, genre=genre, exclude=unwanted)
    found = _listing(name, wanted, (page - 1) * limit, limit)
    return replace(found, items=[decided.item(item) for item in found.items]) if found else None


def _listing(name: ListName, wanted: Callable[[Row], bool] | None, start: int, limit: int) -> Listing | None:
    """The titles from `start` on of those `wanted`, all without it; None where the list cannot be read."""
    if wanted is None:
        numbers = _chunks_between(start, start + limit)
        stored = _stored_list(name, numbers)
        if stored is None or stored.first_expiry > time():
            return _cut(stored, start - CHUNK_ITEMS * (numbers.start - 1), limit) if stored else None
    stored = _stored_list(name, range(1, MAX_CHUNKS + 1))
    return _filtered(stored, wanted, start, limit) if stored else None


@dataclass(frozen=True, slots=True)
class ListHead:
    """What is known of a list without its titles: how many it has, when it was built, and when its order was told.

    `built_at` is empty for a list that was never built, and for one that was built before that was noted.
    """

    name: ListName
    total: int
    built_at: str
    refreshed_at: str
    outside: bool


def list_heads() -> list[ListHead]:
    """Every ready-made list, those of genres last, by one BatchGetItem."""
    genres = (
        (kind, media_type, genre)
        for kind in GENRE_LIST_TYPES
        for media_type in MEDIA_TYPES
        for genre in GENRES[media_type]
    )
    names = [*(ListName(*each) for each in _every_list()), *(ListName(*each) for each in genres)]
    rows = CachedMedia.get_rows([name.key for name in names], attributes=["mediaId", "builtAt", *_HEAD])
    heads = {row["mediaId"]: row for row in rows if not is_expired(row)}
    return [_head(name, heads.get(name.key["mediaId"], {})) for name in names]


def _head(name: ListName, row: Row) -> ListHead:
    return ListHead(
        name=name,
        total=int(row.get("total", 0)),
        built_at=row.get("builtAt", ""),
        refreshed_at=row.get("refreshedAt", ""),
        outside=row.get("outside") is True,
    )


def _stored_list(name: ListName, numbers: Sequence[int]) -> StoredList | None:
    attributes = [*_HEAD, *map(chunk_attribute, numbers)]
    rows = [row for row in CachedMedia.get_rows([name.key], attributes=attributes) if not is_expired(row)]
    try:
        return list_from_row(rows[0], numbers) if rows else None
    except DetailsDamaged as error:
        logger.warning("The row %s cannot be read: %s Rebuild the catalogue.", name.key["mediaId"], error)
        return None


def _chunks_between(start: int, end: int) -> range:
    """The numbers of the hundreds with the titles from `start` to before `end`."""
    return range(start // CHUNK_ITEMS + 1, min(MAX_CHUNKS, (end - 1) // CHUNK_ITEMS + 1) + 1)


def _cut(stored: StoredList, start: int, limit: int) -> Listing:
    items = [item for item, _ in stored.entries[start : start + limit]]
    return Listing(items, stored.total, stored.refreshed_at, stored.outside)


def _filtered(stored: StoredList, wanted: Callable[[Row], bool] | None, start: int, limit: int) -> Listing:
    kept = list(filter(wanted, _shown(stored.entries)))
    return Listing(kept[start : start + limit], len(kept), stored.refreshed_at, stored.outside)


def _is_wanted(item: Row, genre: int | None, exclude: Set[int | TitleKey]) -> bool:
    if genre is not None and genre not in item["genre_ids"]:
        return False
    return item["id"] not in exclude and (item["media_type"], item["id"]) not in exclude


def _shown(entries: Sequence[Entry]) -> list[Row]:
    """The titles that may still be shown."""
    now = time()
    return [item for item, expires_at in entries if expires_at is None or expires_at > now]


def localised(items: Sequence[Row], language: str) -> list[Row]:
    """Items of lists with their titles and overviews in a served language, as far as they were translated.

    One BatchGetItem for each hundred titles; none for the language whose texts the items have already. Items that
    are no titles stay as they are.
    """
    keys = [] if is_fallback(language) else list(dict.fromkeys(key for item in items if (key := _key_of(item))))
    if not keys:
        return list(items)
    texts = {key: found for batch in _batches(keys) for key, found in _texts(batch, language)}
    return [_with_texts(item, texts.get(_key_of(item) or ("movie", 0), {})) for item in items]


def _key_of(item: Mapping[str, Any]) -> TitleKey | None:
    return (item["media_type"], int(item["id"])) if item["media_type"] in MEDIA_TYPES else None


def _batches(keys: Sequence[TitleKey]) -> Iterator[Sequence[TitleKey]]:
    return (keys[start : start + _BATCH_ROWS] for start in range(0, len(keys), _BATCH_ROWS))


def _texts(keys: Sequence[TitleKey], language: str) -> Iterator[tuple[TitleKey, dict[str, str]]]:
    wanted = [{"mediaId": str(media_id), "mediaType": media_type} for media_type, media_id in keys]
    for row in CachedMedia.get_rows(wanted, attributes=["mediaId", "mediaType", "translations", "expiresAt"]):
        if not is_expired(row):
            yield (row["mediaType"], int(row["mediaId"])), texts_in(language, translations_of(row))


def _with_texts(item: Row, texts: Mapping[str, str]) -> Row:
    """The item with those of the texts that it shows; a series shows its title as its name as well."""
    shown = {name: text for name, text in texts.items() if name in item}
    return {**item, **shown, **({"name": texts["title"]} if "name" in item and "title" in texts else {})}
