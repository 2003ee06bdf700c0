"""The titles of an answer as pictures."""

from __future__ import annotations

from movierec.api.cards import Card, cards_of


def test_a_recommendation_shows_its_reason() -> None:
    entry = {
        "title": "Alien",
        "releaseDate": "1979-05-25",
        "posterUrl": "http://testserver/media/movie/348/poster.svg",
        "recommendationReason": "Because you liked Blade Runner",
    }
    expected = Card("http://testserver/media/movie/348/poster.svg", "Alien (1979)", "Because you liked Blade Runner")
    assert cards_of({"items": [entry], "recommendations": [entry]}) == [expected]


def test_a_title_of_a_list_is_named_with_the_year_that_is_known() -> None:
    series = {"title": "The Wire", "first_air_date": "2002-06-02", "posterUrl": "/a"}
    undated = {"title": "Nobody Knows When", "release_date": None, "posterUrl": "/b"}
    assert cards_of({"results": [series, undated]}) == [
        Card("/a", "The Wire (2002)", ""),
        Card("/b", "Nobody Knows When", ""),
    ]


def test_other_answers_have_none() -> None:
    assert cards_of({}) == []
    assert cards_of({"items": [{"title": "Alien"}, "odd"], "results": [{"title": "x", "posterUrl": "/x"}]}) == []
    assert cards_of({"items": "odd"}) == []
