"""Pages of lists and searches: what is understood of them, in their order, and what is left out."""

from __future__ import annotations

from typing import Any

import pytest

from apps.media.errors import SourceUnavailable
from apps.media.people import Person
from apps.media.providers.interface import Listed
from apps.media.providers.tmdb.parsing import listed
from apps.media.providers.tmdb.parsing.lists import Kind
from apps.media.titles import CatalogueTitle
from tests.stand_ins.tmdb_bodies import (
    ABSENT,
    error_body,
    list_body,
    movie_entry,
    person_entry,
    search_body,
    tv_entry,
)

NOW = "2026-05-01T12:00:00.000Z"


def keys(found: Listed) -> list[tuple[str, int]]:
    return [title.key for title in found.titles]


def test_a_page_of_films() -> None:
    found = listed(list_body([movie_entry(1), movie_entry(2)], page=3, total_pages=40), media_type="movie")
    assert keys(found) == [("movie", 1), ("movie", 2)]
    assert (found.page, found.total_pages, found.total_results, found.skipped, found.people) == (3, 40, 2, 0, ())


def test_the_facts_of_a_list() -> None:
    (series,) = listed(list_body([tv_entry(7)]), media_type="tv", refreshed_at=NOW).titles
    assert series == CatalogueTitle(
        "tv",
        7,
        "Series 7",
        "tmdb",
        original_title="Series 7",
        release_date="2008-01-20",
        genres=(18, 10765),
        language="en",
        countries=("US",),
        acclaim=("criticallyAcclaimed",),
        renown=5,
        overview="Two keepers of a lighthouse find a map that nobody drew.",
        poster_path="/poster7.jpg",
        backdrop_path="/backdrop7.jpg",
        vote_average=8.9,
        vote_count=14_000,
        popularity=250.25,
        refreshed_at=NOW,
    )


def test_a_mixed_search() -> None:
    found = listed(search_body([movie_entry(1), person_entry(2), tv_entry(1)]), refreshed_at=NOW)
    assert keys(found) == [("movie", 1), ("tv", 1)]
    (someone,) = found.people
    assert (someone.person_id, someone.name, someone.department) == (2, "Person 2", "Acting")
    assert [credit.title.key for credit in someone.cast] == [("movie", 603), ("tv", 1396)]
    assert someone.refreshed_at == NOW


@pytest.mark.parametrize("media_type", ["movie", "tv", "person", None])
def test_what_an_entry_says_of_itself_counts(media_type: Kind | None) -> None:
    found = listed(search_body([movie_entry(1), person_entry(2), tv_entry(3)]), media_type=media_type)
    assert keys(found) == [("movie", 1), ("tv", 3)]
    assert [person.person_id for person in found.people] == [2]


def test_kinds_are_known_by_their_fields_where_nobody_tells_them() -> None:
    found = listed(list_body([movie_entry(1), person_entry(2), tv_entry(3), {"id": 4, "name": "A Company"}]))
    assert keys(found) == [("movie", 1), ("tv", 3)]
    assert [person.person_id for person in found.people] == [2]
    assert found.skipped == 1


@pytest.mark.parametrize(
    "bad",
    [
        None, 7, "text", [], {}, {"id": 9}, {"title": "No Number"}, movie_entry(0), movie_entry(9, title=None,
        original_title=None), movie_entry(9, id="nine"), movie_entry(9, media_type="collection"),
        movie_entry(9, media_type="tv"), movie_entry(9, adult=True), movie_entry(9, softcore=True),
        movie_entry(2), person_entry(9, media_type="person", name=""),
    ],
)  # fmt: skip
def test_one_bad_entry_does_not_lose_the_page(bad: Any) -> None:
    found = listed(list_body([movie_entry(1), bad, movie_entry(2)]), media_type="movie")
    assert keys(found) == [("movie", 1), ("movie", 2)]
    assert (found.skipped, found.people) == (1, ())


def test_a_person_known_for_nothing_that_is_shown() -> None:
    known_for = [movie_entry(1, media_type="movie", adult=True), {"media_type": "tv"}, None, movie_entry(2)]
    (found,) = listed(list_body([person_entry(5, known_for=known_for)])).people
    assert found == Person(5, "Person 5", department="Acting", profile_path="/profile5.jpg", popularity=24.5)


@pytest.mark.parametrize("media_type", [7, None, ["movie"], True])
def test_an_absurd_type_counts_as_none(media_type: Any) -> None:
    assert keys(listed(list_body([movie_entry(1, media_type=media_type)]))) == [("movie", 1)]


@pytest.mark.parametrize("value", [ABSENT, None, "x", -1, 0, 1.5, True, []])
def test_absurd_counts_of_pages(value: Any) -> None:
    found = listed(list_body([], page=value, total_pages=value, total_results=value))
    assert (found.page, found.total_pages, found.total_results) == (1, 1, 0)


def test_counts_as_texts() -> None:
    found = listed(list_body([], page="2", total_pages="5", total_results="90"))
    assert (found.page, found.total_pages, found.total_results) == (2, 5, 90)


@pytest.mark.parametrize(
    "body", [None, [], [movie_entry()], "text", 7, {}, {"results": None}, {"results": 7}, {"results": {}}, error_body()]
)
def test_what_is_no_page(body: Any) -> None:
    with pytest.raises(SourceUnavailable, match=r"^TMDB answered a list without its page of results\.$"):
        listed(body)
