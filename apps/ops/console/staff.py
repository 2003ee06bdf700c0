"""A member of staff as pages know them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from django.http import HttpRequest

from apps.ops.console.permissions import Group, Permission, permissions_of
from movierec.audit import Actor


@dataclass(frozen=True)
class Staff:
    """Who is signed in to the admin: `session` names the session without its secret, `address` is the caller's."""

    user_id: str
    email: str
    groups: tuple[Group, ...]
    session: str
    address: str

    @cached_property
    def permissions(self) -> frozenset[Permission]:
        """What they may do."""
        return permissions_of(self.groups)

    def may(self, permission: Permission) -> bool:
        """Whether they may do it."""
        return permission in self.permissions

    @property
    def actor(self) -> Actor:
        """Who the audit names."""
        return Actor(self.user_id, self.email, self.address)


class StaffRequest(HttpRequest):
    """A request of a member of staff, as `staff_page` hands it on."""

    staff: Staff
