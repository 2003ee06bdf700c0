"""Writes of favourites, the watchlist and ratings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import reduce
from operator import and_
from typing import Final

from pynamodb.constants import NULL
from pynamodb.exceptions import DeleteError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.operand import Path, Value
from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from apps.lists.items import Item, as_item, text_or_none, vote_or_none
from apps.lists.keys import stored_key
from apps.lists.models import LISTS, RATING_PREFIX, Favourite, ListEntry, ListName, Rating, WatchlistEntry
from apps.lists.selectors import Doubled
from apps.media import selectors as media
from apps.media.titles import MediaType, TitleKey
from movierec.dynamo.data_table import user_pk
from movierec.dynamo.plain import Plain, wire
from movierec.dynamo.table import Row
from movierec.dynamo.transactions import write_together
from movierec.timestamps import epoch_seconds, now_text, timestamp


@dataclass(frozen=True, slots=True)
class Display:
    """What a list shows of a title without asking the catalogue; None is not known."""

    title: str | None = None
    poster_path: str | None = None
    release_date: str | None = None
    vote_average: float | None = None
    overview: str | None = None

    @property
    def complete(self) -> bool:
        """Whether a card can be drawn from it."""
        return None not in (self.title, self.poster_path, self.release_date)


@dataclass(frozen=True, slots=True)
class FavouriteRow:
    """A favourite for bulk writing; `added_at` has a time zone."""

    user_id: str
    key: TitleKey
    added_at: datetime
    display: Display = Display()


@dataclass(frozen=True, slots=True)
class RatingRow:
    """A rating for bulk writing: 0.5 to 5 stars; `watched_at` has a time zone."""

    user_id: str
    key: TitleKey
    rating: float
    watched_at: datetime


_ATTRIBUTES: Final = {
    "title": "title",
    "poster_path": "posterPath",
    "release_date": "releaseDate",
    "vote_average": "voteAverage",
    "overview": "overview",
}


def add(list_name: ListName, user_id: str, key: TitleKey, display: Display) -> Item:
    """Puts a title on a list and answers the stored item; one UpdateItem.

    A title that is there already keeps the time it was added. What is missing for a card is taken from the
    catalogue, by one more read.
    """
    table = LISTS[list_name]
    shown = display if display.complete else _completed(display, key)
    known = ((name, value) for name, value in asdict(shown).items() if value is not None)
    actions = [
        table.media_type.set(key[0]),
        table.added_at.set(table.added_at | now_text()),
        *(getattr(table, name).set(value) for name, value in known),
    ]
    return as_item(table.update_row(user_id, stored_key(*key), actions))


def _completed(display: Display, key: TitleKey) -> Display:
    row = media.title_row(*key) or {}
    # The catalogue says 0 for a mean nobody knows.
    mean = vote_or_none(row.get("voteAverage")) or None
    return Display(
        title=display.title or text_or_none(row.get("title")),
        poster_path=display.poster_path or text_or_none(row.get("posterPath")),
        release_date=display.release_date or text_or_none(row.get("releaseDate")),
        vote_average=mean if display.vote_average is None else display.vote_average,
        overview=display.overview or text_or_none(row.get("overview")),
    )


def remove(list_name: ListName, user_id: str, media_id: int, media_type: MediaType | None) -> None:
    """Takes a title off a list; one that is not there is no error.

    Without a media type it is the film, and the series if there was no such film.
    """
    table = LISTS[list_name]
    for key, condition in _places(table, media_id, media_type):
        if _delete(table(user_id, key), condition):
            return


def _places(table: type[ListEntry], media_id: int, media_type: MediaType | None) -> list[tuple[str, Condition]]:
    """The keys a title may stand under, with what a row there must be; the older service kept series under numbers."""
    film, series = stored_key("movie", media_id), stored_key("tv", media_id)
    here = table.movie_id.exists()
    if media_type == "movie":
        return [(film, here & (table.media_type.does_not_exist() | (table.media_type != "tv")))]
    if media_type == "tv":
        return [(series, here), (film, table.media_type == "tv")]
    return [(film, here), (series, here)]


def _delete(row: ListEntry, condition: Condition) -> bool:
    """Deletes the row if it is there and meets the condition; answers whether it did."""
    try:
        row.delete(condition=condition)
    except DeleteError as error:
        if error.cause_response_code == "ConditionalCheckFailedException":
            return False
        raise
    return True


def merge(pair: Doubled) -> bool:
    """Makes one row of a series' two, under its own key; False, and nothing written, when one changed meanwhile.

    The row has the earlier time of adding, and what only the other told of the title. One transaction: a series is
    never off the list in between, and a film that took the plain number meanwhile stays.
    """
    table = LISTS[pair.list_name]
    missing = {name: value for name, value in pair.old.items() if value is not None and pair.right.get(name) is None}
    actions: list[Action] = [Path(name).set(Value(wire(value))) for name, value in (missing | _earlier(pair)).items()]
    still_missing = [Path(name).does_not_exist() | Path(name).is_type(NULL) for name in missing]
    same_entry = _as_read({name: pair.right[name] for name in ("movieId", "addedAt") if name in pair.right})

    def fill(transaction: TransactWrite) -> None:
        right = table(pair.right["userId"], pair.right["movieId"])
        transaction.update(right, actions, condition=reduce(and_, [same_entry, *still_missing]))
        old = table(pair.old["userId"], pair.old["movieId"])
        transaction.delete(old, condition=_as_read(pair.old))

    return write_together(fill)


def _earlier(pair: Doubled) -> Row:
    """What the merged row has whatever its two said: its kind, and the earlier time where one is told."""
    times = [row["addedAt"] for row in (pair.right, pair.old) if epoch_seconds(row.get("addedAt"))]
    return {"mediaType": "tv", **({"addedAt": min(times, key=epoch_seconds)} if times else {})}


def _as_read(row: Row) -> Condition:
    return reduce(and_, (_is(name, value) for name, value in row.items()))


def _is(name: str, value: Plain) -> Condition:
    return Path(name) == Value(wire(value))


def put_favourites(favourites: Iterable[FavouriteRow]) -> Iterator[int]:
    """Writes favourites in bulk, replacing those that are there; yields the count of each written batch."""
    rows = (_favourite(favourite) for favourite in favourites)
    return Favourite.put_rows(rows)


def put_watchlist(entries: Iterable[FavouriteRow]) -> Iterator[int]:
    """Writes entries of watchlists in bulk, by the same rules as favourites; yields the count of each written batch."""
    rows = (_favourite(entry) for entry in entries)
    return WatchlistEntry.put_rows(rows)


def _favourite(favourite: FavouriteRow) -> Row:
    shown = {_ATTRIBUTES[name]: value for name, value in asdict(favourite.display).items() if value is not None}
    return {
        "userId": favourite.user_id,
        "movieId": stored_key(*favourite.key),
        "mediaType": favourite.key[0],
        "addedAt": timestamp(favourite.added_at),
        **shown,
    }


def put_ratings(ratings: Iterable[RatingRow]) -> Iterator[int]:
    """Writes ratings in bulk, replacing those that are there; yields the count of each written batch."""
    return Rating.put_rows(_rating(rating) for rating in ratings)


def _rating(rating: RatingRow) -> Row:
    return {
        "pk": user_pk(rating.user_id),
        "sk": f"{RATING_PREFIX}{stored_key(*rating.key)}",
        "mediaType": rating.key[0],
        "mediaId": rating.key[1],
        "rating": rating.rating,
        "watchedAt": timestamp(rating.watched_at),
    }
