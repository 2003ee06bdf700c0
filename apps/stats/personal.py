"""What the figures keep about a person; see apps.accounts.personal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from apps.stats import selectors
from apps.stats.models import SORT_KEY, StatsRow
from movierec.dynamo.data_table import user_pk


def export(user_id: str) -> Iterator[tuple[str, Any]]:
    """The figures as clients see them; zeros when nothing is stored."""
    yield "stats", selectors.stats(user_id)


def erase(user_id: str) -> None:
    """Removes the figures; also when there are none."""
    StatsRow(user_pk(user_id), SORT_KEY).delete()
