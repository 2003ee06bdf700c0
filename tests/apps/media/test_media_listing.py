from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from apps.media import selectors, services
from apps.media.listings import chunks
from apps.media.models import CachedMedia
from apps.media.titles import CatalogueTitle, Figures
from movierec.dynamo.connection import shared_connection

Make = Callable[..., CatalogueTitle]
NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
STAMP = "2026-05-01T12:00:00.000Z"


def store(titles: list[CatalogueTitle]) -> int:
    return sum(services.store_titles(titles))


def ids(listing: selectors.Listing | None) -> list[int]:
    assert listing is not None
    return [item["id"] for item in listing.items]


@pytest.fixture
def long_list(tables: None, film: Make) -> None:
    """The popular list of 130 films in the order of their numbers."""
    services.replace_listing("popular", "movie", [film(number) for number in range(1, 131)], STAMP)


def test_stored_titles_come_back(tables: None, film: Make) -> None:
    titles = [film(1, genres=(28,)), film(1, media_type="tv", renown=3), film(2, makers=("A", "B"))]
    assert store(titles) == 3
    assert sorted(selectors.all_titles(), key=lambda t: t.key) == [titles[0], titles[2], titles[1]]
    row = selectors.title_row("tv", 1)
    assert row is not None
    assert (row["title"], row["renown"]) == ("Film 1", 3)
    assert selectors.title_row("tv", 2) is None


def test_storing_a_title_again_replaces_its_row(tables: None, film: Make) -> None:
    store([film(1, original_title="Un", renown=3)])
    store([film(1, renown=4)])
    assert list(selectors.all_titles()) == [film(1, renown=4)]


def test_the_genre_index_holds_titles_and_no_lists(tables: None, film: Make) -> None:
    store([film(900, genres=(99, 18))])
    services.rebuild_listings({}, now=NOW)
    assert [row["mediaId"] for row in CachedMedia.query_page("99", index="genre-index").rows] == ["900"]
    assert CachedMedia.get_row("list:popular:movie:1", "list") is not None
    assert all("genre" not in row for row in CachedMedia.scan_rows() if row["mediaType"] == "list")


def test_pages_follow_one_another_without_gap_or_overlap(long_list: None) -> None:
    pages = [selectors.listing("popular", "movie", page=page, limit=70) for page in range(1, 4)]
    assert [number for page in pages for number in ids(page)] == list(range(1, 131))
    assert [page.total for page in pages if page] == [130] * 3


def test_the_last_page_is_short_and_the_next_is_empty(long_list: None) -> None:
    assert ids(selectors.listing("popular", "movie", page=7, limit=20)) == list(range(121, 131))
    assert selectors.listing("popular", "movie", page=8, limit=20) == selectors.Listing([], 130)
    assert selectors.listing("popular", "movie", page=500, limit=100) == selectors.Listing([], 130)


def test_excluded_titles_are_left_out_before_pages_are_counted(long_list: None) -> None:
    found = selectors.listing("popular", "movie", page=2, limit=50, exclude={1, 75, 130, 4711})
    assert ids(found) == [*range(52, 75), *range(76, 103)]
    assert found is not None
    assert found.total == 127


def test_every_read_is_one_request(long_list: None, operations: list[str]) -> None:
    operations.clear()
    selectors.listing("popular", "movie", page=2, limit=70)
    assert operations == ["BatchGetItem"]
    selectors.listing("popular", "movie", page=1, limit=20, exclude={3})
    assert operations == ["BatchGetItem"] * 2
    selectors.title_row("movie", 3)
    assert operations == ["BatchGetItem", "BatchGetItem", "GetItem"]


def test_a_list_that_was_never_built_is_none(tables: None) -> None:
    assert selectors.listing("popular", "movie", page=1, limit=20) is None
    assert selectors.listing("popular", "movie", page=1, limit=20, exclude={1}) is None


def test_a_list_of_nothing_is_built_and_empty(tables: None, film: Make) -> None:
    store([film(1)])
    services.rebuild_listings({}, now=NOW)
    assert selectors.listing("trending", "tv", page=1, limit=20) == selectors.Listing([], 0)


