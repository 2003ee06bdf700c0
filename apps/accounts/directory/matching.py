"""What directories have in common."""

from __future__ import annotations

from collections.abc import Iterable

from apps.accounts.directory.interface import GROUPS, DirectoryPerson, DirectoryQuery
from apps.accounts.emails import address_of
from apps.accounts.errors import AccountStateRefused


def only(asked: DirectoryQuery, people: Iterable[DirectoryPerson]) -> list[DirectoryPerson]:
    """Those of some people who are as asked for, whatever a request has sorted out already."""
    return [person for person in people if _is_asked_for(asked, person)]


def _is_asked_for(asked: DirectoryQuery, person: DirectoryPerson) -> bool:
    return (
        address_of(person.email).startswith(address_of(asked.email_prefix))
        and asked.user_id in ("", person.user_id)
        and asked.status in (None, person.status)
        and asked.enabled in (None, person.enabled)
        and (not asked.group or person.groups is None or asked.group in person.groups)
    )


def other_group(group: str) -> AccountStateRefused:
    """The refusal of a group that there is not."""
    return AccountStateRefused(f"There is no group {group[:50]!r}; the groups are {' and '.join(GROUPS)}.")
