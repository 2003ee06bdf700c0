"""Reads of favourites, the watchlist and ratings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from apps.lists.items import Item, as_item
from apps.lists.keys import parse_id, row_media_type, row_title, stored_key
from apps.lists.models import (
    ADDED_AT_INDEX,
    LISTS,
    RATING_PREFIX,
    Favourite,
    ListEntry,
    ListName,
    Rating,
    WatchlistEntry,
)
from apps.media.titles import MediaType, TitleKey
from movierec.api.errors import FieldErrors
from movierec.api.pagination import decode_cursor, encode_cursor
from movierec.dynamo.data_table import user_pk
from movierec.dynamo.plain import Plain
from movierec.dynamo.table import Row
from movierec.telemetry.threads import ContextExecutor
from movierec.timestamps import epoch_seconds

Interaction = tuple[str, TitleKey, Literal["favourite", "watchlist", "rating"], float | None, float]

MAX_ITEMS: Final = 1000
# A filtered page reads this many rows first, then twice as many each time.
FIRST_FILTERED_READ: Final = 50

ENTRY_ATTRIBUTES: Final = ["movieId", "mediaType", "addedAt"]
RATING_ATTRIBUTES: Final = ["sk", "rating", "watchedAt"]

_readers = ContextExecutor(max_workers=8, thread_name_prefix="lists")


@dataclass(frozen=True, slots=True)
class History:
    """What a person's lists say: titles with the time they were put there, ratings (0.5 to 5) with theirs.

    Times are texts as stored, empty where a row has none.
    """

    favourites: list[tuple[TitleKey, str]]
    watchlist: list[tuple[TitleKey, str]]
    ratings: list[tuple[TitleKey, float, str]]


@dataclass(frozen=True, slots=True)
class Doubled:
    """A series that stands on a list twice: `old` is its row under the plain number, `right` the one under its key."""

    list_name: ListName
    old: Row
    right: Row


def page(
    list_name: ListName,
    user_id: str,
    *,
    limit: int | None = None,
    cursor: str | None = None,
    newest_first: bool = True,
    media_type: MediaType | None = None,
) -> tuple[list[Item], str | None]:
    """At most `limit` (1000 without) items of a list by the time they were added, and the cursor to go on with.

    The cursor is None at the end. Raises FieldErrors for a cursor that is not one.
    """
    wanted = limit or MAX_ITEMS
    after = _start_key(user_id, cursor) if cursor else None
    rows = _rows(LISTS[list_name], user_id, after, wanted, newest_first=newest_first, media_type=media_type)
    # One row more than wanted tells whether anything follows.
    more = len(rows) > wanted
    rows = rows[:wanted]
    following = encode_cursor(rows[-1]["addedAt"], rows[-1]["movieId"]) if more else None
    return [as_item(row) for row in rows], following


def _start_key(user_id: str, cursor: str) -> Row:
    """The index's key behind which the page starts; the user is always the one who asks."""
    added_at, movie_id = decode_cursor(cursor, 2)
    if not added_at or not movie_id:
        raise FieldErrors([("cursor", "This is not a cursor of this list; send nextCursor of the page before.")])
    return {"userId": user_id, "addedAt": added_at, "movieId": movie_id}


def _rows(
    table: type[ListEntry],
    user_id: str,
    after: Row | None,
    wanted: int,
    *,
    newest_first: bool,
    media_type: MediaType | None,
) -> list[Row]:
    """At least one row more than `wanted`, or all there are."""
    rows: list[Row] = []
    size = wanted + 1 if media_type is None else max(wanted + 1, FIRST_FILTERED_READ)
    while True:
        found = table.query_page(user_id, index=ADDED_AT_INDEX, newest_first=newest_first, limit=size, after=after)
        rows.extend(row for row in found.rows if media_type in (None, row_media_type(row, row["movieId"])))
        after = found.last_key
        if after is None or len(rows) > wanted:
            return rows
        size = min(2 * size, MAX_ITEMS + 1)


def history(user_id: str) -> History:
    """Everything on a person's lists and all ratings, by three Queries at once that carry only keys and times."""
    favourites = _readers.submit(_entries, Favourite, user_id)
    watchlist = _readers.submit(_entries, WatchlistEntry, user_id)
    return History(ratings=ratings(user_id), favourites=favourites.result(), watchlist=watchlist.result())


def _entries(table: type[ListEntry], user_id: str) -> list[tuple[TitleKey, str]]:
    # From the table itself and consistently: what was put on a list a moment ago must not be recommended.
    return titles_of(table.query_all(user_id, attributes=ENTRY_ATTRIBUTES, consistent=True))


def titles_of(rows: Iterable[Row]) -> list[tuple[TitleKey, str]]:
    """The titles of rows of a list with the times they were put there, as `History` has them."""
    titles = ((row_title(row, row["movieId"]), row) for row in rows)
    return [(title, _text(row.get("addedAt"))) for title, row in titles if title]


def ratings(user_id: str) -> list[tuple[TitleKey, float, str]]:
    """Everything a person rated, with stars (0.5 to 5) and the time as stored; one Query."""
    rows = Rating.query_all(
        user_pk(user_id),
        range_condition=Rating.sk.startswith(RATING_PREFIX),
        attributes=RATING_ATTRIBUTES,
        consistent=True,
    )
    return ratings_of(rows)


def ratings_of(rows: Iterable[Row]) -> list[tuple[TitleKey, float, str]]:
    """The ratings among rows of the single table, as `History` has them."""
    rated = ((_rated_title(row), row) for row in rows)
    return [(title, row["rating"], _text(row.get("watchedAt"))) for title, row in rated if title]


def _rated_title(row: Mapping[str, Plain]) -> TitleKey | None:
    """The title of a rating row, None when the row is not a rating."""
    if not row["sk"].startswith(RATING_PREFIX) or not isinstance(row.get("rating"), int | float):
        return None
    return row_title({}, row["sk"].removeprefix(RATING_PREFIX))


def _text(value: Plain) -> str:
    return value if isinstance(value, str) else ""


def doubled(user_id: str) -> list[Doubled]:
    """Every series that an older client stored under its plain number and that is there under its key, too.

    One Query of each list.
    """
    return [pair for name, table in LISTS.items() for pair in _pairs(name, table.query_all(user_id, consistent=True))]


def _pairs(list_name: ListName, rows: list[Row]) -> Iterator[Doubled]:
    by_key = {row["movieId"]: row for row in rows}
    for key, row in by_key.items():
        kind, number = parse_id(key) or (None, 0)
        right = by_key.get(stored_key("tv", number))
        if kind is None and right is not None and row_media_type(row, key) == "tv":
            yield Doubled(list_name, row, right)


def all_interactions() -> Iterator[Interaction]:
    """Every row of all lists and all ratings, by scans: for jobs only.

    Yields (user id, title, kind, stars of ratings, seconds since 1970 or 0 where a row has no readable time).
    """
    for row in Favourite.scan_rows(["userId", *ENTRY_ATTRIBUTES]):
        if title := row_title(row, row["movieId"]):
            yield row["userId"], title, "favourite", None, epoch_seconds(row.get("addedAt"))
    for row in WatchlistEntry.scan_rows(["userId", *ENTRY_ATTRIBUTES]):
        if title := row_title(row, row["movieId"]):
            yield row["userId"], title, "watchlist", None, epoch_seconds(row.get("addedAt"))
    for row in Rating.scan_rows(["pk", *RATING_ATTRIBUTES]):
        if title := _rated_title(row):
            yield row["pk"].removeprefix("USER#"), title, "rating", row["rating"], epoch_seconds(row.get("watchedAt"))
