"""What the taste questionnaire keeps about a person; see apps.accounts.personal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from apps.preferences.models import UserPreferences


def export(user_id: str) -> Iterator[tuple[str, Any]]:
    """The stored row, None when there is none."""
    row = UserPreferences.get_row(user_id, consistent=True)
    yield "preferences", row and {name: value for name, value in row.items() if name != "userId"}


def erase(user_id: str) -> None:
    """Removes the answers; also when there are none."""
    UserPreferences(user_id).delete()
