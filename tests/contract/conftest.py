"""What the contract's tests share: a small catalogue with a trained model, and accounts with cheap passwords."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from apps.lists.services import RatingRow, put_ratings
from apps.media.services import store_titles
from apps.media.titles import CatalogueTitle
from apps.ops.statistics import refresh_statistics
from apps.recommendations.catalogue import engine_titles
from apps.recommendations.publishing import publish
from apps.recommendations.stores.store import ModelStore
from apps.recommendations.training.interactions import Interactions
from apps.recommendations.training.train import train
from movierec.objects.folder import FolderObjects

NOW = datetime(2026, 6, 1, tzinfo=UTC)
MATRIX = CatalogueTitle(
    "movie", 603, "The Matrix", "demo", release_date="1999-03-31", poster_path="/matrix.jpg", genres=(28, 878)
)
NUMBERS = range(1, 25)


def catalogue() -> list[CatalogueTitle]:
    """Twenty-four films and eight series that share their numbers, and The Matrix."""
    films = [CatalogueTitle("movie", n, f"Film {n}", "demo", genres=(28, 18), overview="Told.") for n in NUMBERS]
    series = [CatalogueTitle("tv", n, f"Series {n}", "demo", genres=(80,)) for n in range(1, 9)]
    return [*films, *series, MATRIX]


def ratings() -> list[RatingRow]:
    """Thirty viewers who liked most films and two series."""
    rows = []
    for viewer in range(30):
        keys = [("movie", n) for n in (*NUMBERS, 603) if (n + viewer) % 4]
        keys += [("tv", 1 + (viewer + i) % 8) for i in range(2)]
        rows += [RatingRow(f"viewer-{viewer}", key, 4.5, NOW) for key in keys]  # type: ignore[arg-type]
    return rows


@pytest.fixture(scope="session")
def model_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model trained on the viewers."""
    folder = tmp_path_factory.mktemp("contract") / "model"
    events = ((row.user_id, row.key, 0.9, row.watched_at.timestamp()) for row in ratings())
    titles = list(engine_titles(catalogue()))
    train(Interactions.from_events(events), titles, folder, progress=lambda *_: None, now=NOW)
    return folder


@pytest.fixture(scope="session")
def model_store(model_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store in which the trained model is the active one; nothing may be changed in it."""
    folder = tmp_path_factory.mktemp("store")
    publish(model_folder, store=ModelStore(FolderObjects(folder), folder / "no-cache"))
    return folder


@pytest.fixture
def filled(tables: None, settings: Any, model_store: Path) -> None:
    """The service with its catalogue, its lists and its model."""
    settings.MODEL_STORE = str(model_store)
    for written in (store_titles(catalogue()), put_ratings(ratings())):
        assert sum(written) > 0
    refresh_statistics(NOW)
