"""Rebuilding the catalogue: figures, lists of every kind, the sources' own orders, and the index."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from threading import enumerate as enumerate_threads
from typing import Any

import pytest
import time_machine

from apps.media import index_keeper, selectors, services
from apps.media.details import Details
from apps.media.genres import GENRES
from apps.media.keeping import KEPT_SECONDS
from apps.media.listings import LIST_TYPES, LISTED_TYPES, ListedType, ListName, ListType, listing_row
from apps.media.models import CachedMedia
from apps.media.titles import CatalogueTitle, Figures, FullTitle, full_from_row, item_of
from movierec.dynamo.connection import shared_connection
from movierec.dynamo.leases import LeaseRow
from movierec.dynamo.turns import TurnTaken, turn
from movierec.objects import StoreUnreachable
from movierec.timestamps import timestamp
from tests.stand_ins.titles import keep_titles

Make = Callable[..., CatalogueTitle]
NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
STAMP = "2026-05-01T12:00:00.000Z"
EVERY_LIST = 6 * 3 + 2 * sum(map(len, GENRES.values()))


@pytest.fixture(autouse=True)
def _day() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def store(titles: list[CatalogueTitle]) -> None:
    list(services.store_titles(titles))


def days_ago(days: float) -> str:
    return timestamp(NOW - timedelta(days=days))


def rebuild(**options: Any) -> services.Rebuilt:
    return services.rebuild_catalogue(now=NOW, **options)


def keys(list_type: ListType, media_type: ListedType = "movie", **choices: Any) -> list[str]:
    found = selectors.listing(list_type, media_type, **{"page": 1, "limit": 100, **choices})
    assert found is not None
    return [f"{item['media_type']}/{item['id']}" for item in found.items]


def films(*numbers: int) -> list[str]:
    return [f"movie/{number}" for number in numbers]


def every_list() -> list[selectors.Listing | None]:
    return [selectors.listing(name, kind, page=1, limit=100) for name in LIST_TYPES for kind in LISTED_TYPES]


class TestLists:
    def test_every_list_is_made_and_an_empty_one_is_empty(self, tables: None, film: Make) -> None:
        store([film(1)])
        assert rebuild(statistics={}) == services.Rebuilt(titles=1, figures=0, lists=EVERY_LIST)
        for list_type in LIST_TYPES:
            for media_type in LISTED_TYPES:
                assert selectors.listing(list_type, media_type, page=1, limit=20) is not None
        assert selectors.listing("trending", "tv", page=1, limit=20) == selectors.Listing([], 0, STAMP, outside=False)
        assert keys("popular", "tv", genre=16) == []

    def test_a_list_ends_after_500_titles_and_a_genres_after_200(self, tables: None, film: Make) -> None:
        store([film(number, genres=(18, 35)) for number in range(1, 511)])
        rebuild()
        assert keys("top_rated", page=5) == films(*range(401, 501))
        assert keys("top_rated", page=6) == []
        assert keys("popular", genre=35, page=2) == films(*range(101, 201))
        assert keys("popular", genre=35, page=3) == []

    def test_genres_are_told_apart_by_type(self, tables: None, film: Make) -> None:
        titles = [film(1, genres=(18,)), film(2, genres=(35, 18)), film(3, genres=(35,), renown=5)]
        store([*titles, film(4, media_type="tv", genres=(18,))])
        rebuild()
        assert keys("popular", genre=18) == films(1, 2)
        assert keys("top_rated", genre=35) == films(3, 2)
        assert keys("popular", "tv", genre=18) == ["tv/4"]
        assert keys("popular", "all", genre=18) == [*films(1, 2), "tv/4"]

    def test_films_and_series_share_the_lists_of_all(self, tables: None, film: Make) -> None:
        store([film(1), film(1, media_type="tv"), film(2)])
        rebuild(statistics={("tv", 1): Figures(9.0, 9, 9, 9), ("movie", 2): Figures(8.0, 9, 8, 8)})
        for list_type in ("popular", "trending", "top_rated"):
            assert keys(list_type, "all") == ["tv/1", "movie/2", "movie/1"]
        assert keys("popular", "all", exclude={("movie", 1)}) == ["tv/1", "movie/2"]
        assert keys("popular", "all", exclude={1}) == ["movie/2"]

    def test_lists_that_are_not_made_any_more_go_and_orders_stay(self, tables: None, film: Make) -> None:
        gone = ListName("popular", "movie", 424242)
        list(CachedMedia.put_rows([listing_row(gone, [(item_of(film(1)), None)], built_at=STAMP)]))
        services.store_order("popular", "movie", [("movie", 1)], STAMP)
        rebuild()
        found = {row["mediaId"] for row in CachedMedia.scan_rows()}
        assert "list:popular:movie:424242" not in found
        assert "order:popular:movie" in found
        assert len(found) == EVERY_LIST + 1

    def test_titles_whose_time_is_over_are_left_out(self, tables: None, film: Make) -> None:
        old = film(1, source="tmdb", refreshed_at=timestamp(NOW - timedelta(seconds=KEPT_SECONDS)))
        young = film(2, source="tmdb", refreshed_at=timestamp(NOW - timedelta(seconds=KEPT_SECONDS - 1)))
        keep_titles([FullTitle(old), FullTitle(young)])
        assert rebuild().titles == 1
        assert keys("popular") == films(2)

    def test_the_genre_index_holds_titles_and_no_lists(self, tables: None, film: Make) -> None:
        store([film(900, genres=(99, 18))])
        rebuild()
        assert [row["mediaId"] for row in CachedMedia.query_page("99", index="genre-index").rows] == ["900"]
        assert all("genre" not in row for row in CachedMedia.scan_rows() if row["mediaType"] == "list")


class TestOrdersOfSources:
    @pytest.fixture(autouse=True)
    def _titles(self, tables: None, film: Make) -> None:
        """Five films, the first the most popular, and a series."""
        store([film(n, source="tmdb", popularity=10.0 - n, vote_average=5.0, vote_count=10) for n in range(1, 6)])
        store([film(3, media_type="tv", source="tmdb", popularity=1.0)])

    def test_they_go_first_and_the_rest_is_ranked(self) -> None:
        services.store_order("trending", "movie", [("movie", 4), ("movie", 99), ("movie", 2), ("movie", 4)], STAMP)
        services.store_order("trending", "all", [("tv", 3), ("movie", 5)], STAMP)
        services.store_order("popular", "tv", [("movie", 1), ("tv", 3)], STAMP)
        rebuild()
        assert keys("trending") == films(4, 2, 1, 3, 5)
        assert keys("trending", "all") == ["tv/3", *films(5, 1, 2, 3, 4)]
        assert keys("popular", "tv") == ["tv/3"]
        assert keys("popular") == films(1, 2, 3, 4, 5)

    def test_lists_of_part_of_the_catalogue_begin_with_them(self, film: Make) -> None:
        store([film(6, source="tmdb", release_date="2026-04-30")])
        services.store_order("now_playing", "movie", [("movie", 3)], STAMP)
        services.store_order("hidden_gems", "movie", [("movie", 5), ("movie", 4)], STAMP)
        rebuild()
        assert keys("now_playing") == films(3, 6)
        assert keys("hidden_gems") == films(5, 4)

    def test_what_is_upcoming_goes_by_its_day(self, film: Make) -> None:
        store([film(n, source="tmdb", release_date=f"2026-06-{n:02}") for n in (7, 6)])
        services.store_order("upcoming", "movie", [("movie", 7), ("movie", 1), ("movie", 6)], STAMP)
        rebuild()
        assert keys("upcoming") == films(6, 7)

    @pytest.mark.parametrize(
        ("list_type", "days", "counts"),
        [("trending", 3.0, True), ("trending", 3.1, False), ("popular", 14.0, True), ("popular", 14.1, False)],
    )
    def test_an_old_one_counts_no_more_and_its_age_is_told(
        self, list_type: ListType, days: float, counts: bool
    ) -> None:
        services.store_order(list_type, "movie", [("movie", 5)], days_ago(days))
        rebuild()
        assert keys(list_type)[0] == ("movie/5" if counts else "movie/1")
        found = selectors.listing(list_type, "movie", page=1, limit=1)
        assert found is not None
        assert found.refreshed_at == days_ago(days)

    def test_a_genres_list_begins_with_them_as_well(self, film: Make) -> None:
        store([film(n, source="tmdb", popularity=1.0, genres=(18,)) for n in (1, 2, 3)])
        services.store_order("popular", "movie", [("movie", 5), ("movie", 3)], STAMP)
        rebuild()
        assert keys("popular", genre=18) == films(3, 1, 2)


class TestFigures:
    def test_titles_get_them_and_lose_them(self, tables: None, film: Make) -> None:
        store([film(1), film(2, source="movielens", vote_average=5.0, vote_count=9, popularity=4.0)])
        assert rebuild(statistics={("movie", 1): Figures(8.4, 12, 7, 3)}).figures == 2
        first, second = sorted(selectors.all_titles(), key=lambda t: t.key)
        assert (first.vote_average, first.vote_count, first.popularity) == (8.4, 12, 10)
        assert (second.vote_average, second.vote_count, second.popularity) == (0, 0, 0)
        found = selectors.listing("popular", "movie", page=1, limit=1)
        assert found is not None
        assert found.items[0]["vote_average"] == 8.4

    def test_without_statistics_they_stay_and_rank(self, tables: None, film: Make) -> None:
        store([film(1), film(2, vote_average=5.0, vote_count=9, popularity=4.0)])
        assert rebuild().figures == 0
        assert keys("popular") == films(2, 1)
        assert {title.media_id: title.vote_count for title in selectors.all_titles()} == {1: 0, 2: 9}

    def test_without_statistics_lists_are_as_those_of_the_last_rebuild_with_them(
        self, tables: None, film: Make
    ) -> None:
        """Popular goes by all likes and trending by recent ones; popularity, which a list shows, is the sum of both."""
        store([film(number) for number in range(1, 6)])
        figures = {1: Figures(6.0, 9, 10, 0), 2: Figures(9.0, 4, 6, 5), 3: Figures(8.0, 9, 9, 1), 4: Figures(9.0, 9)}
        rebuild(statistics={("movie", number): each for number, each in figures.items()})
        lists = every_list()
        assert keys("popular") == films(1, 3, 2, 4, 5)
        assert keys("trending") == films(2, 3, 1, 4, 5)
        rebuild()
        assert every_list() == lists

    @pytest.mark.parametrize("missing", ["likes", "recentLikes"])
    def test_a_row_without_all_figures_is_ranked_by_its_popularity(
        self, tables: None, film: Make, missing: str
    ) -> None:
        store([film(1), film(2)])
        rebuild(statistics={("movie", 1): Figures(6.0, 9, 9, 9), ("movie", 2): Figures(6.0, 9, 10, 0)})
        row = selectors.title_row("movie", 1)
        assert row is not None
        list(CachedMedia.put_rows([{name: value for name, value in row.items() if name != missing}]))
        rebuild()
        assert keys("popular") == films(1, 2)
        assert rebuild(statistics={("movie", n): Figures(6.0, 9, 9, 9) for n in (1, 2)}).figures == 2

    def test_those_of_another_source_and_what_else_is_stored_stay(self, tables: None, film: Make) -> None:
        other = film(1, source="tmdb", vote_average=7.7, vote_count=900, popularity=55.5)
        ours = FullTitle(film(2), Details(tagline="Told."))
        keep_titles([FullTitle(other), ours])
        rebuild(statistics={("movie", n): Figures(5.0, 1, 1, 1) for n in (1, 2)})
        rows = [CachedMedia.get_row(str(n), "movie") for n in (1, 2)]
        found = [full_from_row(row) for row in rows if row]
        assert found[0].facts == other
        assert (found[1].facts.vote_average, found[1].details) == (5.0, ours.details)

    def test_only_changed_titles_are_written(self, tables: None, film: Make, operations: list[str]) -> None:
        store([film(number) for number in range(1, 31)])
        statistics = {("movie", 7): Figures(8.0, 3, 2, 1)}
        operations.clear()
        assert rebuild(statistics=statistics).figures == 1
        # The first is the lease.
        assert operations.count("PutItem") == 2
        operations.clear()
        assert rebuild(statistics=statistics).figures == 0
        assert operations.count("PutItem") == 1

    @pytest.mark.parametrize(("source", "seconds"), [("tmdb", 0), ("demo", 1)])
    def test_a_title_that_was_described_anew_meanwhile_stays_as_it_is(
        self, tables: None, film: Make, source: str, seconds: int
    ) -> None:
        """The scan reads the old row; the new one is written before the figures are."""
        store([film(1)])
        better = FullTitle(film(1, source=source, vote_count=900, refreshed_at=STAMP), Details(tagline="Told."))

        def describe(**_: Any) -> None:
            with time_machine.travel(NOW + timedelta(seconds=seconds), tick=False):
                keep_titles([better])

        events = shared_connection().client.meta.events
        events.register("after-call.dynamodb.Scan", describe)
        assert rebuild(statistics={("movie", 1): Figures(8.0, 3, 2, 1)}).figures == 0
        events.unregister("after-call.dynamodb.Scan", describe)
        row = selectors.title_row("movie", 1)
        assert row is not None
        assert full_from_row(row) == better


class TestTheJob:
    def test_it_scans_once_and_writes_the_lists_in_batches(
        self, tables: None, film: Make, operations: list[str]
    ) -> None:
        store([film(number, genres=(18,)) for number in range(1, 31)])
        operations.clear()
        rebuild()
        written = ["BatchWriteItem"] * -(-EVERY_LIST // 25)
        assert operations == ["PutItem", "Query", "Scan", "BatchGetItem", *written, "UpdateItem"]

    def test_a_second_one_does_not_begin(self, tables: None, film: Make, operations: list[str]) -> None:
        store([film(1)])
        with turn("rebuild_catalogue", wait=0):
            operations.clear()
            with pytest.raises(TurnTaken, match="rebuild_catalogue"):
                rebuild(wait=0)
            assert operations == ["PutItem"]
        assert not index_keeper.is_published()

    def test_one_that_was_overtaken_writes_nothing(
        self, tables: None, film: Make, operations: list[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("movierec.dynamo.turns.BEAT_SECONDS", 0.01)
        store([film(1)])

        def overtake(step: str, fraction: float) -> None:
            if fraction == 0.8:
                LeaseRow("LEASE#rebuild_catalogue", "LEASE", holder="another", until=NOW.timestamp() + 60).save()
                (beat,) = [each for each in enumerate_threads() if each.name == "rebuild_catalogue-lease"]
                beat.join(30)

        with pytest.raises(TurnTaken, match="Another process took over"):
            rebuild(progress=overtake)
        assert selectors.listing("popular", "movie", page=1, limit=20) is None
        assert not index_keeper.is_published()

    def test_doing_it_again_leaves_the_same_rows(self, tables: None, film: Make) -> None:
        store([film(number, genres=(18,)) for number in range(1, 31)])
        statistics = {("movie", 7): Figures(8.0, 3, 2, 1)}
        rebuild(statistics=statistics)
        rows = sorted(CachedMedia.scan_rows(), key=str)
        rebuild(statistics=statistics)
        assert sorted(CachedMedia.scan_rows(), key=str) == rows

    def test_one_that_was_stopped_is_finished_by_the_next(self, tables: None, film: Make) -> None:
        store([film(number, renown=number % 5) for number in range(1, 31)])
        rebuild()
        whole = sorted(CachedMedia.scan_rows(), key=str)
        store([film(number, renown=number % 5, popularity=float(number)) for number in range(1, 31)])
        changed = sorted(CachedMedia.scan_rows(), key=str)

        def stop(step: str, fraction: float) -> None:
            if fraction > 0:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            rebuild(progress=stop)
        assert sorted(CachedMedia.scan_rows(), key=str) == changed
        store([film(number, renown=number % 5) for number in range(1, 31)])
        rebuild()
        assert sorted(CachedMedia.scan_rows(), key=str) == whole

    def test_it_says_what_it_does_and_never_goes_back(self, tables: None, film: Make) -> None:
        said: list[tuple[str, float]] = []
        rebuild(progress=lambda step, fraction: said.append((step, fraction)))
        assert [step for step, _ in said] == [
            "Reading the catalogue",
            "Making the lists",
            "Publishing the catalogue's index",
        ]
        assert [fraction for _, fraction in said] == sorted(fraction for _, fraction in said)

    def test_the_index_is_published(self, tables: None, film: Make) -> None:
        store([film(603), film(550)])
        rebuild()
        assert index_keeper.is_published()

    def test_lists_are_new_though_the_index_cannot_be_published(
        self, tables: None, film: Make, settings: Any, tmp_path: Any, caplog: pytest.LogCaptureFixture
    ) -> None:
        (tmp_path / "file").write_text("no folder")
        settings.CATALOGUE_STORE = str(tmp_path / "file" / "catalogue")
        caplog.set_level(logging.ERROR)
        store([film(603)])
        with pytest.raises(StoreUnreachable, match="cannot be read or written"):
            rebuild()
        assert keys("popular") == films(603)
