"""What staff do to the sessions of others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from apps.accounts import staff_sessions
from apps.ops.console.audited import Refused, audited
from apps.ops.console.deeds import Deed, Kind
from apps.ops.console.permissions import Permission
from apps.ops.console.staff import Staff
from movierec.audit import Tag, Thing


def _end(staff: Staff, name: str, reason: str) -> str:
    if name == staff.session:
        raise Refused("This is your own session; sign out to end it.")
    session = next((each for each in staff_sessions.listed() if each.name == name), None)
    if session is None:
        raise Refused("This session is over already.")
    before = {"email": session.email, "device": session.device, "startedAt": session.started_at}
    with audited(staff, Tag.STAFF_SESSION_ENDED, Thing("staff", session.user_id), before=before, reason=reason):
        staff_sessions.end(name)
    return f"{session.email} is signed out there; what they had typed and not sent is lost."


DEEDS: Final = (
    Deed(
        "end",
        "End the sessions",
        Permission.END_STAFF_SESSIONS,
        "Whoever is signed in there is signed out at once, and may sign in again.",
        _end,
        danger=True,
    ),
)


def kind() -> Kind:
    """The sessions by their names as they are now, to be called so also once they have ended. One request."""
    names = {each.name: f"{each.email}, {each.device or 'unknown device'}" for each in staff_sessions.listed()}

    def named(ids: Sequence[str]) -> dict[str, str]:
        return {each: names.get(each, f"session of {each.partition('#')[0]}") for each in ids}

    return Kind("session", "sessions", "/ops/staff", named)
