"""What the admin's templates ask for.

Django imports the tags of every app before the first page of a process, so what only the admin needs is imported late.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django import template

if TYPE_CHECKING:
    from apps.ops.console.staff import Staff

register = template.Library()

_SECTIONS: Final = (
    ("/ops", "Dashboard", "VIEW_DASHBOARD"),
    ("/ops/people", "People", "VIEW_PEOPLE"),
    ("/ops/catalogue", "Catalogue", "VIEW_CATALOGUE"),
    ("/ops/jobs", "Jobs", "VIEW_JOBS"),
    ("/ops/recommender", "Recommender", "VIEW_RECOMMENDER"),
    ("/ops/switches", "Flags and limits", "VIEW_SWITCHES"),
    ("/ops/audit", "Audit", "VIEW_AUDIT"),
    ("/ops/staff", "Staff", "VIEW_STAFF"),
)


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the admin in its navigation; `current` is the value of aria-current, empty for the others."""

    address: str
    label: str
    current: str


@register.filter
def sections(staff: Staff, path: str) -> list[Section]:
    """The parts of the admin that a member of staff may see."""
    return [
        Section(address, label, _current(address, path))
        for address, label, permission in _SECTIONS
        if may(staff, permission)
    ]


def _current(address: str, path: str) -> str:
    if path == address:
        return "page"
    return "true" if address != "/ops" and path.startswith(f"{address}/") else ""


@register.filter
def value_of(mapping: Mapping[str, Any], key: str) -> Any:
    """The value of a key that a template has in a variable; an empty text where there is none."""
    return mapping.get(key, "")


@register.filter
def may(staff: Staff, permission: str) -> bool:
    """Whether a member of staff may do something, by the permission's name."""
    from apps.ops.console.permissions import Permission  # noqa: PLC0415  (see above)

    return staff.may(Permission[permission])


@register.filter
def minute(at: str) -> str:
    """An ISO-8601 UTC timestamp to the minute, such as "2026-05-01 09:30"."""
    return at[:16].replace("T", " ")
