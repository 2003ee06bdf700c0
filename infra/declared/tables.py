"""The tables: names, keys, indexes, expiry. Those that the application uses are held equal to its models by a test."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from infra.config import Config


@dataclass(frozen=True, slots=True)
class Index:
    """A global secondary index with all attributes; `sort` is empty where it has no sort key."""

    name: str
    hash: str
    sort: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table whose keys are texts.

    `key` is how templates and parameters call it; `name` may have {prefix} in it, which stands for movierec-dev and
    the like. `expiry` is the attribute with the time after which DynamoDB deletes a row, in seconds since 1970.
    """

    key: str
    name: str
    hash: str
    sort: str = ""
    expiry: str = ""
    indexes: tuple[Index, ...] = ()

    def name_in(self, config: Config) -> str:
        """The table's name in an environment."""
        return self.name.format(prefix=config.prefix)


_NEWEST: Final = (Index("addedAt-index", "userId", "addedAt"),)

TABLES: Final = (
    Table("user-preferences", "UserPreferences", "userId"),
    Table(
        "cache",
        "MovieRecCache",
        "mediaId",
        "mediaType",
        expiry="expiresAt",
        indexes=(Index("genre-index", "genre"),),
    ),
    Table("favourites", "Favourites", "userId", "movieId", indexes=_NEWEST),
    Table("watchlist", "Watchlist", "userId", "movieId", indexes=_NEWEST),
    Table("data", "{prefix}-data-table", "pk", "sk", expiry="expiresAt"),
    # Of the neighbouring systems; the application leaves them alone.
    Table("embedding-cache", "MovieRecEmbeddingCache", "contentId", "contentType", expiry="expiresAt"),
    Table("users", "Users", "userId"),
    Table("files", "Files", "userId", "fileId"),
    Table("licenses", "Licenses", "licenseKey"),
    Table("usage", "Usage", "userId", "period"),
)
# What the application reads and writes.
OWN: Final = ("user-preferences", "cache", "favourites", "watchlist", "data")
