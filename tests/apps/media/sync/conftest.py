"""A small TMDB, and runs of the sync against it that wait for nothing."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine

from apps.media import selectors
from apps.media.models import CachedMedia
from apps.media.people import Person
from apps.media.providers.interface import Listed, SearchKind, TitleSource
from apps.media.providers.tmdb.client import TmdbClient
from apps.media.providers.tmdb.key import KeyHolder
from apps.media.providers.tmdb.source import Tmdb
from apps.media.sync.run import sync
from apps.media.sync.schedules import SCHEDULES
from apps.media.titles import FullTitle, MediaType, full_from_row, is_title
from movierec.dynamo.data_table import DataRow
from movierec.jobs import JobRun
from movierec.progress import Steps
from tests.stand_ins.clock import StillClock
from tests.stand_ins.tmdb_bodies import list_body, movie_body, movie_entry, tv_body, tv_entry
from tests.stand_ins.tmdb_server import TmdbServer

# A Wednesday.
NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)
MOVIES = tuple(range(101, 109))
SERIES = tuple(range(201, 205))


class RunClock(StillClock):
    """A clock whose waits move the present as well, since leases end by that."""

    def __init__(self, present: time_machine.Traveller) -> None:
        super().__init__()
        self._present = present

    def goes_on(self, seconds: float) -> None:
        super().goes_on(seconds)
        self._present.shift(seconds)


@pytest.fixture
def present() -> Iterator[time_machine.Traveller]:
    """The present, which stands still until it is shifted."""
    with time_machine.travel(NOW, tick=False) as coordinates:
        yield coordinates


@pytest.fixture
def clock(present: time_machine.Traveller) -> RunClock:
    """The clock of the runs."""
    return RunClock(present)


@pytest.fixture
def lists(tmdb: TmdbServer) -> Callable[..., None]:
    """Gives the pages of one of TMDB's lists, each a list of numbers: films below 200, series above."""

    def give(path: str, *pages: list[int]) -> None:
        for number, ids in enumerate(pages, start=1):
            entries = [_entry(path, media_id) for media_id in ids]
            body = list_body(entries, page=number, total_pages=len(pages))
            tmdb.answers(path, body, page=str(number))

    return give


def _entry(path: str, media_id: int) -> dict[str, Any]:
    mixed: dict[str, Any] = {"media_type": "movie" if media_id < 200 else "tv"} if "/all/" in path else {}
    return movie_entry(media_id, **mixed) if media_id < 200 else tv_entry(media_id, **mixed)


@pytest.fixture
def small_tmdb(tmdb: TmdbServer, lists: Callable[..., None]) -> TmdbServer:
    """A TMDB with eight films and four series, all of which some list of the daily schedule names."""
    lists("movie/popular", [101, 102, 103], [103, 104])
    lists("tv/popular", [201, 202])
    lists("trending/all/week", [105, 203])
    lists("trending/movie/week", [106, 107, 101])
    lists("trending/tv/week", [204, 201])
    for media_id in MOVIES:
        tmdb.answers(f"movie/{media_id}", movie_body(media_id))
    for media_id in SERIES:
        tmdb.answers(f"tv/{media_id}", tv_body(media_id))
    # The last film is on no list.
    return tmdb


def asked_details(tmdb: TmdbServer) -> list[str]:
    """The paths of the titles that were asked for, in order, as often as they were."""
    return sorted(asked.path for asked in tmdb.requests if asked.path.rpartition("/")[2].isdigit())


@pytest.fixture
def source(tmdb: TmdbServer, clock: RunClock) -> Tmdb:
    """TMDB as a source, which waits by the runs' clock."""
    return Tmdb(TmdbClient(tmdb.base_url, KeyHolder(tmdb.key, "", clock), clock), ("en", "es"))


Run = Callable[..., JobRun]


class SlowSource:
    """A source each of whose calls takes some seconds of the runs' clock."""

    def __init__(self, source: TitleSource, clock: RunClock, seconds: float) -> None:
        self._source = source
        self._clock = clock
        self._seconds = seconds

    def title(self, media_type: MediaType, media_id: int, *, budget: float) -> FullTitle:
        self._clock.goes_on(self._seconds)
        return self._source.title(media_type, media_id, budget=budget)

    def person(self, person_id: int, *, budget: float) -> Person:
        raise NotImplementedError

    def listed(self, path: str, *, budget: float, page: int = 1, **parameters: str) -> Listed:
        self._clock.goes_on(self._seconds)
        return self._source.listed(path, budget=budget, page=page, **parameters)

    def search(self, query: str, kind: SearchKind, *, budget: float, page: int = 1) -> Listed:
        raise NotImplementedError


@pytest.fixture
def run(tables: None, atomic_requests: None, source: Tmdb, clock: RunClock) -> Run:
    """Runs a schedule and answers its record."""

    def go(schedule: str = "daily", **options: Any) -> JobRun:
        asked = {"source": source, "clock": clock, **options}
        with Steps(io.StringIO()) as steps:
            return sync(SCHEDULES[schedule], asked.pop("source"), steps, **asked)

    return go


def stored_titles() -> dict[Any, Any]:
    """Every title with its details by its key; when it was fetched is left out."""
    found = {}
    for row in CachedMedia.scan_rows():
        if is_title(row):
            full = full_from_row({**row, "refreshedAt": None})
            assert full.key not in found
            found[full.key] = full
    return found


def complete_titles() -> set[Any]:
    """The titles of which more is stored than lists tell."""
    return {key for key, full in stored_titles().items() if full.details is not None}


# Two pages of popular films, one page each of the others.
LIST_REQUESTS = 6
LISTED = [("movie", media_id) for media_id in MOVIES[:-1]] + [("tv", media_id) for media_id in SERIES]
LISTED_PATHS = sorted(f"{media_type}/{media_id}" for media_type, media_id in LISTED)


def listed(list_type: Any, media_type: Any) -> list[int]:
    """The numbers of a ready-made list, none where it was not made."""
    found = selectors.listing(list_type, media_type, page=1, limit=100)
    return [] if found is None else [item["id"] for item in found.items]


def catalogue() -> dict[str, Any]:
    """What a run leaves for readers."""
    orders = {str(name): order.keys for name, order in selectors.orders().items()}
    shown = {kind: listed("popular", kind) for kind in ("movie", "tv")}
    return {"titles": stored_titles(), "orders": orders, "popular": shown, "trending": listed("trending", "all")}


def points() -> list[str]:
    """The rows of unfinished runs."""
    return [row["sk"] for row in DataRow.scan_rows() if row["pk"].startswith("JOB#sync_media#")]