def test_a_list_ends_after_500_titles(tables: None, film: Make) -> None:
    store([film(number) for number in range(1, 511)])
    services.rebuild_listings({}, now=NOW)
    found = selectors.listing("top_rated", "movie", page=5, limit=100)
    assert ids(found) == list(range(401, 501))
    assert found is not None
    assert found.total == 500
    assert selectors.listing("top_rated", "movie", page=6, limit=100) == selectors.Listing([], 500)


def test_a_list_that_shrinks_loses_its_old_chunks(long_list: None, film: Make) -> None:
    services.replace_listing("popular", "movie", [film(number) for number in (3, 2)], STAMP)
    assert ids(selectors.listing("popular", "movie", page=1, limit=100)) == [3, 2]
    assert [row["mediaId"] for row in CachedMedia.scan_rows()] == ["list:popular:movie:1"]


def test_titles_get_their_figures_and_lose_them(tables: None, film: Make) -> None:
    store([film(1), film(2, source="movielens", vote_average=5.0, vote_count=9, popularity=4.0)])
    services.rebuild_listings({("movie", 1): Figures(8.4, 12, 7, 3)}, now=NOW)
    first, second = sorted(selectors.all_titles(), key=lambda t: t.key)
    assert (first.vote_average, first.vote_count, first.popularity) == (8.4, 12, 10)
    assert (second.vote_average, second.vote_count, second.popularity) == (0, 0, 0)
    found = selectors.listing("popular", "movie", page=1, limit=1)
    assert found is not None
    assert found.items[0]["vote_average"] == 8.4


def test_figures_of_another_source_and_unknown_attributes_stay(tables: None, film: Make) -> None:
    store([film(1, source="tmdb", vote_average=7.7, vote_count=900, popularity=55.5), film(2)])
    row = selectors.title_row("movie", 2)
    assert row is not None
    list(CachedMedia.put_rows([{**row, "trailers": [{"site": "x"}]}]))
    services.rebuild_listings({("movie", n): Figures(5.0, 1, 1, 1) for n in (1, 2)}, now=NOW)
    other, ours = selectors.title_row("movie", 1), selectors.title_row("movie", 2)
    assert other is not None
    assert ours is not None
    assert (other["voteAverage"], other["voteCount"], other["popularity"]) == (7.7, 900, 55.5)
    assert (ours["voteAverage"], ours["trailers"]) == (5.0, [{"site": "x"}])


def test_only_changed_titles_are_written(tables: None, film: Make, operations: list[str]) -> None:
    store([film(number) for number in range(1, 31)])
    statistics = {("movie", 7): Figures(8.0, 3, 2, 1)}
    services.rebuild_listings(statistics, now=NOW)
    operations.clear()
    services.rebuild_listings(statistics, now=NOW)
    assert "BatchWriteItem" not in operations
    assert operations.count("TransactWriteItems") == 6


def test_a_reader_in_the_middle_of_a_rebuild_reads_again(long_list: None, film: Make) -> None:
    """Chunks of two builds are seen once; the writer is done before the second look."""
    old = CachedMedia.get_row("list:popular:movie:2", "list")
    assert old is not None
    list(CachedMedia.put_rows([{**old, "refreshedAt": "2020-01-01T00:00:00.000Z", "items": old["items"][::-1]}]))
    reads: list[None] = []

    def finish_writing(**_: Any) -> None:
        reads.append(None)
        list(CachedMedia.put_rows([old]))

    events = shared_connection().client.meta.events
    events.register("after-call.dynamodb.BatchGetItem", finish_writing)
    found = selectors.listing("popular", "movie", page=1, limit=100, exclude={1})
    events.unregister("after-call.dynamodb.BatchGetItem", finish_writing)
    assert ids(found) == list(range(2, 102))
    assert len(reads) == 2


def test_a_chunk_of_the_longest_texts_fits_a_row(film: Make, tables: None) -> None:
    titles = [film(n, title="題" * 200, original_title="題" * 200, overview="題" * 700) for n in range(1, 101)]
    (row,) = chunks("popular", "movie", titles, "now")
    assert len(str(row).encode()) < 400_000
    assert sum(CachedMedia.put_rows([row])) == 1
