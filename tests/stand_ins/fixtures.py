"""Fixtures of the stand-ins, for every test."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.stand_ins.tmdb_server import TmdbServer, tmdb_server


@pytest.fixture
def tmdb(settings: Any) -> Iterator[TmdbServer]:
    """A stand-in for TMDB, which the settings name, with its key."""
    with tmdb_server() as server:
        settings.TMDB_API_KEY = server.key
        settings.TMDB_API_KEY_SECRET = ""
        settings.TMDB_CONFIGURED = True
        settings.TMDB_BASE_URL = server.base_url
        settings.TMDB_EXPORT_URL = server.export_url
        yield server
