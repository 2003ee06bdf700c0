from __future__ import annotations

from datetime import UTC, datetime, timedelta

from apps.lists import services as lists
from apps.lists.selectors import Interaction
from apps.media import selectors as media
from apps.media.services import store_titles
from apps.media.titles import CatalogueTitle, Figures
from apps.ops.statistics import refresh_statistics, tally

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
FILM = ("movie", 603)


def days_ago(days: float) -> float:
    return (NOW - timedelta(days=days)).timestamp()


def test_ratings_make_the_mean_of_ten_and_the_count() -> None:
    rows: list[Interaction] = [
        ("a", FILM, "rating", 3.5, 0.0),
        ("b", FILM, "rating", 3.0, 0.0),
        ("c", FILM, "rating", 0.5, 0.0),
    ]
    assert tally(rows, NOW) == {FILM: Figures(vote_average=4.667, vote_count=3)}


def test_a_viewer_likes_a_title_once() -> None:
    rows: list[Interaction] = [
        ("a", FILM, "favourite", None, days_ago(90)),
        ("a", FILM, "rating", 4.0, days_ago(100)),
        ("b", FILM, "rating", 4.0, days_ago(90)),
        ("c", FILM, "rating", 3.5, days_ago(1)),
        ("d", FILM, "watchlist", None, days_ago(1)),
    ]
    assert tally(rows, NOW) == {FILM: Figures(vote_average=7.667, vote_count=3, likes=2, recent_likes=0)}


def test_a_like_is_recent_by_the_later_of_favourite_and_rating_for_30_days() -> None:
    rows: list[Interaction] = [
        ("a", FILM, "favourite", None, days_ago(29.9)),
        ("a", FILM, "rating", 5.0, days_ago(300)),
        ("b", FILM, "favourite", None, days_ago(30)),
        ("c", FILM, "favourite", None, days_ago(30.1)),
        ("d", FILM, "favourite", None, 0.0),
    ]
    assert tally(rows, NOW) == {FILM: Figures(10.0, 1, likes=4, recent_likes=2)}


def test_films_and_series_of_one_number_are_counted_apart() -> None:
    rows: list[Interaction] = [("a", FILM, "favourite", None, 0.0), ("a", ("tv", 603), "rating", 1.0, 0.0)]
    assert tally(rows, NOW) == {FILM: Figures(likes=1), ("tv", 603): Figures(2.0, 1)}


def test_a_watchlist_alone_says_nothing() -> None:
    assert tally([("a", FILM, "watchlist", None, 0.0)], NOW) == {}


def test_refreshing_counts_the_tables_and_builds_the_lists(tables: None) -> None:
    list(store_titles(CatalogueTitle("movie", number, f"Film {number}", "demo") for number in (1, 2, 3)))
    ratings = (("a", 1, 5.0, 200), ("b", 1, 4.0, 200), ("a", 2, 4.5, 3), ("b", 3, 1.0, 3))
    rows = (lists.RatingRow(user, ("movie", n), stars, NOW - timedelta(days=days)) for user, n, stars, days in ratings)
    list(lists.put_ratings(rows))
    refresh_statistics(NOW)
    figures = {t.media_id: (t.vote_average, t.vote_count, t.popularity) for t in media.all_titles()}
    assert figures == {1: (9.0, 2, 2), 2: (9.0, 1, 2), 3: (2.0, 1, 0)}
    orders = {}
    for list_type in ("popular", "trending", "top_rated"):
        found = media.listing(list_type, "movie", page=1, limit=10)
        assert found is not None
        orders[list_type] = [item["id"] for item in found.items]
    assert orders == {"popular": [1, 2, 3], "trending": [2, 1, 3], "top_rated": [1, 2, 3]}
