"""Which model led somebody to a title: titles shown, opened and kept are counted by the model's version, never by whom.

Links of our pages from recommendations to a title carry `?via=<version>`, and what keeps the title then carries it on.
Anybody can write such an address, so only versions that this process knows are counted: the store's pointer names
them. What comes before the first model is known waits for that.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from threading import Lock
from typing import Any, Final, Literal

from movierec.telemetry import series

PARAMETER: Final = "via"
# What the names of all counters begin with.
PREFIX: Final = "model."
What = Literal["shown", "opened", "kept"]
WHATS: Final[tuple[What, ...]] = ("shown", "opened", "kept")

# A version is the name of a folder, too.
_VERSION: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_MOST_WAITING: Final = 20


def is_version(name: object) -> bool:
    """Whether `name` can be the version of a model."""
    return isinstance(name, str) and _VERSION.fullmatch(name) is not None


def via_of(query: Mapping[str, Any]) -> str:
    """The version that a request's fields name; empty where they name none, or what cannot be one."""
    version = query.get(PARAMETER)
    return version if isinstance(version, str) and is_version(version) else ""


def counter(version: str, what: What) -> str:
    """The name of a counter."""
    return f"{PREFIX}{version}.{what}"


class Counts:
    """Counts by the versions that are known; thread-safe."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._known: frozenset[str] = frozenset()
        self._waiting: dict[tuple[str, What], int] = {}

    def know(self, versions: Iterable[str]) -> None:
        """From now on these are counted and no others; what waited for them is."""
        with self._lock:
            self._known = frozenset(versions)
            waiting, self._waiting = self._waiting, {}
        for (version, what), by in waiting.items():
            self.count(version, what, by)

    def count(self, version: str | None, what: What, by: int = 1) -> None:
        """Adds to a version's counter; nothing for a version that is not known, or none."""
        if not version or not by:
            return
        if version in self._known:
            series.add(counter(version, what), by)
        elif not self._known:
            self._wait(version, what, by)

    def _wait(self, version: str, what: What, by: int) -> None:
        with self._lock:
            if (version, what) in self._waiting or len(self._waiting) < _MOST_WAITING:
                self._waiting[version, what] = self._waiting.get((version, what), 0) + by


_counts: Final = Counts()
know, count = _counts.know, _counts.count
