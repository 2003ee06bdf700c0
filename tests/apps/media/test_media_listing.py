from __future__ import annotations

import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from random import Random
from threading import Thread
from typing import Any

import pytest
import time_machine

from apps.media import selectors, services
from apps.media.details import Translation
from apps.media.keeping import KEPT_SECONDS, kept_until
from apps.media.listings import ListName, listing_row
from apps.media.models import CachedMedia
from apps.media.packing import packed
from apps.media.titles import CatalogueTitle, FullTitle, item_of
from movierec.dynamo.connection import shared_connection
from tests.stand_ins.titles import keep_titles

Make = Callable[..., CatalogueTitle]
NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
STAMP = "2026-05-01T12:00:00.000Z"
POPULAR = ListName("popular", "movie")


def store(titles: list[CatalogueTitle]) -> int:
    return sum(services.store_titles(titles))


def row_of(name: ListName, titles: list[CatalogueTitle]) -> dict[str, Any]:
    return listing_row(name, [(item_of(title), kept_until(title.refreshed_at)) for title in titles], built_at=STAMP)


def keep_list(name: ListName, titles: list[CatalogueTitle]) -> None:
    assert list(CachedMedia.put_rows([row_of(name, titles)])) == [1]


def ids(listing: selectors.Listing | None) -> list[int]:
    assert listing is not None
    return [item["id"] for item in listing.items]


def page(number: int, limit: int, **choices: Any) -> selectors.Listing:
    found = selectors.listing("popular", "movie", page=number, limit=limit, **choices)
    assert found is not None
    return found


@pytest.fixture
def long_list(tables: None, film: Make) -> None:
    """The popular list of 130 films in the order of their numbers; every third has a second genre."""
    titles = [film(n, genres=(18, 35) if n % 3 == 0 else (18,)) for n in range(1, 131)]
    keep_list(POPULAR, titles)


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


def test_pages_follow_one_another_without_gap_or_overlap(long_list: None) -> None:
    pages = [page(number, 70) for number in range(1, 4)]
    assert [number for found in pages for number in ids(found)] == list(range(1, 131))
    assert [found.total for found in pages] == [130] * 3


def test_the_last_page_is_short_and_the_next_is_empty(long_list: None) -> None:
    assert ids(page(7, 20)) == list(range(121, 131))
    assert page(8, 20) == selectors.Listing([], 130, STAMP, outside=False)
    assert page(500, 100) == selectors.Listing([], 130, STAMP, outside=False)


def test_excluded_titles_are_left_out_before_pages_are_counted(long_list: None) -> None:
    found = page(2, 50, exclude={1, 75, ("movie", 130), ("tv", 2), 4711})
    assert ids(found) == [*range(52, 75), *range(76, 103)]
    assert found.total == 127


def test_a_genre_without_a_list_of_its_own_is_filtered(tables: None, film: Make) -> None:
    titles = [film(n, genres=(18, 35) if n % 3 == 0 else (18,)) for n in range(1, 131)]
    keep_list(ListName("trending", "movie"), titles)
    found = selectors.listing("trending", "movie", page=2, limit=40, genre=35, exclude={3})
    assert ids(found) == [126, 129]
    assert found is not None
    assert found.total == 42
    assert ids(selectors.listing("trending", "movie", page=1, limit=40, genre=99)) == []


def test_a_genre_with_a_list_of_its_own_is_read_from_it(long_list: None, film: Make) -> None:
    keep_list(POPULAR._replace(genre=35), [film(900, genres=(35,))])
    assert ids(page(1, 20, genre=35)) == [900]
    assert selectors.listing("popular", "movie", page=1, limit=20, genre=18) is None


def test_every_read_is_one_request(long_list: None, operations: list[str]) -> None:
    operations.clear()
    page(2, 70)
    assert operations == ["BatchGetItem"]
    page(1, 20, exclude={3})
    assert operations == ["BatchGetItem"] * 2
    selectors.title_row("movie", 3)
    assert operations == ["BatchGetItem", "BatchGetItem", "GetItem"]


