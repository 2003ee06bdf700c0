"""A small catalogue for the tests of the media cache."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from apps.media.index.build import build_index
from apps.media.index.catalogue import CatalogueIndex
from apps.media.index_keeper import index, publish_index
from apps.media.titles import CatalogueTitle, FullTitle
from tests.stand_ins.titles import keep_titles


@pytest.fixture
def film() -> Callable[..., CatalogueTitle]:
    """Makes a film of the demo by its number; other facts as given."""

    def make(media_id: int, **facts: Any) -> CatalogueTitle:
        defaults = {"media_type": "movie", "title": f"Film {media_id}", "source": "demo", "overview": "A film."}
        return CatalogueTitle(media_id=media_id, **{**defaults, **facts})

    return make


@pytest.fixture
def catalogue(tables: None) -> Callable[..., CatalogueIndex]:
    """Stores titles, with details or without, and publishes their index, which it answers."""

    def store(*titles: CatalogueTitle | FullTitle) -> CatalogueIndex:
        full = [title if isinstance(title, FullTitle) else FullTitle(title) for title in titles]
        keep_titles(full)
        publish_index(build_index(full, built_at="2026-05-01T12:00:00Z"))
        return index()

    return store
