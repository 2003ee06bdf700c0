from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree

import pytest
from django.test import Client

from apps.media import services
from apps.media.titles import CatalogueTitle, Figures

Make = Callable[..., CatalogueTitle]
NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


@pytest.fixture
def catalogue(client: Client, film: Make) -> Client:
    """Three films and a series with their lists."""
    titles = [
        film(603, title="The Matrix", release_date="1999-03-31", genres=(28, 878), language="en"),
        film(129, title="Spirited Away", original_title="千と千尋の神隠し", poster_path="/s.jpg", language="ja"),
        film(550, title="Fight Club"),
        film(1396, media_type="tv", title="Breaking Bad", release_date="2008-01-20", genres=(18,)),
    ]
    list(services.store_titles(titles))
    services.rebuild_listings({("movie", 603): Figures(8.2, 5, 4, 1), ("movie", 129): Figures(9.0, 3, 3, 3)}, now=NOW)
    return client


def test_the_list_of_the_contract(catalogue: Client) -> None:
    response = catalogue.get("/media")
    assert response.status_code == 200
    body = response.json()
    assert body == {
        "results": body["results"],
        "page": 1,
        "total_pages": 1,
        "total_results": 3,
        "list_type": "popular",
        "media_type": "movie",
        "message": "3 of 3 popular films.",
    }
    assert body["results"][0] == {
        "id": 603,
        "media_type": "movie",
        "title": "The Matrix",
        "original_title": "The Matrix",
        "original_language": "en",
        "overview": "A film.",
        "poster_path": None,
        "backdrop_path": None,
        "release_date": "1999-03-31",
        "genre_ids": [28, 878],
        "vote_average": 8.2,
        "vote_count": 5,
        "popularity": 5,
        "posterUrl": "http://testserver/media/movie/603/poster.svg",
        "posterWidth": 500,
        "posterHeight": 750,
    }
    assert body["results"][1]["posterUrl"] == "https://image.tmdb.org/t/p/w500/s.jpg"
    assert body["results"][1]["original_title"] == "千と千尋の神隠し"


def test_headers_of_a_list(catalogue: Client) -> None:
    response = catalogue.get("/media")
    assert response["Cache-Control"] == "public, max-age=300"
    assert response["X-RateLimit-Limit"] == "100000"
    assert "Cache-Control" not in catalogue.get("/media?limit=0")


def test_series_are_named_as_tmdb_names_them(catalogue: Client) -> None:
    (item,) = catalogue.get("/media?mediaType=tv").json()["results"]
    assert (item["name"], item["title"], item["original_name"]) == ("Breaking Bad",) * 3
    assert (item["first_air_date"], item["release_date"]) == ("2008-01-20", "2008-01-20")
    assert item["posterUrl"] == "http://testserver/media/tv/1396/poster.svg"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("listType=popular", [603, 129, 550]),
        ("listType=trending", [129, 603, 550]),
        ("list_type=trending&media_type=movie", [129, 603, 550]),
        ("list_type=top_rated&listType=top_rated", [129, 603, 550]),
        ("mediaType=tv", [1396]),
        ("limit=1&page=2", [129]),
        ("limit=2&page=2", [550]),
        ("page=500", []),
        ("excludeIds=603, 550,", [129]),
        ("excludeIds=603&excludeIds=129", [550]),
        ("mediaType=tv&excludeIds=tv%231396", []),
        ("excludeIds=", [603, 129, 550]),
        ("unknown=1", [603, 129, 550]),
    ],
)
def test_which_titles_a_query_answers(catalogue: Client, query: str, expected: list[int]) -> None:
    response = catalogue.get(f"/media?{query}")
    assert response.status_code == 200
    assert [item["id"] for item in response.json()["results"]] == expected


def test_pages_are_counted_after_excluding(catalogue: Client) -> None:
    body = catalogue.get("/media?limit=1&excludeIds=603").json()
    assert (body["total_results"], body["total_pages"], body["message"]) == (2, 2, "1 of 2 popular films.")


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("listType=best", "listType"),
        ("list_type=best", "list_type"),
        ("listType=", "listType"),
        ("mediaType=both", "mediaType"),
        ("media_type=%00", "media_type"),
        ("listType=popular&list_type=trending", "list_type"),
        ("mediaType=tv&media_type=movie", "media_type"),
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=ten", "limit"),
        ("limit=true", "limit"),
        ("limit=" + "9" * 2000, "limit"),
        ("limit=5&limit=6", "limit"),
        ("page=0", "page"),
        ("page=501", "page"),
        ("page=-1", "page"),
        ("page=1.5", "page"),
        ("page=", "page"),
        ("excludeIds=one", "excludeIds"),
        ("excludeIds=1;2", "excludeIds"),
        ("excludeIds=%ED%A0%80", "excludeIds"),
        ("excludeIds=-1", "excludeIds"),
        ("excludeIds=" + "9" * 17, "excludeIds"),
        ("excludeIds=" + ",".join("1" * 501), "excludeIds"),
        ("excludeIds=" + "1" * 10_001, "excludeIds"),
    ],
)
def test_a_wrong_query_is_400_and_names_the_field(catalogue: Client, query: str, field: str) -> None:
    response = catalogue.get(f"/media?{query}")
    assert response.status_code == 400
    assert [detail["path"] for detail in response.json()["details"]] == [field]


