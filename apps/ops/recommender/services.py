"""Which version serves whom: each change with its place in the audit."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from apps.ops.console.audited import Refused, audited
from apps.ops.console.staff import Staff
from apps.recommendations import publishing
from apps.recommendations.engine.artifact import ArtifactError
from apps.recommendations.stores.errors import (
    ActivatedMeanwhile,
    NoRoom,
    NotACandidate,
    NothingBefore,
    PointerDamaged,
    UnknownVersion,
)
from apps.recommendations.stores.pointer import Pointer
from movierec.audit import Tag, Thing


class ChangedMeanwhile(Refused):
    """Somebody else changed which version serves since the form was made."""

    def __init__(self) -> None:
        super().__init__("Somebody else changed which version serves meanwhile; nothing was done.")


def activate(staff: Staff, version: str, now: Pointer | None, reason: str) -> str:
    """Makes a version the active one for everybody whom no candidate serves; answers a sentence.

    `now` is the pointer that they saw. Raises Refused, ChangedMeanwhile and StoreUnreachable.
    """
    change = audited(
        staff, Tag.MODEL_ACTIVATED, Thing("model", version), before=told(now), after={"version": version}, reason=reason
    )
    with change, _in_words():
        publishing.activate(version, seen=_mark(now))
    return f"{version} is the active version."


def roll_back(staff: Staff, version: str, now: Pointer | None, reason: str) -> str:
    """Makes the version before `version`, which is the active one, the active one; as `activate`."""
    change = audited(staff, Tag.MODEL_ROLLED_BACK, Thing("model", version), before=told(now), reason=reason)
    with change, _in_words():
        active = publishing.rollback(seen=_mark(now))
    return f"{active} is the active version again."


def share(staff: Staff, version: str, percent: int, now: Pointer | None, reason: str) -> str:
    """Has a version serve some of the people, with 0 none any more; as `activate`."""
    after = {"candidate": version if percent else None, "share": percent}
    change = audited(
        staff, Tag.MODEL_SHARE_CHANGED, Thing("model", version), before=told(now), after=after, reason=reason
    )
    with change, _in_words():
        publishing.share(version, percent, seen=_mark(now))
    return f"{version} serves {percent} % of the people." if percent else f"{version} is tried on nobody any more."


def told(pointer: Pointer | None) -> dict[str, Any] | None:
    """What a pointer says, for the audit."""
    if pointer is None:
        return None
    return {"version": pointer.version, "candidate": pointer.candidate, "share": pointer.share}


def _mark(pointer: Pointer | None) -> str:
    return pointer.mark if pointer else ""


@contextmanager
def _in_words() -> Iterator[None]:
    """Turns what speaks against a change into a refusal; a store that is away stays a fault."""
    try:
        yield
    except ActivatedMeanwhile as error:
        raise ChangedMeanwhile from error
    except (UnknownVersion, NotACandidate, NoRoom, NothingBefore, PointerDamaged, ArtifactError) as error:
        raise Refused(str(error)) from error
