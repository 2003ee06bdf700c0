"""Who of the staff is signed in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from apps.accounts import staff_sessions
from apps.accounts.staff_sessions import Entered
from apps.ops.console.staff import Staff
from movierec.timestamps import timestamp


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session as the page shows it; `seen_at` is an ISO-8601 UTC timestamp, `own` marks the reader's."""

    session: Entered
    seen_at: str
    own: bool


def signed_in(reader: Staff) -> list[SignedIn]:
    """Every session of staff, the latest used first. One request."""
    return [
        SignedIn(each, timestamp(datetime.fromtimestamp(each.seen_at, UTC)), own=each.name == reader.session)
        for each in staff_sessions.listed()
    ]
