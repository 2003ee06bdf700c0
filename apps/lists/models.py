"""The tables of favourites and the watchlist, and the rating rows of the single table."""

from __future__ import annotations

from typing import Any, Final, Literal

from django.conf import settings
from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex

from movierec.dynamo.data_table import DataRow
from movierec.dynamo.table import BaseTable

ListName = Literal["favourites", "watchlist"]

ADDED_AT_INDEX: Final = "addedAt-index"
RATING_PREFIX: Final = "TITLE#"


class ListEntry(BaseTable):
    """A title on one of a person's lists; `movieId` is the key of `apps.lists.keys.stored_key`."""

    user_id = UnicodeAttribute(hash_key=True, attr_name="userId")
    movie_id = UnicodeAttribute(range_key=True, attr_name="movieId")
    media_type = UnicodeAttribute(attr_name="mediaType", null=True)
    title = UnicodeAttribute(null=True)
    poster_path = UnicodeAttribute(attr_name="posterPath", null=True)
    release_date = UnicodeAttribute(attr_name="releaseDate", null=True)
    vote_average = NumberAttribute(attr_name="voteAverage", null=True)
    overview = UnicodeAttribute(null=True)
    added_at = UnicodeAttribute(attr_name="addedAt", null=True)


class FavouritesByTime(GlobalSecondaryIndex[Any]):  # type: ignore[no-untyped-call]  # PynamoDB leaves its hook untyped
    """A person's favourites in the order they were added."""

    class Meta:
        index_name = ADDED_AT_INDEX
        projection = AllProjection()

    user_id = UnicodeAttribute(hash_key=True, attr_name="userId")
    added_at = UnicodeAttribute(range_key=True, attr_name="addedAt")


class Favourite(ListEntry):
    """A title a person likes."""

    class Meta:
        table_name = settings.TABLE_NAMES["favourites"]

    by_time = FavouritesByTime()


class WatchlistByTime(GlobalSecondaryIndex[Any]):  # type: ignore[no-untyped-call]  # PynamoDB leaves its hook untyped
    """A person's watchlist in the order it was filled."""

    class Meta:
        index_name = ADDED_AT_INDEX
        projection = AllProjection()

    user_id = UnicodeAttribute(hash_key=True, attr_name="userId")
    added_at = UnicodeAttribute(range_key=True, attr_name="addedAt")


class WatchlistEntry(ListEntry):
    """A title a person means to watch."""

    class Meta:
        table_name = settings.TABLE_NAMES["watchlist"]

    by_time = WatchlistByTime()


class Rating(DataRow):
    """A person's stars for a title: pk `USER#<id>`, sk `TITLE#` with the title's key; 0.5 to 5."""

    media_type = UnicodeAttribute(attr_name="mediaType")
    media_id = NumberAttribute(attr_name="mediaId")
    rating = NumberAttribute()
    watched_at = UnicodeAttribute(attr_name="watchedAt", null=True)


LISTS: Final[dict[ListName, type[ListEntry]]] = {"favourites": Favourite, "watchlist": WatchlistEntry}
