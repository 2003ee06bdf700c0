"""The little that publishing asks of a folder or a bucket: named contents, each replaced whole."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Stored:
    """One object. `mark` changes whenever the content does; `changed` is in seconds since 1970."""

    name: str
    size: int
    mark: str
    changed: float


class Changed(Exception):
    """The object is not the one that was read before."""


class Objects(ABC):
    """Objects under names such as `2026-06-01-0a1b2c3d4e5f/manifest.json`. Every method raises StoreUnreachable."""

    @abstractmethod
    def read(self, name: str) -> bytes | None:
        """The content, or None when there is no such object."""

    @abstractmethod
    def write(self, name: str, content: bytes) -> None:
        """Stores `content`; a reader sees what was there before or all of it."""

    @abstractmethod
    def replace(self, name: str, content: bytes, seen: bytes | None) -> None:
        """As `write`, but raises Changed unless the object still holds `seen` (None: is absent)."""

    @abstractmethod
    def listed(self, folder: str = "") -> list[Stored]:
        """The objects below `folder` in the order of their names; all of them where it is not given."""

    @abstractmethod
    def remove(self, name: str) -> None:
        """Removes an object; one that is absent is no error."""

    @abstractmethod
    def holds(self, stored: Stored, content: bytes) -> bool:
        """Whether a listed object has this content; False where that cannot be told without fetching it."""

    @abstractmethod
    def local(self, folder: str) -> Path | None:
        """The folder of this machine that the objects below `folder` are in, None where they are elsewhere."""

    @abstractmethod
    def __str__(self) -> str:
        """The address, as settings write it."""
