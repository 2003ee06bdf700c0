"""A small catalogue for the tests of the media cache."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from apps.media.titles import CatalogueTitle


@pytest.fixture
def film() -> Callable[..., CatalogueTitle]:
    """Makes a film of the demo by its number; other facts as given."""

    def make(media_id: int, **facts: Any) -> CatalogueTitle:
        defaults = {"media_type": "movie", "title": f"Film {media_id}", "source": "demo", "overview": "A film."}
        return CatalogueTitle(media_id=media_id, **{**defaults, **facts})

    return make
