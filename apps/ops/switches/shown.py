"""The switches' forms as templates show them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from apps.ops.switches.parts import Field, Part, Typed
from movierec.switches.values import Switches


@dataclass(frozen=True, slots=True)
class ShownField:
    """A field with what stands in it, and what is wrong with that; `id` is unique on the page."""

    id: str
    field: Field
    values: Sequence[str]
    problem: str

    @property
    def value(self) -> str:
        """What stands in a field of one value."""
        return self.values[-1] if self.values else ""

    @property
    def described_by(self) -> str:
        """The ids of the texts about it."""
        texts = [("note", self.field.note), ("problem", self.problem)]
        return " ".join(f"{self.id}-{kind}" for kind, text in texts if text)


@dataclass(frozen=True, slots=True)
class Form:
    """A switch's form, made from a version of all switches."""

    part: Part
    version: int
    words: str
    fields: list[ShownField]
    reason: str = ""


def form_of(part: Part, switches: Switches, *, typed: Typed | None = None, problems: Mapping[str, str] = {}) -> Form:
    """The form of a switch with how it stands, or with what somebody typed."""
    values = part.values(switches) if typed is None else typed
    fields = [
        ShownField(f"{part.id}-{field.name}", field, values.get(field.name, ()), problems.get(field.name, ""))
        for field in part.fields
    ]
    reason = "" if typed is None else (typed.get("reason") or [""])[-1]
    return Form(part, switches.version, part.words(switches), fields, reason)
