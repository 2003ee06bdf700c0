"""The rows of the single table that hold what people say about recommendations."""

from __future__ import annotations

from typing import Final

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from movierec.dynamo.data_table import DataRow

FEEDBACK_PREFIX: Final = "FEEDBACK#"


class FeedbackRow(DataRow):
    """One statement: pk `USER#<id>`, sk `FEEDBACK#` with the id of what it is about, so that the newest replaces it.

    That a title was seen is a row beside the opinion of it. The title is the one it was said of, also where it is
    about a genre or a person. `expiresAt` ends what holds for now only.
    """

    kind = UnicodeAttribute()
    scope = UnicodeAttribute()
    media_type = UnicodeAttribute(attr_name="mediaType")
    media_id = NumberAttribute(attr_name="mediaId")
    genre = NumberAttribute(null=True)
    person = UnicodeAttribute(null=True)
    created_at = UnicodeAttribute(attr_name="createdAt")
