from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from apps.lists import personal
from apps.lists.models import Favourite, WatchlistEntry
from apps.lists.services import Display, FavouriteRow, RatingRow, add, put_favourites, put_ratings
from apps.stats.services import award
from movierec.dynamo import pages
from movierec.dynamo.data_table import DataRow

pytestmark = pytest.mark.usefixtures("tables")

MOMENT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
DISPLAY = Display("Heat", "/heat.jpg", "1995-12-15", 7.9, "Two men.")


def exported(user_id: str) -> dict[str, Any]:
    return {name: [row for page in found for row in page] for name, found in personal.export(user_id)}


def fill(user_id: str, count: int) -> None:
    titles = [("movie", number) for number in range(1, count + 1)]
    list(put_favourites(FavouriteRow(user_id, key, MOMENT) for key in titles))
    list(put_ratings(RatingRow(user_id, key, 3.5, MOMENT) for key in titles))
    for key in titles:
        add("watchlist", user_id, key, DISPLAY)


def test_rows_are_exported_as_they_are_stored() -> None:
    item = add("favourites", "ann", ("tv", 7), DISPLAY)
    list(Favourite.put_rows([{"userId": "ann", "movieId": "old", "rank": 1}]))
    list(put_ratings([RatingRow("ann", ("movie", 9), 4.5, MOMENT)]))
    assert exported("ann") == {
        "favourites": [
            {"movieId": "old", "rank": 1},
            {
                "movieId": "tv#7",
                "mediaType": "tv",
                "title": "Heat",
                "posterPath": "/heat.jpg",
                "releaseDate": "1995-12-15",
                "voteAverage": 7.9,
                "overview": "Two men.",
                "addedAt": item["addedAt"],
            },
        ],
        "watchlist": [],
        "ratings": [{"mediaType": "movie", "mediaId": 9, "rating": 4.5, "watchedAt": "2026-01-02T03:04:05.000Z"}],
    }


def test_a_page_is_read_when_it_is_asked_for(operations: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "PAGE_ROWS", 2)
    fill("ann", 5)
    operations.clear()
    sections: dict[str, Iterator[Any]] = dict(personal.export("ann"))
    assert operations == []
    assert len(next(sections["ratings"])) == 2
    assert operations == ["Query"]
    assert [len(page) for page in sections["ratings"]] == [2, 1]


def test_one_persons_rows_are_erased_and_anothers_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "PAGE_ROWS", 30)
    fill("ann", 70)
    fill("bob", 2)
    award("ann", 10)
    personal.erase("ann")
    personal.erase("ann")
    assert exported("ann") == {"favourites": [], "watchlist": [], "ratings": []}
    assert {name: len(rows) for name, rows in exported("bob").items()} == {
        "favourites": 2,
        "watchlist": 2,
        "ratings": 2,
    }
    assert {row["userId"] for table in (Favourite, WatchlistEntry) for row in table.scan_rows()} == {"bob"}
    # Other apps erase their own.
    assert [row["sk"] for row in DataRow.scan_rows() if row["pk"] == "USER#ann"] == ["STATS"]
