"""A small world of two tastes, in which films of one kind are liked together."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from apps.recommendations.engine.titles import Title
from apps.recommendations.training.interactions import Interactions

WORLD_TITLES = 40
WORLD_USERS = 120


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
    return _title


@pytest.fixture(scope="session")
def world() -> tuple[list[Title], Interactions]:
    """40 titles, even ones for one half of 120 people and odd ones for the other."""
    generator = np.random.default_rng(7)
    titles = [_title(n, genres=(18,) if n % 2 else (35,), keywords=(f"k{n % 5}",)) for n in range(WORLD_TITLES)]
    events = []
    for user in range(WORLD_USERS):
        own = [n for n in range(WORLD_TITLES) if n % 2 == user % 2]
        for n in generator.choice(own, size=8, replace=False):
            events.append((f"u{user:03}", ("movie", int(n)), 1.0, 1_700_000_000.0 + user))
        events.append((f"u{user:03}", ("movie", (user + 1) % 2), -1.0, 1_700_000_000.0))
    return titles, Interactions.from_events(events)
