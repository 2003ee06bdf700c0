"""Reading and changing the switches for staff: on the condition of the version that a form was made from."""

from __future__ import annotations

from dataclasses import dataclass, replace

from apps.ops.console.audited import Refused, audited
from apps.ops.console.staff import Staff
from apps.ops.switches.parts import Part, Typed
from movierec.audit import Thing
from movierec.switches import forget
from movierec.switches.rows import store, stored
from movierec.switches.values import DEFAULTS, Switches, SwitchesDamaged


class Outdated(Exception):
    """Somebody changed the switches since the form was made; nothing was stored. `standing` is how they are now."""

    def __init__(self, standing: Standing) -> None:
        super().__init__()
        self.standing = standing


@dataclass(frozen=True, slots=True)
class Standing:
    """The switches as they are stored; `damaged` names a part of the row that cannot be understood, or is empty."""

    switches: Switches
    damaged: str = ""


def standing() -> Standing:
    """How the switches are; the defaults hold where the row cannot be understood. One request."""
    try:
        return Standing(stored())
    except SwitchesDamaged as damage:
        return Standing(replace(DEFAULTS, version=damage.version), str(damage))


def change(staff: Staff, part: Part, typed: Typed, *, made_from: int, reason: str) -> None:
    """Stores one switch as a form has it. A form that changes nothing stores nothing.

    Raises FieldErrors, and Outdated where the version the form was made from is not the one that stands. This process
    goes by the change at once, the others within 20 seconds. Three requests.
    """
    now = standing()
    if now.switches.version != made_from:
        raise Outdated(now)
    wanted = replace(part.changed(now.switches, typed), version=made_from + 1)
    before, after = part.told(now.switches), part.told(wanted)
    if before == after and not now.damaged:
        return
    try:
        with audited(staff, part.tag, Thing("settings", part.thing), before=before, after=after, reason=reason):
            _store(wanted)
    except Refused:
        raise Outdated(standing()) from None
    forget()


def _store(wanted: Switches) -> None:
    if not store(wanted):
        raise Refused("Somebody else changed the switches at the same moment.")
