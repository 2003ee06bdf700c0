"""The deeds that staff can do to people's accounts and to their sessions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

from apps.accounts.directory.interface import DirectoryPerson
from apps.ops.console.deeds import Act, Deed, Kind, offered
from apps.ops.console.permissions import Group, Permission
from apps.ops.console.staff import Staff
from apps.ops.people import selectors, services

BACK: Final = "/ops/people"


def _joining(group: Group) -> Act:
    return lambda staff, user_id, reason: services.add_to_group(staff, user_id, group, reason)


def _leaving(group: Group) -> Act:
    return lambda staff, user_id, reason: services.remove_from_group(staff, user_id, group, reason)


_CHANGE: Final = Permission.MANAGE_PEOPLE
_GROUPS: Final = Permission.MANAGE_GROUPS

CONFIRM: Final = Deed(
    "confirm", "Confirm", _CHANGE, "They can sign in without the code that was mailed.", services.confirm
)
DISABLE: Final = Deed(
    "disable",
    "Disable",
    _CHANGE,
    "They are signed out everywhere and cannot sign in until they are enabled.",
    services.disable,
    needs_reason=True,
    danger=True,
)
ENABLE: Final = Deed("enable", "Enable", _CHANGE, "They can sign in again.", services.enable)
END_SESSIONS: Final = Deed(
    "end-sessions", "End all sessions", _CHANGE, "They are signed out on every device.", services.end_sessions
)
FORCE_RESET: Final = Deed(
    "force-reset",
    "Force a new password",
    _CHANGE,
    "They are signed out everywhere, and no password works until they set a new one by a mailed code.",
    services.force_reset,
    needs_reason=True,
    danger=True,
)
JOIN_SUPPORT: Final = Deed(
    "join-support", "Add to support", _GROUPS, "They can see the admin, and change nothing.", _joining("support")
)
JOIN_OPS: Final = Deed(
    "join-ops", "Add to ops", _GROUPS, "They can do everything in the admin.", _joining("ops"), danger=True
)
LEAVE_SUPPORT: Final = Deed(
    "leave-support",
    "Remove from support",
    _GROUPS,
    "They leave the group, and their sessions in the admin end.",
    _leaving("support"),
)
LEAVE_OPS: Final = Deed(
    "leave-ops",
    "Remove from ops",
    _GROUPS,
    "They leave the group, and their sessions in the admin end.",
    _leaving("ops"),
    danger=True,
)
MERGE: Final = Deed(
    "merge-rows",
    "Merge doubled rows",
    _CHANGE,
    "A series that is on a list twice, as older clients left it, becomes one row with the facts of both.",
    services.merge_rows,
)
DELETE: Final = Deed(
    "delete",
    "Delete",
    _CHANGE,
    "They are signed out everywhere and told by mail. After a week everything about them is erased; until then it can "
    "be taken back, by them or here.",
    services.delete,
    needs_reason=True,
    danger=True,
)
TAKE_BACK: Final = Deed(
    "take-back-deletion", "Take the deletion back", _CHANGE, "The account is kept.", services.take_back_deletion
)

# What can be done to many at once, in the list.
BULK: Final = (
    *(CONFIRM, DISABLE, ENABLE, END_SESSIONS, FORCE_RESET),
    *(JOIN_SUPPORT, LEAVE_SUPPORT, JOIN_OPS, LEAVE_OPS, MERGE),
)
ALL: Final = (*BULK, DELETE, TAKE_BACK)

PEOPLE: Final = Kind("account", "accounts", BACK, selectors.names)


def fitting(person: DirectoryPerson, *, leaves: bool, staff: Staff) -> list[Deed]:
    """The deeds that an account's state allows and a member of staff may do; `leaves` where its deletion is pending."""
    groups = person.groups or ()
    fits = {
        CONFIRM.name: person.status == "unconfirmed",
        DISABLE.name: person.enabled,
        ENABLE.name: not person.enabled,
        FORCE_RESET.name: person.status == "confirmed",
        JOIN_SUPPORT.name: "support" not in groups,
        LEAVE_SUPPORT.name: "support" in groups,
        JOIN_OPS.name: "ops" not in groups,
        LEAVE_OPS.name: "ops" in groups,
        DELETE.name: not leaves,
        TAKE_BACK.name: leaves,
    }
    return [deed for deed in offered(ALL, staff) if fits.get(deed.name, True)]


def sessions_of(user_id: str, back: str) -> tuple[Sequence[Deed], Kind]:
    """The deed that ends sessions of one person, and how these are named; `back` is the address of the person."""

    def end(staff: Staff, session_id: str, reason: str) -> str:
        return services.end_session(staff, user_id, session_id, reason)

    deed = Deed("end-session", "End the session", _CHANGE, "They are signed out on this device.", end)
    named: Callable[[Sequence[str]], dict[str, str]] = partial(selectors.session_names, user_id)
    return [deed], Kind("session", "sessions", back, named)
