"""The row that holds a person's figures."""

from __future__ import annotations

from typing import Final

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from movierec.dynamo.data_table import DataRow

SORT_KEY: Final = "STATS"


class StatsRow(DataRow):
    """pk `USER#<id>`, sk `STATS`: counters that are changed one by one, and the rest as one JSON text.

    `revision` counts the changes of that text, so that two writers cannot undo one another's.
    """

    total_xp = NumberAttribute(attr_name="totalXP", null=True)
    movies_watched = NumberAttribute(attr_name="moviesWatched", null=True)
    shows_watched = NumberAttribute(attr_name="showsWatched", null=True)
    daily_streak = NumberAttribute(attr_name="dailyStreak", null=True)
    last_active_date = UnicodeAttribute(attr_name="lastActiveDate", null=True)
    documents = UnicodeAttribute(null=True)
    revision = NumberAttribute(null=True)
    created_at = UnicodeAttribute(attr_name="createdAt", null=True)
    updated_at = UnicodeAttribute(attr_name="updatedAt", null=True)
