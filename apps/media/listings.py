"""The ready-made lists, and the rows that hold them.

A row holds a whole list, so that one write replaces it, and a reader meets the old list or the new one. Its titles are
packed by the hundred, each hundred in an attribute of its own: a page fetches and unpacks only those it shows.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, Literal, NamedTuple

import orjson

from apps.media.keeping import kept_until
from apps.media.models import LIST_MEDIA_TYPE
from apps.media.titles import CatalogueTitle

ListType = Literal["trending", "popular", "top_rated", "upcoming", "now_playing", "hidden_gems"]
ListedType = Literal["movie", "tv", "all"]

LIST_TYPES: Final[tuple[ListType, ...]] = (
    "trending", "popular", "top_rated", "upcoming", "now_playing", "hidden_gems",
)  # fmt: skip
LISTED_TYPES: Final[tuple[ListedType, ...]] = ("movie", "tv", "all")
# The lists that are made for each genre as well.
GENRE_LIST_TYPES: Final[tuple[ListType, ...]] = ("popular", "top_rated")

CHUNK_ITEMS: Final = 100
MAX_CHUNKS: Final = 5
MAX_ITEMS: Final = CHUNK_ITEMS * MAX_CHUNKS
GENRE_ITEMS: Final = 200
# A row of DynamoDB has 400 KB. A list takes about a fourth; one of very long texts ends where they are full.
_MOST_BYTES: Final = 380_000

_DAY: Final = 24 * 3600
# For how many seconds a source's own order counts; an older list says that it is old.
FRESH_SECONDS: Final[Mapping[ListType, int]] = {
    list_type: (3 if list_type == "trending" else 14) * _DAY for list_type in LIST_TYPES
}

# A title as a list shows it, and when it must not be shown any more, in seconds since 1970.
Entry = tuple[dict[str, Any], int | None]


class ListName(NamedTuple):
    """Which list: its kind, films or series or both, and the genre where it is a genre's."""

    list_type: ListType
    media_type: ListedType
    genre: int | None = None

    @property
    def key(self) -> dict[str, str]:
        """The key of the list's row."""
        return {"mediaId": ":".join(["list", *(str(part) for part in self if part is not None)]), **_OF_LISTS}


_OF_LISTS: Final = {"mediaType": LIST_MEDIA_TYPE}


def order_key(list_type: ListType, media_type: ListedType) -> dict[str, str]:
    """The key of the row that keeps a source's own order of a list."""
    return {"mediaId": f"order:{list_type}:{media_type}", **_OF_LISTS}


def listing_row(
    name: ListName, titles: Sequence[CatalogueTitle], *, built_at: str, as_of: str | None = None
) -> dict[str, Any]:
    """The row of a list of at most 500 titles in their order.

    `as_of` is when a source outside told its order, where one did. `outside` says whether it told any of the titles.
    """
    packed, total = _packed([titles[i : i + CHUNK_ITEMS] for i in range(0, len(titles), CHUNK_ITEMS)])
    expiries = [kept_until(title.refreshed_at) for title in titles[:total]]
    row = {
        **name.key,
        **{chunk_attribute(number): chunk for number, chunk in enumerate(packed, start=1)},
        "total": total,
        "refreshedAt": as_of or built_at,
        "outside": any(expiries),
    }
    ends = [expiry for expiry in expiries if expiry is not None]
    # A list that keeps nothing but what must go, goes with the last of it.
    return {**row, "expiresAt": max(ends)} if ends and len(ends) == total else row


def _packed(chunks: Sequence[Sequence[CatalogueTitle]]) -> tuple[list[bytes], int]:
    """The packed chunks that a row has room for, and how many titles are in them."""
    packed: list[bytes] = []
    total = 0
    for titles in chunks:
        entries = [(item_of(title), kept_until(title.refreshed_at)) for title in titles]
        content = zlib.compress(orjson.dumps(entries), 6)
        if sum(map(len, packed)) + len(content) > _MOST_BYTES:
            break
        packed.append(content)
        total += len(titles)
    return packed, total


def chunk_attribute(number: int) -> str:
    """The attribute with a list's hundred of this number, from 1."""
    return f"items{number}"


def entries_of(row: Mapping[str, Any], number: int) -> Iterator[Entry]:
    """The titles of one of a row's hundreds, in order; none where the list is shorter."""
    content = row.get(chunk_attribute(number))
    if content is not None:
        yield from orjson.loads(zlib.decompress(content))


def item_of(title: CatalogueTitle) -> dict[str, Any]:
    """What lists show of a title, called as TMDB calls it."""
    return {
        "id": title.media_id,
        "media_type": title.media_type,
        "title": title.title,
        "original_title": title.original_title or title.title,
        "original_language": title.language,
        "overview": title.overview,
        "poster_path": title.poster_path,
        "backdrop_path": title.backdrop_path,
        "release_date": title.release_date,
        "genre_ids": list(title.genres),
        "vote_average": title.vote_average,
        "vote_count": title.vote_count,
        "popularity": title.popularity,
    }
