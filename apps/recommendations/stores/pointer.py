"""The pointer of a store, `current.json`: which version serves, since when, and which served before."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Self

from movierec.timestamps import timestamp

MOST_PREVIOUS: Final = 20
# A version is the name of a folder, too.
_VERSION: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


def is_version(name: object) -> bool:
    """Whether `name` can be a version's."""
    return isinstance(name, str) and _VERSION.fullmatch(name) is not None


@dataclass(frozen=True, slots=True)
class Pointer:
    """`previous` has the versions that served before, newest first."""

    version: str
    activated_at: datetime
    previous: tuple[str, ...] = ()

    @classmethod
    def from_json(cls, content: bytes) -> Self:
        """The pointer as it is stored. Raises ValueError with the fault when it is damaged."""
        try:
            stored = json.loads(content)
        except RecursionError as error:
            raise ValueError("it is nested too deeply") from error
        fault = _fault(stored)
        if fault:
            raise ValueError(fault)
        activated_at = datetime.fromisoformat(stored["activated_at"])
        return cls(stored["version"], activated_at, tuple(stored["previous"]))

    def to_json(self) -> bytes:
        """The pointer as it is stored."""
        stored = {
            "version": self.version,
            "activated_at": timestamp(self.activated_at),
            "previous": list(self.previous[:MOST_PREVIOUS]),
        }
        return json.dumps(stored, indent=1).encode()


def _fault(stored: object) -> str | None:
    if not isinstance(stored, dict):
        return "it is no object"
    if not is_version(stored.get("version")):
        return 'its "version" is none'
    previous = stored.get("previous")
    if not isinstance(previous, list) or not all(map(is_version, previous)):
        return 'its "previous" is no list of versions'
    return None if isinstance(stored.get("activated_at"), str) else 'its "activated_at" is no time'
