"""The demo catalogue as documents to search."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from apps.media.index.search import Document, Search, search_parts
from apps.media.providers.demo import DemoCatalogue
from apps.media.titles import CatalogueTitle


def document(title: CatalogueTitle) -> Document:
    names = (title.title, title.original_title)
    year = int((title.release_date or "0")[:4])
    return Document(title.media_type, tuple(filter(None, names)), year or None, (title.renown or 0) / 5)


@pytest.fixture(scope="session")
def demo_documents() -> list[Document]:
    return [document(title) for title in DemoCatalogue().titles()]


@pytest.fixture(scope="session")
def searched() -> Callable[[Sequence[Document]], Search]:
    """Makes the checked search of documents."""

    def make(documents: Sequence[Document]) -> Search:
        search = Search.read(search_parts(documents), len(documents))
        search.check()
        return search

    return make
