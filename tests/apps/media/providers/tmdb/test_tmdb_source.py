from __future__ import annotations

import logging
from typing import Any

import pytest

from apps.media.errors import NotAtSource, SourceUnavailable
from apps.media.providers.tmdb.configured import configured_source
from apps.media.providers.tmdb.source import Tmdb
from tests.stand_ins.tmdb_bodies import list_body, movie_body, movie_entry, person_body, tv_body
from tests.stand_ins.tmdb_server import KEY, TmdbServer, status, tmdb_server, wrong_types


@pytest.fixture
def source(asks: Any) -> Tmdb:
    return Tmdb(asks, ("en", "es", "fr"))


def test_a_film_comes_in_one_call(source: Tmdb, tmdb: TmdbServer) -> None:
    tmdb.answers("movie/603", movie_body(603))
    full = source.title("movie", 603, budget=3)
    assert full.key == ("movie", 603)
    assert full.details is not None
    assert full.facts.refreshed_at is not None
    (asked,) = tmdb.requests
    assert asked.query == {
        "api_key": KEY,
        "append_to_response": "credits,release_dates,keywords,videos,alternative_titles,translations,"
        "watch/providers,external_ids",
        "include_video_language": "en,es,fr,null",
        "language": "en",
    }


def test_a_series_comes_in_one_call(source: Tmdb, tmdb: TmdbServer) -> None:
    tmdb.answers("tv/1396", tv_body(1396))
    assert source.title("tv", 1396, budget=3).key == ("tv", 1396)
    (asked,) = tmdb.requests
    assert asked.query["append_to_response"] == (
        "aggregate_credits,content_ratings,keywords,videos,alternative_titles,translations,watch/providers,external_ids"
    )


def test_a_person_comes_with_credits(source: Tmdb, tmdb: TmdbServer) -> None:
    tmdb.answers("person/500", person_body(500))
    assert source.person(500, budget=3).person_id == 500
    (asked,) = tmdb.requests
    assert asked.query["append_to_response"] == "combined_credits,external_ids"


def test_an_answer_about_another_title_or_person_is_refused(source: Tmdb, tmdb: TmdbServer) -> None:
    tmdb.answers("movie/603", movie_body(604))
    tmdb.answers("person/500", person_body(501))
    with pytest.raises(SourceUnavailable, match="TMDB answered movie/603 with what has the number 604"):
        source.title("movie", 603, budget=3)
    with pytest.raises(SourceUnavailable, match="TMDB answered person/500 with what has the number 501"):
        source.person(500, budget=3)


@pytest.mark.parametrize(
    ("path", "item", "key"),
    [
        ("movie/popular", {"id": 1, "title": "A"}, ("movie", 1)),
        ("discover/tv", {"id": 2, "name": "B"}, ("tv", 2)),
        ("trending/all/week", {"id": 3, "name": "C", "media_type": "tv"}, ("tv", 3)),
    ],
)
def test_a_list_says_what_its_items_are(source: Tmdb, tmdb: TmdbServer, path: str, item: Any, key: Any) -> None:
    tmdb.answers(path, {"page": 3, "total_pages": 9, "total_results": 170, "results": [item, None, 7]}, page="3")
    found = source.listed(path, budget=3, page=3, **{"vote_count.gte": "100"})
    assert [title.key for title in found.titles] == [key]
    assert (found.page, found.total_pages, found.total_results, found.skipped) == (3, 9, 170, 2)
    (asked,) = tmdb.requests
    assert asked.query == {"api_key": KEY, "language": "en", "page": "3", "vote_count.gte": "100"}


