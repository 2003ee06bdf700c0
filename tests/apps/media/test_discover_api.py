"""GET /discover: what it takes and answers, and what it costs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from apps.media.details import Credit, Details, Keyword, Offers, Translation
from apps.media.index.catalogue import CatalogueIndex
from apps.media.titles import CatalogueTitle, FullTitle

Catalogue = Callable[..., CatalogueIndex]
REFRESHED = "2026-05-01T00:00:00Z"

MATRIX = FullTitle(
    CatalogueTitle(
        media_type="movie", media_id=603, title="The Matrix", source="demo", release_date="1999-03-31",
        genres=(28, 878), runtime=136, language="en", countries=("US",), certification="R", overview="A hacker.",
        vote_average=8.2, vote_count=900, popularity=90.5,
    ),
    Details(
        cast=(Credit(6384, "Keanu Reeves"),),
        keywords=(Keyword(83, "saving the world"),),
        offers={"SE": Offers(stream=(8,))},
    ),
    {"es": Translation("Matrix", "Un pirata.")},
)  # fmt: skip
SPIRITED = FullTitle(
    CatalogueTitle(
        media_type="movie", media_id=129, title="Spirited Away", source="demo", release_date="2001-07-20",
        genres=(16, 14), runtime=125, language="ja", countries=("JP",), certification="PG", overview="A bath house.",
        vote_average=8.5, vote_count=500, popularity=70.0, keywords=("witch",),
    )
)  # fmt: skip
SERIES = FullTitle(
    CatalogueTitle(
        media_type="tv", media_id=1396, title="Breaking Bad", source="demo", release_date="2008-01-20", genres=(18,),
        runtime=47, language="en", countries=("US",), overview="Chemistry.", services=("netflix",), popularity=80.0,
    )
)  # fmt: skip


@pytest.fixture
def three(client: Client, catalogue: Catalogue) -> Client:
    """Two films and a series."""
    catalogue(MATRIX, SPIRITED, SERIES)
    return client


def test_the_answer(three: Client) -> None:
    response = three.get("/discover?genres=28")
    assert response.status_code == 200
    body = response.json()
    assert body == {
        "results": body["results"],
        "page": 1,
        "total_pages": 1,
        "total_results": 1,
        "sort": "popularity",
        "message": "1 title.",
        "attribution": [],
    }
    assert body["results"] == [
        {
            "id": 603,
            "media_type": "movie",
            "title": "The Matrix",
            "original_title": "The Matrix",
            "original_language": "en",
            "overview": "A hacker.",
            "poster_path": None,
            "backdrop_path": None,
            "release_date": "1999-03-31",
            "genre_ids": [28, 878],
            "vote_average": 8.2,
            "vote_count": 900,
            "popularity": 90.5,
            "posterUrl": "http://testserver/media/movie/603/poster.svg",
            "posterWidth": 500,
            "posterHeight": 750,
            "backdropUrl": None,
            "backdropWidth": None,
            "backdropHeight": None,
        }
    ]


def test_a_series_is_named_as_tmdb_names_it(three: Client) -> None:
    (item,) = three.get("/discover?type=tv").json()["results"]
    assert (item["name"], item["first_air_date"]) == ("Breaking Bad", "2008-01-20")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", [603, 1396, 129]),
        ("type=both&sort=popularity", [603, 1396, 129]),
        ("type=movie", [603, 129]),
        ("mediaType=tv", [1396]),
        ("type=tv&mediaType=tv", [1396]),
        ("genres=28,878", [603]),
        ("genres=28&genres=878", [603]),
        ("genres=28&genres=18", []),
        ("genres=28%7C18", [603, 1396]),
        ("withoutGenres=28,18", [129]),
        ("withoutGenres=28%7C18", [129]),
        ("keywords=83", [603]),
        ("keywords=Saving+the+World", [603]),
        ("keywords=witch%7C83", [603, 129]),
        ("keywords=nothing+like+it", []),
        ("withoutKeywords=witch", [603, 1396]),
        ("people=6384", [603]),
        ("people=1", []),
        ("people=9999999999999999", []),
        ("yearFrom=2001", [1396, 129]),
        ("yearFrom=2001&yearTo=2001", [129]),
        ("yearTo=1999", [603]),
        ("ratingMin=8.5", [129]),
        ("ratingMin=8.501", []),
        ("ratingMax=8.2", [603]),
        ("ratingMin=0&ratingMax=10&votesMin=0&runtimeMin=0", [603, 1396, 129]),
        ("votesMin=501", [603]),
        ("runtimeMin=126", [603]),
        ("runtimeMax=125", [1396, 129]),
        ("originalLanguage=JA", [129]),
        ("originalLanguage=ja&originalLanguage=en", [603, 1396, 129]),
        ("country=jp,se", [129]),
        ("providers=netflix", [1396]),
        ("providers=8", []),
        ("providers=8&region=se", [603]),
        ("certification=pg%7CPG-13", [129]),
        ("certification=R,PG&type=movie", [603, 129]),
        ("excludeIds=603,tv%231396", [129]),
        ("excludeIds=movie%231396", [603, 1396, 129]),
        ("sort=rating", [129, 603, 1396]),
        ("sort=vote_average.desc", [129, 603, 1396]),
        ("sort=votes", [603, 129, 1396]),
        ("sort=newest", [1396, 129, 603]),
        ("sort=primary_release_date.asc", [603, 129, 1396]),
        ("sort=title.asc", [1396, 129, 603]),
        ("sort=runtime", [1396, 129, 603]),
        ("limit=1&page=2", [1396]),
        ("limit=2&page=2", [129]),
        ("page=500", []),
        ("type=&sort=&genres=&yearFrom=&ratingMin=&providers=&region=&excludeIds=&page=&language=", [603, 1396, 129]),
        ("unknown=1", [603, 1396, 129]),
    ],
)  # fmt: skip
def test_which_titles_a_query_answers(three: Client, query: str, expected: list[int]) -> None:
    response = three.get(f"/discover?{query}")
    assert response.status_code == 200, response.content
    assert [item["id"] for item in response.json()["results"]] == expected


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("type=all", "type"),
        ("type=movie&mediaType=tv", "mediaType"),
        ("sort=best", "sort"),
        ("genres=28,12%7C16", "genres"),
        ("genres=action", "genres"),
        ("genres=1", "genres"),
        ("genres=028", "genres"),
        ("type=tv&genres=28", "genres"),
        ("type=movie&withoutGenres=10759", "withoutGenres"),
        ("genres=" + ",".join(map(str, range(21))), "genres"),
        ("keywords=a%00b", "keywords"),
        ("keywords=" + "a" * 101, "keywords"),
        ("people=keanu", "people"),
        ("people=-1", "people"),
        ("yearFrom=0", "yearFrom"),
        ("yearFrom=1999-03-31", "yearFrom"),
        ("yearTo=10000", "yearTo"),
        ("yearFrom=2001&yearTo=2000", "yearTo"),
        ("ratingMin=11", "ratingMin"),
        ("ratingMin=-1", "ratingMin"),
        ("ratingMin=nan", "ratingMin"),
        ("ratingMin=1e1", "ratingMin"),
        ("ratingMax=10.001", "ratingMax"),
        ("ratingMin=8&ratingMax=7.999", "ratingMax"),
        ("votesMin=-1", "votesMin"),
        ("runtimeMin=100&runtimeMax=99", "runtimeMax"),
        ("originalLanguage=eng", "originalLanguage"),
        ("country=Sweden", "country"),
        ("region=S", "region"),
        ("region=%C3%9F", "region"),
        ("region=%C4%B1%C4%B1", "region"),
        ("providers=nothing", "providers"),
        ("certification=" + "P" * 21, "certification"),
        ("excludeIds=one", "excludeIds"),
        ("limit=101", "limit"),
        ("page=501", "page"),
        ("page=1&page=2", "page"),
        ("language=e", "language"),
    ],
)
def test_a_wrong_query_is_400_and_names_the_field(three: Client, query: str, field: str) -> None:
    response = three.get(f"/discover?{query}")
    assert response.status_code == 400
    assert [detail["path"] for detail in response.json()["details"]] == [field]


def test_what_is_allowed_is_named(three: Client) -> None:
    assert (
        three.get("/discover?type=tv&genres=28")
        .json()["error"]
        .startswith("genres: Send some of 10759 Action & Adventure, 16 Animation, ")
    )
    assert three.get("/discover?providers=x").json()["error"] == (
        "providers: Send TMDB's numbers of providers, or some of "
        "apple, disney, hbo, hulu, netflix, paramount, peacock, prime."
    )
    assert three.get("/discover?yearFrom=2001&yearTo=2000").json()["error"] == (
        "yearTo: It is less than yearFrom, so that nothing can be found."
    )


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("", "3 of 3 films and series."),
        ("type=movie&limit=1", "1 of 2 films."),
        ("type=tv", "1 series."),
        ("type=movie&people=1", "No films are like that; leave out a condition."),
        ("limit=2&page=3", "Page 3 is past the end; the films and series like that end with page 2."),
    ],
)
def test_messages(three: Client, query: str, message: str) -> None:
    assert three.get(f"/discover?{query}").json()["message"] == message


def test_no_page_is_told_that_cannot_be_asked_for(
    client: Client, catalogue: Catalogue, film: Callable[..., Any]
) -> None:
    catalogue(*(film(n) for n in range(1, 502)))
    body = client.get("/discover?limit=1&page=500").json()
    assert (body["total_results"], body["total_pages"], len(body["results"])) == (501, 500, 1)


class TestLanguages:
    def test_texts_are_in_the_language_that_is_asked_for(self, three: Client) -> None:
        response = three.get("/discover?language=es-MX")
        assert response["Content-Language"] == "es"
        items = response.json()["results"]
        assert [(item["title"], item["overview"]) for item in items] == [
            ("Matrix", "Un pirata."),
            ("Breaking Bad", "Chemistry."),
            ("Spirited Away", "A bath house."),
        ]

    def test_a_page_without_translated_texts_names_the_language_that_it_has(self, three: Client) -> None:
        assert three.get("/discover?language=es&genres=16")["Content-Language"] == "en"

    @pytest.mark.parametrize("query", ["", "language=en", "language=xx"])
    def test_all_others_fall_back(self, three: Client, query: str) -> None:
        response = three.get(f"/discover?{query}")
        assert (response["Content-Language"], response.json()["results"][0]["title"]) == ("en", "The Matrix")


class TestAttribution:
    @pytest.mark.parametrize("facts", [{"source": "tmdb"}, {"poster_path": "/p.jpg"}, {"backdrop_path": "/b.jpg"}])
    def test_tmdb_is_named_where_anything_shown_is_tmdbs(
        self, client: Client, catalogue: Catalogue, film: Callable[..., Any], facts: dict[str, Any]
    ) -> None:
        catalogue(film(1, popularity=2.0), film(2, **facts))

        def named(query: str) -> list[str]:
            return [each["source"] for each in client.get(f"/discover?{query}").json()["attribution"]]

        assert named("") == ["TMDB"]
        assert named("limit=1") == []
        assert named("providers=netflix") == ["JustWatch"]


class TestCaching:
    def test_an_answer_is_kept_and_told_apart_by_its_tag(self, three: Client, catalogue: Catalogue) -> None:
        first = three.get("/discover?genres=28")
        assert first["Cache-Control"] == "public, max-age=300"
        again = three.get("/discover?genres=28", headers={"if-none-match": first["ETag"]})
        assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
        assert again["Content-Language"] == "en"
        catalogue(MATRIX)
        assert three.get("/discover?genres=28")["ETag"] == first["ETag"]
        catalogue(replace(MATRIX, facts=replace(MATRIX.facts, title="Matrix")))
        assert three.get("/discover?genres=28")["ETag"] != first["ETag"]

    def test_a_request_costs_its_count_and_another_language_one_read(
        self, three: Client, operations: list[str]
    ) -> None:
        operations.clear()
        three.get("/discover?genres=28&people=6384")
        assert operations == ["UpdateItem"]
        operations.clear()
        three.get("/discover?language=es")
        assert sorted(operations) == ["BatchGetItem", "UpdateItem"]


def test_without_an_index_it_is_503_and_says_when_to_come_back(client: Client) -> None:
    response = client.get("/discover")
    assert response.status_code == 503
    assert response["Retry-After"] == "5"
    body = response.json()
    assert (body["code"], body["error"]) == (
        "CatalogueIndexMissing",
        "The catalogue's index is not built yet or cannot be read; try again shortly.",
    )
    assert "Cache-Control" not in response


def test_a_wrong_query_is_told_without_an_index_too(client: Client) -> None:
    assert client.get("/discover?page=0").status_code == 400


def test_it_is_open_and_a_stale_token_does_no_harm(three: Client) -> None:
    assert three.get("/discover", headers={"authorization": "Bearer no.good.token"}).status_code == 200
    assert three.post("/discover").status_code == 405
