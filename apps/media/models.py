"""The media cache: a row a title, and rows that hold ready-made lists."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex

from movierec.dynamo.table import BaseTable


class GenreIndex(GlobalSecondaryIndex[Any]):  # type: ignore[no-untyped-call]  # PynamoDB leaves its hook untyped
    """The titles of a main genre; rows of lists have no genre and stay out."""

    class Meta:
        index_name = "genre-index"
        projection = AllProjection()

    genre = UnicodeAttribute(hash_key=True)


class CachedMedia(BaseTable):
    """A cached title, or with `mediaType` "list" a ready-made list."""

    class Meta:
        table_name = settings.TABLE_NAMES["cache"]

    media_id = UnicodeAttribute(hash_key=True, attr_name="mediaId")
    media_type = UnicodeAttribute(range_key=True, attr_name="mediaType")
    genre = UnicodeAttribute(null=True)
    genre_index = GenreIndex()
    # Seconds since 1970; DynamoDB deletes the row some time after it.
    expires_at = NumberAttribute(attr_name="expiresAt", null=True)
