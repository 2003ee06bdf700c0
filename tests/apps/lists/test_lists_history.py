from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from apps.lists.models import Favourite, Rating, WatchlistEntry
from apps.lists.selectors import History, all_interactions, history
from apps.lists.services import Display, FavouriteRow, RatingRow, put_favourites, put_ratings
from movierec.dynamo.connection import shared_connection
from movierec.dynamo.data_table import DataRow

NOON = datetime(2024, 5, 31, 12, tzinfo=UTC)


def store(table: Any, *rows: dict[str, Any]) -> None:
    list(table.put_rows(rows))


@pytest.mark.usefixtures("tables")
def test_nobody_has_an_empty_history() -> None:
    assert history("nobody") == History([], [], [])


def test_a_history_is_three_queries(operations: list[str]) -> None:
    store(Favourite, {"userId": "a", "movieId": "603", "addedAt": "2024", "overview": "long"})
    store(Favourite, {"userId": "b", "movieId": "604", "addedAt": "2024"})
    store(WatchlistEntry, {"userId": "a", "movieId": "tv#1396", "addedAt": "2025"})
    store(
        Rating,
        {"pk": "USER#a", "sk": "TITLE#11", "rating": 4.5, "watchedAt": "2023"},
        {"pk": "USER#a", "sk": "TITLE#tv#12", "rating": 1},
        {"pk": "USER#b", "sk": "TITLE#13", "rating": 2},
        {"pk": "USER#a", "sk": "STATS", "rating": 3},
    )
    operations.clear()
    assert history("a") == History(
        favourites=[(("movie", 603), "2024")],
        watchlist=[(("tv", 1396), "2025")],
        ratings=[(("movie", 11), 4.5, "2023"), (("tv", 12), 1, "")],
    )
    assert operations == ["Query", "Query", "Query"]


@pytest.mark.usefixtures("tables")
def test_a_history_has_what_was_stored_a_moment_ago() -> None:
    requests: list[dict[str, Any]] = []

    def note(params: dict[str, Any], **_: Any) -> None:
        requests.append(json.loads(params["body"]))

    events = shared_connection().client.meta.events
    events.register("before-call.dynamodb.Query", note)
    history("a")
    events.unregister("before-call.dynamodb.Query", note)
    assert [(request.get("IndexName"), request["ConsistentRead"]) for request in requests] == [(None, True)] * 3


@pytest.mark.usefixtures("tables")
def test_odd_rows_are_passed_over() -> None:
    store(
        Favourite,
        {"userId": "a", "movieId": "tt0133093", "addedAt": "2024"},
        {"userId": "a", "movieId": "1396", "addedAt": "2024", "mediaType": "tv"},
    )
    store(WatchlistEntry, {"userId": "a", "movieId": "7", "mediaType": "person"})
    store(
        Rating,
        {"pk": "USER#a", "sk": "TITLE#11"},
        {"pk": "USER#a", "sk": "TITLE#12", "rating": "five"},
        {"pk": "USER#a", "sk": "TITLE#x", "rating": 5},
    )
    assert history("a") == History([(("tv", 1396), "2024")], [(("movie", 7), "")], [])


@pytest.mark.usefixtures("tables")
def test_a_long_history_is_read_to_its_end() -> None:
    store(
        Favourite,
        *({"userId": "a", "movieId": str(n), "addedAt": "2024", "overview": "x" * 5000} for n in range(1, 451)),
    )
    assert sorted(key[1] for key, _ in history("a").favourites) == list(range(1, 451))


@pytest.mark.usefixtures("tables")
def test_interactions_of_everybody() -> None:
    store(Favourite, {"userId": "a", "movieId": "603", "addedAt": "1970-01-01T00:01:00.000Z"})
    store(Favourite, {"userId": "a", "movieId": "junk", "addedAt": "1970-01-01T00:01:00.000Z"})
    store(WatchlistEntry, {"userId": "b", "movieId": "tv#5", "addedAt": "yesterday"})
    store(Rating, {"pk": "USER#c", "sk": "TITLE#11", "rating": 4.5, "watchedAt": "1970-01-01T02:00:00+01:00"})
    store(DataRow, {"pk": "RATE#user", "sk": "TITLE-1", "count": 1})
    assert list(all_interactions()) == [
        ("a", ("movie", 603), "favourite", None, 60.0),
        ("b", ("tv", 5), "watchlist", None, 0.0),
        ("c", ("movie", 11), "rating", 4.5, 3600.0),
    ]


@pytest.mark.usefixtures("tables")
def test_favourites_in_bulk() -> None:
    display = Display(title="The Matrix", vote_average=8.2)
    rows = [FavouriteRow("a", ("movie", 603), NOON, display), FavouriteRow("a", ("tv", 1396), NOON)]
    assert list(put_favourites(rows)) == [2]
    assert Favourite.get_row("a", "603") == {
        "userId": "a",
        "movieId": "603",
        "mediaType": "movie",
        "addedAt": "2024-05-31T12:00:00.000Z",
        "title": "The Matrix",
        "voteAverage": 8.2,
    }
    assert history("a").favourites[1] == (("tv", 1396), "2024-05-31T12:00:00.000Z")


@pytest.mark.usefixtures("tables")
def test_ratings_in_bulk() -> None:
    evening = datetime(2024, 5, 31, 22, tzinfo=timezone(timedelta(hours=2)))
    rows = [RatingRow("a", ("movie", number), 0.5 * (number % 10 + 1), evening) for number in range(1, 61)]
    assert list(put_ratings(rows)) == [25, 25, 10]
    assert Rating.get_row("USER#a", "TITLE#7") == {
        "pk": "USER#a",
        "sk": "TITLE#7",
        "mediaType": "movie",
        "mediaId": 7,
        "rating": 4.0,
        "watchedAt": "2024-05-31T20:00:00.000Z",
    }
    assert len(history("a").ratings) == 60


@pytest.mark.usefixtures("tables")
def test_of_a_title_twice_in_a_batch_the_last_counts() -> None:
    stars = [1.0, 5.0]
    rows = [RatingRow("a", ("movie", 1), rating, NOON) for rating in stars]
    assert list(put_ratings(rows)) == [1]
    assert history("a").ratings == [(("movie", 1), 5.0, "2024-05-31T12:00:00.000Z")]
