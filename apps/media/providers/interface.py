"""What sources of titles offer: a catalogue to be loaded whole, or a service to be asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, Protocol

from apps.media.people import Person
from apps.media.titles import CatalogueTitle, FullTitle, MediaType

SearchKind = Literal["movie", "tv", "person", "multi"]


class CatalogueProvider(Protocol):
    """A source of titles that is loaded whole."""

    def titles(self) -> Iterator[CatalogueTitle]:
        """Every title once, in a stable order; raises CatalogueError where the source breaks its own format."""

    def version(self) -> str:
        """A short text that changes whenever the titles do."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of a source's list: titles and people in its order, without what could not be understood.

    `skipped` counts the entries that were left out.
    """

    titles: tuple[CatalogueTitle, ...] = ()
    people: tuple[Person, ...] = ()
    page: int = 1
    total_pages: int = 1
    total_results: int = 0
    skipped: int = 0


class TitleSource(Protocol):
    """A service of titles. Every method raises SourceUnavailable and SourceRefused; `budget` is in seconds."""

    def title(self, media_type: MediaType, media_id: int, *, budget: float) -> FullTitle:
        """A title with its details. Raises NotAtSource."""

    def person(self, person_id: int, *, budget: float) -> Person:
        """A person with their credits. Raises NotAtSource."""

    def listed(self, path: str, *, budget: float, page: int = 1, **parameters: str) -> Listed:
        """A page of a list, such as `trending/all/week` or `discover/movie`, in the source's order."""

    def search(self, query: str, kind: SearchKind, *, budget: float, page: int = 1) -> Listed:
        """What the source finds for a text."""
