"""Beginning and ending the sessions of staff, with their place in the audit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.conf import settings

from apps.accounts import deletions, events, staff_sessions
from apps.accounts.directory import directory
from apps.accounts.errors import DeletionPending
from apps.ops.console.audited import audited
from apps.ops.console.permissions import Group, staff_groups
from apps.ops.console.staff import Staff
from movierec.api.errors import Forbidden
from movierec.audit import Actor, Event, Tag, Thing, record

NO_STAFF: Final = "You are not a member of the staff, so there is nothing here for you."
NO_SECOND_FACTOR: Final = (
    "Staff need a second factor, and your account has none. Sign in at /auth/signin, set it up at /auth/mfa/totp, "
    "and come back."
)
CHANGED: Final = "Your account was changed while you signed in. Sign in again."


class NotAdmitted(Forbidden):
    """403: who asks has proved who they are, and is not let into the admin."""

    code = "NotAdmitted"


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody who has just proved who they are, by a password or at the pool; where from, and with what device."""

    user_id: str
    email: str
    groups: tuple[str, ...]
    has_second_factor: bool
    address: str
    device: str

    @property
    def actor(self) -> Actor:
        """Who the audit names."""
        return Actor(self.user_id, self.email, self.address)


def admit(newcomer: Newcomer) -> str:
    """Begins a session of staff and answers its cookie; four requests where the accounts are our own.

    Raises NotAdmitted, which the audit has, without a group of staff or, outside local, without a second factor; and
    for an account that was changed meanwhile. That is asked once the session is there: a later change ends it.
    """
    groups = staff_groups(newcomer.groups)
    if not groups:
        # Somebody who has nothing to do with the admin: the id says who, and stays nobody's once the account is gone.
        actor = Actor(newcomer.user_id, address=newcomer.address)
        record_refusal(actor, Thing("person", newcomer.user_id), "no group of staff")
        raise NotAdmitted(NO_STAFF)
    if not newcomer.has_second_factor and not settings.LOCAL:
        record_refusal(newcomer.actor, events.typed(newcomer.email), "no second factor")
        raise NotAdmitted(NO_SECOND_FACTOR)
    record(Event(Tag.STAFF_SIGNED_IN, newcomer.actor, Thing("staff", newcomer.user_id), after=_facts(newcomer, groups)))
    cookie = staff_sessions.begin(
        user_id=newcomer.user_id,
        email=newcomer.email,
        groups=groups,
        address=newcomer.address,
        device=newcomer.device,
    )
    if not _still_serves(newcomer.user_id, groups):
        staff_sessions.end_behind(cookie)
        record_refusal(newcomer.actor, events.typed(newcomer.email), "the account was changed meanwhile")
        raise NotAdmitted(CHANGED)
    return cookie


def _still_serves(user_id: str, groups: tuple[Group, ...]) -> bool:
    """Whether an account is in these groups of staff now, has a password that works, and is not to be deleted."""
    try:
        deletions.refuse_pending(user_id)
    except DeletionPending:
        return False
    person = directory().person(user_id)
    serves = person is not None and person.enabled and person.status not in ("unconfirmed", "reset-required")
    return person is not None and serves and staff_groups(person.groups or ()) == groups


def _facts(newcomer: Newcomer, groups: Iterable[str]) -> dict[str, object]:
    return {"groups": list(groups), "device": newcomer.device}


def record_refusal(actor: Actor, thing: Thing, why: str) -> None:
    """Has the audit tell of a sign-in that was refused; it is refused also where that cannot be recorded. One request.

    `thing` is who asked, or the address that was typed: see `apps.accounts.events.typed`.
    """
    events.note_refusal(Event(Tag.STAFF_SIGN_IN_REFUSED, actor, thing, after={"why": why}, outcome="refused"))


def leave(staff: Staff) -> None:
    """Ends one's own session; two requests."""
    with audited(staff, Tag.STAFF_SIGNED_OUT, Thing("staff", staff.user_id)):
        staff_sessions.end(staff.session)
