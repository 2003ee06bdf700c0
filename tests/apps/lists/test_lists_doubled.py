from __future__ import annotations

from typing import Any

import pytest

from apps.lists import selectors, services
from apps.lists.models import LISTS, Favourite, ListName

OLD = {"userId": "a", "movieId": "1396", "mediaType": "tv", "addedAt": "2023-05-01T00:00:00Z", "overview": "Old words."}
RIGHT = {"userId": "a", "movieId": "tv#1396", "mediaType": "tv", "addedAt": "2024-01-01T00:00:00.000Z", "title": "New"}


def store(*rows: dict[str, Any], name: ListName = "favourites") -> None:
    list(LISTS[name].put_rows(rows))


def stored(user: str = "a", name: ListName = "favourites") -> list[dict[str, Any]]:
    return LISTS[name].query_all(user, consistent=True)


def merge_all(user: str = "a") -> list[bool]:
    return [services.merge(pair) for pair in selectors.doubled(user)]


@pytest.mark.parametrize("name", sorted(LISTS))
def test_a_series_on_a_list_twice_becomes_one_row_with_the_facts_of_both(tables: None, name: ListName) -> None:
    store({**OLD, "title": "Old", "note": [1, "x"]}, RIGHT, name=name)
    (pair,) = selectors.doubled("a")
    assert (pair.list_name, pair.old["movieId"], pair.right["movieId"]) == (name, "1396", "tv#1396")
    assert services.merge(pair)
    assert stored(name=name) == [
        {**RIGHT, "addedAt": "2023-05-01T00:00:00Z", "overview": "Old words.", "note": [1, "x"]}
    ]
    assert selectors.doubled("a") == []


def test_a_film_a_lone_series_and_other_people_are_left_alone(tables: None) -> None:
    rows = [
        {"userId": "a", "movieId": "5", "mediaType": "movie", "addedAt": "2024"},
        {"userId": "a", "movieId": "6", "mediaType": "tv", "addedAt": "2024"},
        {"userId": "a", "movieId": "7", "addedAt": "2024"},
        {"userId": "a", "movieId": "tt7", "mediaType": "tv", "addedAt": "2024"},
        {"userId": "a", "movieId": "tv#5", "mediaType": "tv", "addedAt": "2024"},
        {"userId": "a", "movieId": "tv#7", "mediaType": "tv", "addedAt": "2024"},
    ]
    store(*rows, {**OLD, "userId": "b"}, {**RIGHT, "userId": "b"})
    assert merge_all("a") == []
    assert stored("a") == rows
    assert len(stored("b")) == 2


@pytest.mark.parametrize(
    ("old", "right", "merged"),
    [
        ("2023-05-01T02:00:00+02:00", "2023-05-01T01:00:00.000Z", "2023-05-01T02:00:00+02:00"),
        ("2025-01-01", "2024-01-01T00:00:00.000Z", "2024-01-01T00:00:00.000Z"),
        ("yesterday", "2024-01-01T00:00:00.000Z", "2024-01-01T00:00:00.000Z"),
        ("2024", None, "2024"),
        ("yesterday", None, "yesterday"),
        (None, "2024-01-01T00:00:00.000Z", "2024-01-01T00:00:00.000Z"),
        (None, None, None),
    ],
)
def test_the_earlier_time_stays(tables: None, old: str | None, right: str | None, merged: str | None) -> None:
    rows = [{**OLD, "addedAt": old}, {**RIGHT, "addedAt": right}]
    store(*({name: value for name, value in row.items() if value is not None} for row in rows))
    assert merge_all() == [True]
    (row,) = stored()
    assert row.get("addedAt") == merged


def test_what_is_empty_is_filled_and_what_is_told_stays(tables: None) -> None:
    store({**OLD, "title": "Old", "voteAverage": 7.25}, {**RIGHT, "overview": None, "voteAverage": 8})
    assert merge_all() == [True]
    (row,) = stored()
    assert (row["title"], row["overview"], row["voteAverage"]) == ("New", "Old words.", 8)


@pytest.mark.parametrize(
    "change",
    [
        {**OLD, "mediaType": "movie"},
        {**OLD, "overview": "Newer words."},
        {**RIGHT, "addedAt": "2026-01-01T00:00:00.000Z"},
        {**RIGHT, "overview": "Told meanwhile."},
    ],
    ids=["a film took the number", "the old row changed", "added anew", "the fact is told"],
)
def test_nothing_is_written_where_a_row_changed_meanwhile(tables: None, change: dict[str, Any]) -> None:
    store(OLD, RIGHT)
    (pair,) = selectors.doubled("a")
    store(change)
    before = stored()
    assert not services.merge(pair)
    assert stored() == before


@pytest.mark.parametrize("gone", [OLD, RIGHT], ids=["old", "right"])
def test_what_was_taken_off_the_list_meanwhile_does_not_come_back(tables: None, gone: dict[str, Any]) -> None:
    store(OLD, RIGHT)
    (pair,) = selectors.doubled("a")
    Favourite.delete_rows([gone])
    before = stored()
    assert not services.merge(pair)
    assert stored() == before


def test_a_merge_is_one_transaction_and_finding_pairs_a_query_a_list(tables: None, operations: list[str]) -> None:
    store(OLD, RIGHT)
    operations.clear()
    assert merge_all() == [True]
    assert operations == ["Query", "Query", "TransactWriteItems"]
