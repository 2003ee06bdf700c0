"""What every source of titles offers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from apps.media.titles import CatalogueTitle


class CatalogueProvider(Protocol):
    """A source of titles."""

    def titles(self) -> Iterator[CatalogueTitle]:
        """Every title once, in a stable order; raises CatalogueError where the source breaks its own format."""

    def version(self) -> str:
        """A short text that changes whenever the titles do."""
