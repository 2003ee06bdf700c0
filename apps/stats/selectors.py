"""Reads of the figures."""

from __future__ import annotations

from typing import Any

from apps.stats.figures import as_data
from apps.stats.models import SORT_KEY, StatsRow
from movierec.dynamo.data_table import user_pk


def stats(user_id: str) -> dict[str, Any]:
    """A person's figures by one GetItem that sees the write before it; zeros when nothing is stored."""
    return as_data(StatsRow.get_row(user_pk(user_id), SORT_KEY, consistent=True) or {})
