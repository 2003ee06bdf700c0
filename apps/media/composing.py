"""Makes every ready-made list of a catalogue."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from apps.media.genres import GENRES
from apps.media.listings import (
    FRESH_SECONDS,
    GENRE_ITEMS,
    GENRE_LIST_TYPES,
    LIST_TYPES,
    LISTED_TYPES,
    MAX_ITEMS,
    ListedType,
    ListName,
    ListType,
    listing_row,
)
from apps.media.ranking import Contender, Ranking
from apps.media.titles import TitleKey
from movierec.dynamo.table import Row
from movierec.timestamps import epoch_seconds, timestamp


@dataclass(frozen=True, slots=True)
class Order:
    """A list as its source has it, and when it was told so, in ISO 8601."""

    keys: Sequence[TitleKey]
    fetched_at: str


Orders = Mapping[tuple[ListType, ListedType], Order]


# What lists show of a title, by its key.
ItemOf = Callable[[TitleKey], Row]


def listing_rows(titles: Sequence[Contender], *, item_of: ItemOf, orders: Orders, now: datetime) -> Iterator[Row]:
    """The row of every list: six of films, of series and of both, popular and top rated ones of each genre as well.

    `item_of` is asked for the titles that a list shows alone.
    """
    for media_type in LISTED_TYPES:
        ours = [title for title in titles if media_type in ("all", title.key[0])]
        ranking = Ranking(ours, now.date())
        for list_type in LIST_TYPES:
            order = orders.get((list_type, media_type))
            ordered = _ordered(list_type, ranking.ranked(list_type), ours, _fresh(order, list_type, now))
            for name, chosen in _parts(ListName(list_type, media_type), ordered):
                entries = [(item_of(title.key), title.expires_at) for title in chosen]
                # The age of an order that is too old for use is told still: nothing newer was heard of the list.
                as_of = order.fetched_at if order else None
                yield listing_row(name, entries, built_at=timestamp(now), as_of=as_of)


def _parts(name: ListName, ordered: Sequence[Contender]) -> Iterator[tuple[ListName, Sequence[Contender]]]:
    """The list itself, and those of its genres."""
    yield name, ordered[:MAX_ITEMS]
    if name.list_type in GENRE_LIST_TYPES and name.media_type != "all":
        for genre in GENRES[name.media_type]:
            yield name._replace(genre=genre), [title for title in ordered if genre in title.genres][:GENRE_ITEMS]


def _fresh(order: Order | None, list_type: ListType, now: datetime) -> Sequence[TitleKey]:
    """The order's titles, none where it is too old."""
    if order is None or now.timestamp() - epoch_seconds(order.fetched_at) > FRESH_SECONDS[list_type]:
        return ()
    return order.keys


def _ordered(
    list_type: ListType,
    ranked: Sequence[Contender],
    titles: Sequence[Contender],
    first: Sequence[TitleKey],
) -> Sequence[Contender]:
    """What the source names first, then what we rank. What is upcoming goes by its day alone."""
    if not first or list_type == "upcoming":
        return ranked
    wanted = set(first)
    found = {title.key: title for title in titles if title.key in wanted}
    leading = [found[key] for key in dict.fromkeys(first) if key in found]
    return [*leading, *(title for title in ranked if title.key not in found)]
