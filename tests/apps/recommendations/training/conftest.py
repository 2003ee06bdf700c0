"""A small world of two tastes, in which films of one kind are liked together."""

from collections.abc import Callable

import numpy as np
import pytest

from apps.recommendations.engine.titles import Title
from apps.recommendations.training.interactions import Interactions

WORLD_TITLES = 40
WORLD_USERS = 120


@pytest.fixture(scope="session")
def world(make_title: Callable[..., Title]) -> tuple[list[Title], Interactions]:
    """40 titles, even ones for one half of 120 people and odd ones for the other."""
    generator = np.random.default_rng(7)
    titles = [make_title(n, genres=(18,) if n % 2 else (35,), keywords=(f"k{n % 5}",)) for n in range(WORLD_TITLES)]
    events = []
    for user in range(WORLD_USERS):
        own = [n for n in range(WORLD_TITLES) if n % 2 == user % 2]
        for n in generator.choice(own, size=8, replace=False):
            events.append((f"u{user:03}", ("movie", int(n)), 1.0, 1_700_000_000.0 + user))
        events.append((f"u{user:03}", ("movie", (user + 1) % 2), -1.0, 1_700_000_000.0))
    return titles, Interactions.from_events(events)
