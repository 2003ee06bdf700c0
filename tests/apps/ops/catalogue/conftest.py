"""A small catalogue that staff look after."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from apps.media.details import Credit, Details
from apps.media.index.build import build_index
from apps.media.index_keeper import publish_index
from apps.media.titles import CatalogueTitle, FullTitle
from tests.stand_ins.titles import keep_titles

DRAMA, COMEDY = 18, 35


def film(media_id: int, **facts: object) -> CatalogueTitle:
    """A film of the demo by its number; other facts as given."""
    defaults = {"media_type": "movie", "title": f"Film {media_id}", "source": "demo", "overview": "A film."}
    return CatalogueTitle(**{"media_id": media_id, **defaults, **facts})  # type: ignore[arg-type]


@pytest.fixture
def stored(tables: None) -> Callable[..., None]:
    """Stores titles and publishes their index."""

    def store(*titles: CatalogueTitle | FullTitle) -> None:
        full = [title if isinstance(title, FullTitle) else FullTitle(title) for title in titles]
        keep_titles(full)
        publish_index(build_index(full, built_at="2026-05-01T12:00:00Z"))

    return store


@pytest.fixture
def few(stored: Callable[..., None]) -> None:
    """A film of TMDB with details, one of the demo, and a series."""
    told = film(
        603, title="The Matrix", source="tmdb", refreshed_at="2026-11-01T00:00:00.000Z", genres=(28,), runtime=136
    )
    details = Details(tagline="Follow.", cast=(Credit(1, "Somebody", "Neo"),), certifications={"US": "R"})
    stored(
        FullTitle(told, details),
        film(2, title="Second <b>film</b>", genres=(DRAMA,), language="sv"),
        film(3, title="Third", genres=(COMEDY,)),
        film(1396, media_type="tv", title="Series", genres=(DRAMA,)),
    )
