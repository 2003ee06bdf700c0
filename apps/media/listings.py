"""The ready-made lists, and the rows that hold them.

A row holds a whole list, so that one write replaces it, and a reader meets the old list or the new one. Its titles are
packed by the hundred, each hundred in an attribute of its own: a page fetches and unpacks only those it shows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import Any, Final, Literal, NamedTuple

from apps.media.packing import DetailsDamaged, packed, unpacked
from apps.media.titles import CatalogueTitle, item_of

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
LIST_MEDIA_TYPE: Final = "list"
# Raised when the row of a list changes its form; a list in another form counts as not built.
LIST_FORM: Final = 1
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


def listing_row(name: ListName, entries: Sequence[Entry], *, built_at: str, as_of: str | None = None) -> dict[str, Any]:
    """The row of a list of at most 500 titles in their order, made at `built_at`.

    `as_of` is when a source outside told its order, where one did. `outside` says whether it told any of the titles,
    and `firstExpiry` when the first of those must not be shown any more.
    """
    chunks, total = _chunks([entries[i : i + CHUNK_ITEMS] for i in range(0, len(entries), CHUNK_ITEMS)])
    ends = [expires_at for _, expires_at in entries[:total] if expires_at is not None]
    row = {
        **name.key,
        **{chunk_attribute(number): chunk for number, chunk in enumerate(chunks, start=1)},
        "form": LIST_FORM,
        "total": total,
        "builtAt": built_at,
        "refreshedAt": as_of or built_at,
        "outside": bool(ends),
        **({"firstExpiry": min(ends)} if ends else {}),
    }
    # A list that keeps nothing but what must go, goes with the last of it.
    return {**row, "expiresAt": max(ends)} if ends and len(ends) == total else row


def _chunks(hundreds: Sequence[Sequence[Entry]]) -> tuple[list[bytes], int]:
    """The packed hundreds that a row has room for, and how many titles are in them."""
    chunks: list[bytes] = []
    total = 0
    for entries in hundreds:
        content = packed(entries)
        if sum(map(len, chunks)) + len(content) > _MOST_BYTES:
            break
        chunks.append(content)
        total += len(entries)
    return chunks, total


def chunk_attribute(number: int) -> str:
    """The attribute with a list's hundred of this number, from 1."""
    return f"items{number}"


@dataclass(frozen=True, slots=True)
class StoredList:
    """A list, or some hundreds of it, as its row keeps it; `total` and `first_expiry` are those of the whole."""

    entries: list[Entry]
    total: int
    refreshed_at: str
    outside: bool
    first_expiry: float


def list_from_row(row: Mapping[str, Any], numbers: Iterable[int]) -> StoredList:
    """The list with its hundreds of these numbers, none of one past its end.

    Raises DetailsDamaged for a row in another form, and for hundreds that cannot be read.
    """
    if row.get("form") != LIST_FORM:
        raise DetailsDamaged(f"The list's form is {row.get('form')} and not {LIST_FORM}.")
    total, first_expiry = row.get("total"), row.get("firstExpiry", inf)
    refreshed_at, outside = row.get("refreshedAt"), row.get("outside")
    if not (isinstance(total, int) and isinstance(first_expiry, int | float)):
        raise DetailsDamaged("The list does not say how long it is.")
    if not (isinstance(refreshed_at, str) and isinstance(outside, bool)):
        raise DetailsDamaged("The list does not say where it is from.")
    entries = [entry for number in numbers for entry in _hundred(row, number, total)]
    return StoredList(entries, total, refreshed_at, outside, first_expiry)


def _hundred(row: Mapping[str, Any], number: int, total: int) -> list[Entry]:
    size = min(CHUNK_ITEMS, total - (number - 1) * CHUNK_ITEMS)
    if size <= 0:
        return []
    content = row.get(chunk_attribute(number))
    stored = unpacked(content) if isinstance(content, bytes) else None
    if not isinstance(stored, list) or len(stored) != size:
        raise DetailsDamaged(f"The list's hundred {number} does not hold {size} titles.")
    return [_entry(each) for each in stored]


def _entry(stored: Any) -> Entry:
    match stored:
        case [dict() as item, int() | None as expires_at] if item.keys() >= _ITEM_NAMES:
            return item, expires_at
    raise DetailsDamaged("The list's titles have another shape.")


_ITEM_NAMES: Final = item_of(CatalogueTitle("movie", 1, "", "")).keys()
