"""Points in time as rows and answers write them."""

from __future__ import annotations

from datetime import UTC, datetime


def timestamp(moment: datetime) -> str:
    """A time with a zone as ISO-8601 UTC with milliseconds and Z; texts of this form sort in time's order."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def now_text() -> str:
    """The present as a timestamp."""
    return timestamp(datetime.now(UTC))


def epoch_seconds(text: object) -> float:
    """Seconds since 1970 of an ISO-8601 text, in UTC where it names no zone; 0.0 for anything else."""
    try:
        moment = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        moment = None
    if moment is None:
        return 0.0
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