def test_a_search_asks_with_the_text(source: Tmdb, tmdb: TmdbServer) -> None:
    results = [{"id": 5, "name": "Ann Example", "known_for_department": "Acting", "gender": 1, "known_for": []}]
    tmdb.answers("search/person", {"page": 1, "results": results})
    found = source.search("änn & co \ud800", "person", budget=3)
    assert [person.person_id for person in found.people] == [5]
    (asked,) = tmdb.requests
    assert asked.query == {
        "api_key": KEY,
        "include_adult": "false",
        "language": "en",
        "page": "1",
        "query": "änn & co ?",
    }


def test_what_is_no_list_is_unavailable(source: Tmdb, tmdb: TmdbServer) -> None:
    tmdb.fails(wrong_types())
    with pytest.raises(SourceUnavailable):
        source.listed("movie/popular", budget=3)
    with pytest.raises(SourceUnavailable):
        source.title("movie", 603, budget=3)


def test_a_page_of_a_wrong_shape_and_a_title_of_another_number_are_asked_for_again(
    source: Tmdb, tmdb: TmdbServer
) -> None:
    tmdb.answers("movie/popular", list_body([movie_entry(603)]))
    tmdb.answers("movie/603", movie_body(603))
    tmdb.answers("person/500", person_body(500))
    tmdb.fails(wrong_types(), path="movie/popular", times=2)
    tmdb.fails(wrong_types(movie_body(604)), path="movie/603", times=2)
    tmdb.fails(wrong_types([]), path="person/500", times=2)
    assert len(source.listed("movie/popular", budget=20).titles) == 1
    assert source.title("movie", 603, budget=20).key == ("movie", 603)
    assert source.person(500, budget=20).person_id == 500
    assert len(tmdb.requests) == 9


def test_a_bad_value_loses_itself_alone(source: Tmdb, tmdb: TmdbServer) -> None:
    bad = {
        "title": "He\ud800at",
        "popularity": float("nan"),
        "vote_average": float("inf"),
        "poster_path": "/\ud800.jpg",
    }
    tmdb.answers("movie/popular", list_body([movie_entry(603, **bad), movie_entry(604)]))
    tmdb.answers("movie/603", movie_body(603, homepage="https://example.org/\udfff", overview="\udc00A heist."))
    first, second = source.listed("movie/popular", budget=3).titles
    assert (first.media_id, first.title, first.popularity, first.vote_average) == (603, "Heat", 0.0, 0.0)
    assert (first.poster_path, second.media_id) == (None, 604)
    full = source.title("movie", 603, budget=3)
    assert full.details is not None
    assert (full.details.homepage, full.facts.overview) == (None, "A heist.")
    assert len(tmdb.requests) == 2


def test_what_tmdb_does_not_have_is_told_apart(source: Tmdb, tmdb: TmdbServer) -> None:
    with pytest.raises(NotAtSource):
        source.title("movie", 603, budget=3)


def test_without_a_key_there_is_no_source(settings: Any) -> None:
    settings.TMDB_API_KEY = settings.TMDB_API_KEY_SECRET = ""
    assert configured_source() is None


def test_a_process_has_one_source(tmdb: TmdbServer) -> None:
    assert configured_source() is configured_source() is not None


def test_the_source_follows_the_settings(tmdb: TmdbServer, settings: Any) -> None:
    first = configured_source()
    assert first is not None
    with tmdb_server() as other:
        other.answers("movie/603", movie_body(603))
        settings.TMDB_BASE_URL = other.base_url
        second = configured_source()
        assert second is not None
        assert second.title("movie", 603, budget=3).key == ("movie", 603)
    assert (len(tmdb.requests), len(other.requests)) == (0, 1)


def test_the_key_is_in_no_log_when_everything_is_logged(tmdb: TmdbServer, caplog: pytest.LogCaptureFixture) -> None:
    tmdb.answers("movie/603", movie_body(603))
    tmdb.fails(status(503), times=1)
    source = configured_source()
    assert source is not None
    with caplog.at_level(logging.DEBUG):
        source.title("movie", 603, budget=3)
    assert caplog.messages == ["TMDB did not give movie/603: HTTP status 503."]
