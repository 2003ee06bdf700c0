"""A client of the stand-in for TMDB, with a clock that takes no time."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from apps.media.providers.tmdb.client import TmdbClient
from apps.media.providers.tmdb.key import KeyHolder
from movierec.clock import Clock
from tests.stand_ins.clock import StillClock
from tests.stand_ins.tmdb_server import TmdbServer


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def made(tmdb: TmdbServer, clock: StillClock) -> Callable[..., TmdbClient]:
    """Makes a client; a key, an address or a clock as given."""

    def make(key: str = tmdb.key, address: str = tmdb.base_url, clock: Clock = clock) -> TmdbClient:
        return TmdbClient(address, KeyHolder(key, "", clock), clock)

    return make


@pytest.fixture
def asks(made: Callable[..., TmdbClient]) -> TmdbClient:
    return made()
