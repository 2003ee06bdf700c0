"""What a form asks to change: read, and asked back in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from django.http import HttpRequest

from apps.ops.console.staff import Staff
from apps.ops.recommender import services
from apps.recommendations.stores.pointer import Pointer, is_version
from movierec.api.errors import BadRequest

Kind = Literal["activate", "roll_back", "share"]
_KINDS: Final[tuple[Kind, ...]] = ("activate", "roll_back", "share")
_LABELS: Final[dict[Kind, str]] = {"activate": "Activate", "roll_back": "Roll back", "share": "Change the share"}


@dataclass(frozen=True, slots=True)
class Change:
    """One change: `seen` is the mark of the pointer that its form was made from."""

    kind: Kind
    version: str
    percent: int
    seen: str

    @property
    def label(self) -> str:
        """What the button says."""
        return _LABELS[self.kind]

    def question(self, now: Pointer | None) -> str:
        """What is asked before it is done."""
        if self.kind == "activate":
            return f"{self.version} will serve everybody whom no candidate serves. It is checked first."
        if self.kind == "roll_back":
            before = now.previous[0] if now and now.previous else "the version before it"
            return f"{before} will serve in place of {self.version}. Where it is gone or damaged, the one before that."
        if not self.percent:
            return f"{self.version} will be tried on nobody any more; the active version serves everybody."
        return f"{self.version} will serve {self.percent} % of the people, the active version the others."

    def do(self, staff: Staff, now: Pointer | None, reason: str) -> str:
        """Does it; answers and raises as the services do."""
        if self.kind == "activate":
            return services.activate(staff, self.version, now, reason)
        if self.kind == "roll_back":
            return services.roll_back(staff, self.version, now, reason)
        return services.share(staff, self.version, self.percent, now, reason)


def change_of(request: HttpRequest) -> Change:
    """What a form asks for. Raises BadRequest with the field and what it may be."""
    kind = next((each for each in _KINDS if each == request.POST.get("change")), None)
    if kind is None:
        raise BadRequest("change: choose activate, roll_back or share; nothing was done.")
    version = request.POST.get("version", "")
    if not is_version(version):
        raise BadRequest("version: name a version that the page of versions shows; nothing was done.")
    return Change(kind, version, _percent(request) if kind == "share" else 0, request.POST.get("seen", "")[:64])


def _percent(request: HttpRequest) -> int:
    text = request.POST.get("percent", "").strip()
    if not text.isascii() or not text.isdecimal() or len(text) > 3 or int(text) > 100:
        raise BadRequest("percent: write a whole number from 0 to 100; nothing was done.")
    return int(text)
