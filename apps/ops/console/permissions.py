"""What staff may do, and which group may what: the one place that says it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Final, Literal

Group = Literal["ops", "support"]

GROUPS: Final[tuple[Group, ...]] = ("ops", "support")


class Permission(Enum):
    """A right of staff. `changes` says whether it lets them change anything but the audit."""

    VIEW_DASHBOARD = ("view the dashboard", False)
    VIEW_PEOPLE = ("view accounts", False)
    VIEW_AS_PERSON = ("see what a person sees", False)
    MANAGE_PEOPLE = ("change accounts", True)
    EXPORT_PEOPLE = ("export what is kept about a person", True)
    MANAGE_GROUPS = ("change who is staff", True)
    VIEW_CATALOGUE = ("view the catalogue", False)
    EDIT_CATALOGUE = ("change the catalogue", True)
    VIEW_JOBS = ("view jobs", False)
    RUN_JOBS = ("start and stop jobs", True)
    VIEW_RECOMMENDER = ("view the recommender", False)
    TRY_PROFILE = ("try a profile on the recommender", False)
    MANAGE_RECOMMENDER = ("choose the model that serves", True)
    VIEW_SWITCHES = ("view flags and limits", False)
    EDIT_SWITCHES = ("change flags and limits", True)
    VIEW_AUDIT = ("read the audit", False)
    EXPORT_AUDIT = ("export the audit", True)
    VIEW_STAFF = ("view who of the staff is signed in", False)
    END_STAFF_SESSIONS = ("sign other staff out", True)

    def __init__(self, words: str, changes: bool) -> None:
        self.words = words
        self.changes = changes


# An export takes data out of the house, so support has none of those.
_VIEWING: Final = frozenset(permission for permission in Permission if not permission.changes)
PERMISSIONS: Final[Mapping[Group, frozenset[Permission]]] = {"ops": frozenset(Permission), "support": _VIEWING}


def staff_groups(groups: Iterable[str]) -> tuple[Group, ...]:
    """Those of a person's groups that are staff's, in the order of GROUPS."""
    had = set(groups)
    return tuple(group for group in GROUPS if group in had)


def permissions_of(groups: Iterable[str]) -> frozenset[Permission]:
    """All that the groups of a person let them do; nothing for who is no staff."""
    return frozenset().union(*(PERMISSIONS[group] for group in staff_groups(groups)))
