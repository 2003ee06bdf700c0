"""The titles of an answer as pictures."""

from __future__ import annotations

from typing import Any

import pytest

from movierec.api.cards import Card, Shelf, shelves_of


def recommended(media_id: int, **more: Any) -> dict[str, Any]:
    """An item of an answer that recommends, as far as a card needs it."""
    named = {"mediaType": "movie", "mediaId": str(media_id), "title": f"Film {media_id}", "posterUrl": f"/{media_id}"}
    return {**named, "recommendationReason": "Popular with viewers lately", **more}


def card(media_id: int) -> Card:
    """The card of a `recommended` item."""
    named = {"media_type": "movie", "media_id": str(media_id), "page": f"/media/movie/{media_id}"}
    return Card(f"/{media_id}", f"Film {media_id}", "Popular with viewers lately", **named)


def cards_of(answer: dict[str, Any]) -> list[Card]:
    """The cards of an answer that is a single list."""
    (shelf,) = shelves_of(answer)
    assert (shelf.heading, shelf.reason) == ("", "")
    return shelf.cards


def test_a_recommendation_shows_its_reason_and_names_its_title() -> None:
    entry = {
        "mediaType": "movie",
        "mediaId": "348",
        "title": "Alien",
        "releaseDate": "1979-05-25",
        "posterUrl": "http://testserver/media/movie/348/poster.svg",
        "recommendationReason": "Because you liked Blade Runner",
    }
    address = "http://testserver/media/movie/348/poster.svg"
    expected = Card(address, "Alien (1979)", "Because you liked Blade Runner", "movie", "348", "/media/movie/348")
    assert cards_of({"items": [entry], "recommendations": [entry]}) == [expected]


def test_a_title_of_a_list_is_named_with_the_year_that_is_known() -> None:
    series = {"title": "The Wire", "first_air_date": "2002-06-02", "posterUrl": "/a", "mediaId": "1438"}
    undated = {"title": "Nobody Knows When", "release_date": None, "posterUrl": "/b"}
    assert cards_of({"results": [series, undated]}) == [
        Card("/a", "The Wire (2002)"),
        Card("/b", "Nobody Knows When"),
    ]


def test_a_title_of_a_list_leads_to_its_page_and_says_the_part_somebody_had_in_it() -> None:
    film = {"id": 348, "media_type": "movie", "title": "Alien", "posterUrl": "/a"}
    series = {**film, "id": 1, "media_type": "tv", "role": "Ripley"}
    assert cards_of({"results": [film]}) == [Card("/a", "Alien", page="/media/movie/348")]
    assert cards_of({"results": [film, series]}) == [
        Card("/a", "Alien", page="/media/movie/348", kind="Film"),
        Card("/a", "Alien", "Ripley", page="/media/tv/1", kind="Series"),
    ]


def test_what_was_searched_for_says_its_kind_and_people_what_they_are_known_for() -> None:
    neo = {"id": 6384, "media_type": "person", "name": "Keanu Reeves", "profile": {"url": "/k", "width": 1}}
    nobody = {"id": 7, "media_type": "person", "name": "N", "profile": None, "known_for": [{"title": "A"}, "B"]}
    assert cards_of({"query": "n", "results": [neo, nobody]}) == [
        Card("/k", "Keanu Reeves", page="/media/person/6384", kind="Person"),
        Card("", "N", "Known for A, B", page="/media/person/7", kind="Person"),
    ]


@pytest.mark.parametrize("change", [{"media_type": "//evil.example"}, {"inCatalogue": False}, {"id": None}])
def test_what_has_no_page_leads_nowhere(change: dict[str, Any]) -> None:
    entry = {"id": 348, "media_type": "movie", "title": "Alien", "posterUrl": "/a", **change}
    assert cards_of({"results": [entry]}) == [Card("/a", "Alien")]


def test_rows_have_headings() -> None:
    rows = [
        {"id": "picked", "title": "Picked for you", "reason": "By your taste", "items": [recommended(1)]},
        {"id": "gems", "title": "Hidden gems", "reason": None, "items": [recommended(2), recommended(3)]},
        {"id": "none", "title": "Nothing", "reason": "", "items": []},
        "odd",
    ]
    assert shelves_of({"rows": rows}) == [
        Shelf("Picked for you", "By your taste", [card(1)]),
        Shelf("Hidden gems", "", [card(2), card(3)]),
    ]


def test_other_answers_have_none() -> None:
    assert shelves_of({}) == []
    answer = {"items": [{"title": "Alien"}, "odd"], "results": [{"title": "x", "posterUrl": "/x"}]}
    assert shelves_of(answer) == []
    assert shelves_of({"items": "odd"}) == []
    assert shelves_of({"rows": "odd"}) == []