def test_only_the_hundreds_of_the_page_are_fetched(long_list: None) -> None:
    fetched: list[set[str]] = []

    def note(params: Any, **_: Any) -> None:
        (request,) = params["RequestItems"].values()
        fetched.append({name for name in request["ExpressionAttributeNames"].values() if name.startswith("items")})

    events = shared_connection().client.meta.events
    events.register("provide-client-params.dynamodb.BatchGetItem", note)
    assert ids(page(2, 100)) == list(range(101, 131))
    assert ids(page(3, 40)) == list(range(81, 121))
    page(9, 100)
    page(1, 20, exclude={1})
    events.unregister("provide-client-params.dynamodb.BatchGetItem", note)
    assert fetched == [{"items2"}, {"items1", "items2"}, set(), {f"items{n}" for n in range(1, 6)}]


def _keys(name: ListName) -> dict[str, str]:
    return {"hash_key": name.key["mediaId"], "range_key": name.key["mediaType"]}


class TestRowsThatCannotBeRead:
    """Such a list counts as not built: a page of it must not look like the end of the list."""

    def damage(self, **attributes: Any) -> None:
        row = CachedMedia.get_row(**_keys(POPULAR))
        assert row is not None
        changed = {**row, **attributes}
        list(CachedMedia.put_rows([{name: value for name, value in changed.items() if value is not None}]))

    @pytest.mark.parametrize(
        "attributes",
        [
            {"form": None},
            {"form": 99},
            {"total": None},
            {"total": "130"},
            {"total": 131},
            {"refreshedAt": None},
            {"outside": None},
            {"firstExpiry": "soon"},
            {"items2": None},
            {"items2": "text"},
            {"items2": b"not read"},
            {"items2": zlib.compress(b"[]")},
            {"items2": packed({})},
            {"items2": packed([1] * 30)},
            {"items2": packed([[{"id": 1}, None]] * 30)},
            {"items2": packed([[item_of(CatalogueTitle("movie", 1, "A", "demo")), "never"]] * 30)},
        ],
        ids=str,
    )
    def test_no_page_of_them_is_answered(
        self, long_list: None, caplog: pytest.LogCaptureFixture, attributes: dict[str, Any]
    ) -> None:
        self.damage(**attributes)
        assert selectors.listing("popular", "movie", page=2, limit=100) is None
        assert selectors.listing("popular", "movie", page=2, limit=20, exclude={1}) is None
        assert "The row list:popular:movie cannot be read: " in caplog.text
        assert "Rebuild the catalogue." in caplog.text

    def test_a_page_of_other_hundreds_is(self, long_list: None) -> None:
        self.damage(items2=b"not read")
        assert ids(page(1, 100)) == list(range(1, 101))

    @pytest.mark.parametrize("stored", [b"not read", zlib.compress(b"{}"), packed([]), packed({"es": 1})], ids=str)
    def test_texts_that_cannot_be_read_fall_back(self, tables: None, film: Make, stored: bytes) -> None:
        store([film(1)])
        row = selectors.title_row("movie", 1)
        assert row is not None
        list(CachedMedia.put_rows([{**row, "translations": stored}]))
        item = {"id": 1, "media_type": "movie", "title": "Film 1"}
        assert selectors.localised([item], "es") == [item]


def test_a_list_that_was_never_built_is_none(tables: None) -> None:
    assert selectors.listing("popular", "movie", page=1, limit=20) is None
    assert selectors.listing("popular", "movie", page=1, limit=20, exclude={1}) is None


def test_a_list_that_shrinks_loses_its_old_titles(long_list: None, film: Make) -> None:
    keep_list(POPULAR, [film(number) for number in (3, 2)])
    assert ids(page(1, 100)) == [3, 2]
    assert ids(page(2, 100)) == []
    (row,) = CachedMedia.scan_rows()
    assert [name for name in row if name.startswith("items")] == ["items1"]


