"""Deeds of staff and their place in the audit."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from apps.ops.console.staff import Staff
from movierec.audit import Event, Tag, Thing, record


class Refused(Exception):
    """A thing's state does not allow the deed, and nothing was done; the message is a sentence for staff."""


@contextmanager
def audited(
    staff: Staff, tag: Tag, thing: Thing, *, before: Any = None, after: Any = None, reason: str = ""
) -> Iterator[None]:
    """Records what the block begins to do. Where it raises, a second event says that it was refused or failed.

    Recorded first, so that nothing is done that the audit does not have; a deed that was killed half-way is there, too.
    """
    record(Event(tag, staff.actor, thing, before, after, reason, outcome="begun"))
    try:
        yield
    except Refused as refusal:
        record(Event(tag, staff.actor, thing, after=str(refusal), reason=reason, outcome="refused"))
        raise
    except Exception as fault:
        record(Event(tag, staff.actor, thing, after=type(fault).__name__, reason=reason, outcome="failed"))
        raise
