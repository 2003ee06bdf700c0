"""The pointer of a store, `current.json`: which version serves, since when, which served before, and which is tried.

A version is tried on some people, the candidate on `share` percent of them, while the active one serves the rest.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final, Self

from movierec.timestamps import timestamp
from movierec.via import is_version

__all__ = ["MOST_PREVIOUS", "Pointer", "is_version"]

MOST_PREVIOUS: Final = 20


@dataclass(frozen=True, slots=True)
class Pointer:
    """`previous` has the versions that served before, newest first.

    `share` is the percentage of people, 1 to 100, whom the `candidate` serves; without a candidate it is 0.
    """

    version: str
    activated_at: datetime
    previous: tuple[str, ...] = ()
    candidate: str | None = None
    share: int = 0

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
        candidate, share = stored.get("candidate"), stored.get("share", 0)
        return cls(stored["version"], activated_at, tuple(stored["previous"]), candidate, share)

    def to_json(self) -> bytes:
        """The pointer as it is stored."""
        stored = {
            "version": self.version,
            "activated_at": timestamp(self.activated_at),
            "previous": list(self.previous[:MOST_PREVIOUS]),
        }
        # Where nothing is tried the file is as it was before anything could be.
        tried = {"candidate": self.candidate, "share": self.share} if self.candidate else {}
        return json.dumps({**stored, **tried}, indent=1).encode()

    @property
    def mark(self) -> str:
        """A short text that changes whenever the pointer does, for forms to carry."""
        return sha256(self.to_json()).hexdigest()[:16]


def _fault(stored: object) -> str | None:
    if not isinstance(stored, dict):
        return "it is no object"
    if not is_version(stored.get("version")):
        return 'its "version" is none'
    previous = stored.get("previous")
    if not isinstance(previous, list) or not all(map(is_version, previous)):
        return 'its "previous" is no list of versions'
    if not isinstance(stored.get("activated_at"), str):
        return 'its "activated_at" is no time'
    return _fault_of_trial(stored.get("candidate"), stored.get("share", 0), stored["version"])


def _fault_of_trial(candidate: object, share: object, active: str) -> str | None:
    if candidate is None:
        return None if share == 0 else 'its "share" is of no candidate'
    if not is_version(candidate) or candidate == active:
        return 'its "candidate" is no other version'
    return None if type(share) is int and 1 <= share <= 100 else 'its "share" is no percentage from 1 to 100'
