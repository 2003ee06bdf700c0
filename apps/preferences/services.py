"""Writes of the taste profile."""

from __future__ import annotations

from apps.preferences.models import UserPreferences
from movierec.dynamo.plain import Plain
from movierec.timestamps import now_text


def save(user_id: str, preferences: dict[str, Plain]) -> str:
    """Replaces a person's answers and answers the time of it; one UpdateItem, and the last write wins.

    Other attributes of the row stay.
    """
    now = now_text()
    UserPreferences(user_id).update([UserPreferences.preferences.set(preferences), UserPreferences.updated_at.set(now)])
    return now
