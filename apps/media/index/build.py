"""Builds the index of a catalogue in one pass over its titles."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain, islice
from typing import Final

from apps.media.index.entries import facts_of, names_of, record_of
from apps.media.index.facts import FactTable
from apps.media.index.file import sealed
from apps.media.index.keys import number_of
from apps.media.index.orders import FigureTable
from apps.media.index.people import FinishedPeople, PeopleTable
from apps.media.index.records import Packer, records_in_parts
from apps.media.index.search import Document, search_parts
from apps.media.titles import FullTitle, MediaType
from movierec.tables import as_bytes

# As many records show what all of them share.
_SAMPLE: Final = 50


def build_index(titles: Iterable[FullTitle], *, built_at: str) -> bytes:
    """The index of `titles`, which may come in any order, as a file for `CatalogueIndex.read`.

    `built_at` is in ISO 8601. Of titles that come twice the first counts. Titles are looked at one by one: all of them
    at once need no room.
    """
    return sealed(_gathered(titles).parts(), built_at=built_at)


def _gathered(titles: Iterable[FullTitle]) -> _Table:
    stream = iter(titles)
    sample = list(islice(stream, _SAMPLE))
    table = _Table(Packer([record_of(full) for full in sample]))
    for full in chain(sample, stream):
        table.add(full)
    return table


class _Table:
    """Gathers titles in the order in which they come."""

    def __init__(self, packer: Packer) -> None:
        self._packer = packer
        self._numbers: dict[int, int] = {}
        self._records: list[bytes] = []
        self._documents: list[tuple[MediaType, tuple[str, ...]]] = []
        self._facts = FactTable()
        self._people = PeopleTable()
        self._figures = FigureTable()

    def add(self, full: FullTitle) -> None:
        """Takes up a title, unless it is there."""
        number = number_of(full.key)
        if number in self._numbers:
            return
        came = self._numbers[number] = len(self._records)
        self._records.append(self._packer.packed(record_of(full)))
        self._documents.append((full.facts.media_type, names_of(full)))
        self._facts.add(came, facts_of(full))
        self._people.add(came, full)
        self._figures.add(full.facts)

    def parts(self) -> dict[str, bytes]:
        """Everything in the order of the titles' keys. To be asked once: what is written is let go of."""
        numbers = sorted(self._numbers)
        order = [self._numbers[number] for number in numbers]
        places = [0] * len(order)
        for place, came in enumerate(order):
            places[came] = place
        fame = self._figures.fame()
        people = self._people.finished(places, fame)
        parts = {
            "titles.numbers": as_bytes("Q", numbers),
            **records_in_parts("records", [self._records[came] for came in order], self._packer),
            **self._facts.parts(places),
            **self._figures.parts(order),
            **people.parts,
        }
        # The search's tables need the room that these took.
        del self._people, self._records, self._facts
        documents = [*(self._document(came, fame) for came in order), *_documents_of(people)]
        return {**parts, **search_parts(documents)}

    def _document(self, came: int, fame: list[float]) -> Document:
        kind, names = self._documents[came]
        return Document(kind=kind, names=names, year=self._figures.year(came), fame=fame[came])


def _documents_of(people: FinishedPeople) -> Iterable[Document]:
    return (
        Document(kind="person", names=(name,), year=None, fame=fame)
        for name, fame in zip(people.names, people.fame, strict=True)
    )