def test_a_reader_meets_the_old_list_or_the_new_one(tables: None, film: Make) -> None:
    """Two writers replace a list of 200 by one of 150, over and over, while it is read in pages of 200."""
    old, new = range(1, 201), range(1_000, 850, -1)

    def write(numbers: range) -> None:
        for _ in range(15):
            keep_list(POPULAR, [film(number) for number in numbers])

    write(old)
    writers = [Thread(target=write, args=[numbers]) for numbers in (new, old)]
    for writer in writers:
        writer.start()
    seen = []
    while any(writer.is_alive() for writer in writers):
        found = page(1, 500, exclude={0})
        seen.append((ids(found), found.total))
    for writer in writers:
        writer.join()
    assert all(each in ((list(old), 200), (list(new), 150)) for each in seen)


def test_a_list_of_the_longest_texts_ends_where_its_row_is_full(film: Make, tables: None) -> None:
    noise = Random(7)  # noqa: S311  (texts, not secrets)

    def long(length: int) -> str:
        return "".join(chr(noise.randrange(0x4E00, 0x9FA5)) for _ in range(length))

    titles = [film(n, title=long(200), overview=long(700)) for n in range(1, 501)]
    row = row_of(POPULAR, titles)
    assert len(str(row["items1"])) > 100_000
    assert 0 < row["total"] < 500
    assert sum(len(value) for value in row.values() if isinstance(value, bytes)) < 390_000
    assert sum(CachedMedia.put_rows([row])) == 1
    assert len(ids(page(1, 500, exclude={0}))) == row["total"]


class TestWhatIsKeptForSixMonths:
    """Titles that a source outside told of on the first of May."""

    END = NOW.timestamp() + KEPT_SECONDS

    @pytest.fixture
    def titles(self, tables: None, film: Make) -> list[CatalogueTitle]:
        outside = film(1, source="tmdb", refreshed_at=STAMP)
        titles = [outside, film(2), film(3, source="tmdb", refreshed_at="2026-06-01T12:00:00.000Z")]
        keep_titles(FullTitle(title) for title in titles)
        keep_list(POPULAR, titles)
        return titles

    def test_they_are_there_to_the_last_second(self, titles: list[CatalogueTitle]) -> None:
        with time_machine.travel(self.END - 1, tick=False):
            assert sorted(title.media_id for title in selectors.all_titles()) == [1, 2, 3]
            assert selectors.title_row("movie", 1) is not None
            assert ids(page(1, 20)) == [1, 2, 3]

    def test_they_are_passed_over_from_then_on(self, titles: list[CatalogueTitle]) -> None:
        with time_machine.travel(self.END, tick=False):
            assert sorted(title.media_id for title in selectors.all_titles()) == [2, 3]
            assert selectors.title_row("movie", 1) is None
            assert ids(page(1, 20)) == [2, 3]
            assert ids(page(1, 20, exclude={2})) == [3]

    def test_pages_and_totals_are_those_of_the_rest(self, titles: list[CatalogueTitle], operations: list[str]) -> None:
        with time_machine.travel(self.END - 1, tick=False):
            operations.clear()
            assert [(ids(page(number, 1)), page(number, 1).total) for number in (1, 3)] == [([1], 3), ([3], 3)]
            assert operations == ["BatchGetItem"] * 4
        with time_machine.travel(self.END, tick=False):
            operations.clear()
            found = [page(number, 1) for number in (1, 2, 3)]
        assert operations == ["BatchGetItem"] * 6
        assert [(ids(each), each.total) for each in found] == [([2], 2), ([3], 2), ([], 2)]

    def test_a_list_goes_with_the_last_of_its_titles(self, titles: list[CatalogueTitle]) -> None:
        row = CachedMedia.get_row(**_keys(POPULAR))
        assert row is not None
        assert "expiresAt" not in row
        keep_list(POPULAR, [titles[0], titles[2]])
        row = CachedMedia.get_row(**_keys(POPULAR))
        assert row is not None
        assert row["expiresAt"] == datetime(2026, 6, 1, 12, tzinfo=UTC).timestamp() + KEPT_SECONDS
        with time_machine.travel(row["expiresAt"], tick=False):
            assert selectors.listing("popular", "movie", page=1, limit=20) is None


