"""How long rows of other sources are kept. DynamoDB deletes them late, so that readers pass over them as well."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from time import time
from typing import Any, Final

# TMDB's terms: what comes from there is kept for six months at most.
KEPT_SECONDS: Final = 180 * 24 * 3600


def kept_until(refreshed_at: str | None) -> int | None:
    """When a row goes that a source described at `refreshed_at` (ISO 8601), in seconds since 1970.

    None for rows that no source outside describes: they stay.
    """
    return int(datetime.fromisoformat(refreshed_at).timestamp()) + KEPT_SECONDS if refreshed_at else None


def is_expired(row: Mapping[str, Any], *, at: float | None = None) -> bool:
    """Whether a row's time is over, now or `at` so many seconds since 1970; rows without `expiresAt` stay."""
    expires_at = row.get("expiresAt")
    return isinstance(expires_at, int | float) and expires_at <= (time() if at is None else at)