def test_the_allowed_codes_are_named(catalogue: Client) -> None:
    assert catalogue.get("/media?listType=best").json()["error"] == (
        "listType: Send one of trending, popular, top_rated."
    )


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("", "The list of popular films has not been built yet; it is there once the catalogue is loaded."),
        (
            "?listType=top_rated&mediaType=tv",
            "The list of top rated series has not been built yet; it is there once the catalogue is loaded.",
        ),
    ],
)
def test_a_list_never_built_says_so(client: Client, query: str, message: str) -> None:
    response = client.get(f"/media{query}")
    assert response.status_code == 200
    body = response.json()
    assert (body["results"], body["total_pages"], body["total_results"], body["message"]) == ([], 0, 0, message)


def test_a_page_past_the_end_says_so(catalogue: Client) -> None:
    message = catalogue.get("/media?limit=2&page=3").json()["message"]
    assert message == "Page 3 is past the end; the list of popular films ends with page 2."


def test_the_list_is_open_and_a_stale_token_does_no_harm(catalogue: Client) -> None:
    assert catalogue.get("/media", headers={"authorization": "Bearer no.good.token"}).status_code == 200


def test_other_methods_are_refused(catalogue: Client) -> None:
    for method in (catalogue.post, catalogue.put, catalogue.delete):
        response: Any = method("/media")
        assert (response.status_code, response.json()["error"]) == (405, "Method not allowed")


def test_a_list_costs_one_read_and_one_count(catalogue: Client, operations: list[str]) -> None:
    operations.clear()
    catalogue.get("/media?limit=3&excludeIds=550")
    assert sorted(operations) == ["BatchGetItem", "UpdateItem"]


def test_a_poster_is_an_image_that_may_be_kept(catalogue: Client, operations: list[str]) -> None:
    operations.clear()
    response = catalogue.get("/media/movie/603/poster.svg")
    assert response.status_code == 200
    assert response["Content-Type"] == "image/svg+xml"
    assert response["Cache-Control"] == "public, max-age=604800"
    assert operations == ["GetItem"]
    root = ElementTree.fromstring(response.content)  # noqa: S314  (our own drawing)
    assert root.findtext("{http://www.w3.org/2000/svg}title") == "The Matrix (1999)"
    again = catalogue.get("/media/movie/603/poster.svg")
    assert (again.content, again["ETag"]) == (response.content, response["ETag"])
    assert catalogue.get("/media/movie/550/poster.svg")["ETag"] != response["ETag"]


def test_a_poster_that_is_known_is_not_sent_again(catalogue: Client) -> None:
    etag = catalogue.get("/media/tv/1396/poster.svg")["ETag"]
    response = catalogue.get("/media/tv/1396/poster.svg", headers={"if-none-match": etag})
    assert (response.status_code, response.content, response["ETag"]) == (304, b"", etag)
    assert catalogue.get("/media/tv/1396/poster.svg", headers={"if-none-match": '"other"'}).status_code == 200


def test_a_poster_answers_head(catalogue: Client) -> None:
    response = catalogue.head("/media/tv/1396/poster.svg")
    assert (response.status_code, response.content) == (200, b"")


@pytest.mark.parametrize(
    "path",
    [
        "tv/603",
        "movie/1",
        "film/603",
        "list/603",
        "movie/0",
        f"movie/{2**53}",
        "movie/" + "9" * 5000,
        "movie/-1",
        "movie/x",
    ],
)
def test_an_unknown_poster_is_a_404_in_json(catalogue: Client, path: str) -> None:
    response = catalogue.get(f"/media/{path}/poster.svg")
    assert response.status_code == 404
    assert response["Content-Type"] == "application/json"
    assert "Cache-Control" not in response


def test_a_chunk_of_a_list_is_no_title(catalogue: Client) -> None:
    response = catalogue.get("/media/list/1/poster.svg")
    assert (response.status_code, response.json()["code"]) == (404, "UnknownTitle")
