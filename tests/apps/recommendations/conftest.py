"""A catalogue of two kinds of films and a few series, viewers who like one kind or the other, and models of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from apps.lists.services import RatingRow, put_ratings
from apps.media.services import store_titles
from apps.media.titles import CatalogueTitle
from apps.ops.statistics import refresh_statistics
from apps.recommendations.catalogue import engine_titles
from apps.recommendations.engine.titles import Title
from apps.recommendations.publishing import publish
from apps.recommendations.stores.store import ModelStore
from apps.recommendations.training.interactions import Interactions
from apps.recommendations.training.train import train
from movierec.objects.folder import FolderObjects

NOW = datetime(2026, 6, 1, tzinfo=UTC)
WESTERNS = range(1, 16)
COMEDIES = range(16, 31)
# Series share their numbers with films.
SERIES = range(1, 7)


def catalogue() -> list[CatalogueTitle]:
    films = [
        CatalogueTitle(
            "movie",
            number,
            f"{'Western' if number in WESTERNS else 'Comedy'} {number}",
            "demo",
            release_date=f"{1970 + number}-05-01",
            genres=(37, 18) if number in WESTERNS else (35,),
            overview=f"The story of number {number}.",
            poster_path="/real.jpg" if number == 2 else None,
        )
        for number in (*WESTERNS, *COMEDIES)
    ]
    series = [CatalogueTitle("tv", number, f"Series {number}", "demo", genres=(18,)) for number in SERIES]
    return [*films, *series]


def ratings() -> list[RatingRow]:
    """Forty viewers: even ones like westerns, odd ones comedies, each all but every fifth, and two series."""
    rows = []
    for viewer in range(40):
        kind = WESTERNS if viewer % 2 == 0 else COMEDIES
        films = [("movie", number) for number in kind if (number + viewer) % 5]
        series = [("tv", 1 + (viewer + i) % 6) for i in range(2)]
        rows += [RatingRow(f"viewer-{viewer}", key, 4.5, NOW) for key in (*films, *series)]  # type: ignore[arg-type]
    return rows


@pytest.fixture(scope="session")
def model_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model trained on the viewers."""
    return _trained_on(NOW, tmp_path_factory.mktemp("trained") / "model")


def _trained_on(day: datetime, folder: Path) -> Path:
    events = ((row.user_id, row.key, 0.9, row.watched_at.timestamp()) for row in ratings())
    titles = list(engine_titles(catalogue()))
    train(Interactions.from_events(events), titles, folder, progress=lambda *_: None, now=day)
    return folder


@pytest.fixture(scope="session")
def model_folders(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Models trained on eight days in a row, the oldest first."""
    parent = tmp_path_factory.mktemp("models")
    return [_trained_on(NOW + timedelta(days), parent / f"day-{days}") for days in range(8)]


@pytest.fixture
def store(tables: None, settings: Any, tmp_path: Path) -> Path:
    """The folder of an empty store, which is the configured one."""
    settings.MODEL_STORE = str(tmp_path / "store")
    return tmp_path / "store"


@pytest.fixture(scope="session")
def model_store(model_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store in which the trained model is the active one; nothing may be changed in it."""
    folder = tmp_path_factory.mktemp("store")
    publish(model_folder, store=ModelStore(FolderObjects(folder), folder / "no-cache"))
    return folder


@pytest.fixture
def trained(tables: None, settings: Any, model_store: Path) -> None:
    """The service with the trained model, over empty tables."""
    settings.MODEL_STORE = str(model_store)


@pytest.fixture
def untrained(tables: None, settings: Any, tmp_path: Path) -> Path:
    """The service without a model, over a filled catalogue; answers the folder of the empty store."""
    settings.MODEL_STORE = str(tmp_path / "store")
    for written in (store_titles(catalogue()), put_ratings(ratings())):
        assert sum(written) > 0
    refresh_statistics(NOW)
    return tmp_path / "store"


@pytest.fixture
def ask(client: Any, sign_in: Callable[[str], dict[str, str]]) -> Callable[..., Any]:
    """POSTs a request for recommendations as a person and answers the response."""

    def post(body: dict[str, Any] | None = None, user: str = "user-1") -> Any:
        return client.post("/recommendations", body or {}, content_type="application/json", headers=sign_in(user))

    return post


def _title(media_id: int, **facts: Any) -> Title:
    values: dict[str, Any] = {
        "media_type": "movie", "media_id": media_id, "title": f"Title {media_id}", "original_title": None,
        "overview": "", "poster_path": None, "backdrop_path": None, "release_date": None, "genres": (),
        "runtime": None, "language": None, "countries": (), "makers": (), "cast": (), "keywords": (),
        "certification": None, "acclaim": (), "services": (), "vote_average": 0.0, "vote_count": 0,
        "popularity": 0.0,
    }  # fmt: skip
    return Title(**(values | facts))


@pytest.fixture(scope="session")
def make_title() -> Callable[..., Title]:
    """Makes a title of which only the given facts are known."""
    return _title