class TestOrders:
    def test_they_come_back_as_they_were_stored(self, tables: None, operations: list[str]) -> None:
        services.store_order("trending", "all", [("movie", 603), ("tv", 603)], STAMP)
        services.store_order("popular", "tv", [], STAMP)
        operations.clear()
        with time_machine.travel(NOW, tick=False):
            found = selectors.orders()
        assert operations == ["BatchGetItem"]
        assert {name: (list(order.keys), order.fetched_at) for name, order in found.items()} == {
            ("trending", "all"): ([("movie", 603), ("tv", 603)], STAMP),
            ("popular", "tv"): ([], STAMP),
        }

    def test_they_go_after_six_months_as_titles_do(self, tables: None) -> None:
        services.store_order("trending", "movie", [("movie", 603)], STAMP)
        with time_machine.travel(NOW.timestamp() + KEPT_SECONDS, tick=False):
            assert selectors.orders() == {}


class TestLanguages:
    @pytest.fixture
    def items(self, tables: None, film: Make) -> list[dict[str, Any]]:
        """A film in two more languages, a series in one of them without its overview, a film in none."""
        titles = [
            FullTitle(film(1), translations={"es": Translation("Uno", "Una."), "fr": Translation("Un", "Une.")}),
            FullTitle(film(1, media_type="tv"), translations={"es": Translation("Serie", "")}),
            FullTitle(film(2)),
        ]
        keep_titles(titles)
        return [
            {"id": 1, "media_type": "movie", "title": "Film 1", "overview": "A film."},
            {"id": 1, "media_type": "tv", "title": "Film 1", "name": "Film 1", "overview": "A film."},
            {"id": 2, "media_type": "movie", "title": "Film 2", "overview": "A film."},
            {"id": 2, "media_type": "person", "name": "Somebody"},
            {"id": 1, "media_type": "movie", "title": "Film 1", "role": "Neo"},
        ]

    def test_texts_are_replaced_as_far_as_they_are_translated(
        self, items: list[dict[str, Any]], operations: list[str]
    ) -> None:
        operations.clear()
        assert selectors.localised(items, "es") == [
            {"id": 1, "media_type": "movie", "title": "Uno", "overview": "Una."},
            {"id": 1, "media_type": "tv", "title": "Serie", "name": "Serie", "overview": "A film."},
            items[2],
            items[3],
            {"id": 1, "media_type": "movie", "title": "Uno", "role": "Neo"},
        ]
        assert operations == ["BatchGetItem"]
        assert items[0]["title"] == "Film 1"

    def test_the_texts_that_are_there_already_need_no_read(
        self, items: list[dict[str, Any]], operations: list[str]
    ) -> None:
        operations.clear()
        assert selectors.localised(items, "en") == items
        assert selectors.localised([items[3]], "es") == [items[3]]
        assert selectors.localised([], "es") == []
        assert operations == []

    def test_more_than_a_hundred_titles_are_read_in_parts(
        self, tables: None, film: Make, operations: list[str]
    ) -> None:
        keep_titles(FullTitle(film(n), None, {"es": Translation(f"Es {n}")}) for n in range(1, 131))
        items = [{"id": n, "media_type": "movie", "title": "x"} for n in range(1, 131)]
        operations.clear()
        assert [item["title"] for item in selectors.localised(items, "es")] == [f"Es {n}" for n in range(1, 131)]
        assert operations == ["BatchGetItem"] * 2

    def test_a_title_whose_time_is_over_is_not_read(self, tables: None, film: Make) -> None:
        title = FullTitle(film(1, source="tmdb", refreshed_at=STAMP), translations={"es": Translation("Uno")})
        keep_titles([title])
        item = {"id": 1, "media_type": "movie", "title": "Film 1"}
        with time_machine.travel(NOW, tick=False):
            assert selectors.localised([item], "es")[0]["title"] == "Uno"
        with time_machine.travel(NOW.timestamp() + KEPT_SECONDS, tick=False):
            assert selectors.localised([item], "es")[0]["title"] == "Film 1"
