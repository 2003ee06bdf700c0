"""Reads of the taste profile."""

from __future__ import annotations

from apps.preferences.models import UserPreferences
from movierec.dynamo.plain import Plain


def stored(user_id: str) -> dict[str, Plain] | None:
    """A person's answers, None when there are none; one GetItem, which sees the click before it."""
    row = UserPreferences.get_row(user_id, consistent=True)
    answers = None if row is None else row.get("preferences")
    return answers if isinstance(answers, dict) else None
