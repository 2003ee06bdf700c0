from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree

import pytest
import time_machine
from django.test import Client

from apps.media import services
from apps.media.attribution import TMDB
from apps.media.details import Translation
from apps.media.genres import GENRES
from apps.media.keeping import KEPT_SECONDS
from apps.media.listings import ListName
from apps.media.models import CachedMedia
from apps.media.titles import CatalogueTitle, Figures, FullTitle
from tests.stand_ins.titles import keep_titles

Make = Callable[..., CatalogueTitle]
NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


@pytest.fixture
def catalogue(client: Client, film: Make) -> Client:
    """Three films and a series with their lists."""
    titles = [
        film(603, title="The Matrix", release_date="1999-03-31", genres=(28, 878), language="en"),
        film(129, title="Spirited Away", original_title="千と千尋の神隠し", poster_path="/s.jpg", language="ja"),
        film(550, title="Fight Club", backdrop_path="/b.jpg"),
        film(1396, media_type="tv", title="Breaking Bad", release_date="2008-01-20", genres=(18,)),
    ]
    list(services.store_titles(titles))
    figures = {("movie", 603): Figures(8.2, 5, 4, 1), ("movie", 129): Figures(9.0, 3, 3, 3)}
    services.rebuild_catalogue(now=NOW, statistics=figures)
    return client


def test_the_list_of_the_contract(catalogue: Client) -> None:
    with time_machine.travel(NOW.timestamp() + 90, tick=False):
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
        "refreshedAt": "2026-05-01T12:00:00.000Z",
        "ageSeconds": 90,
        "stale": False,
        "attribution": [TMDB],
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
        "backdropUrl": None,
        "backdropWidth": None,
        "backdropHeight": None,
    }
    assert body["results"][1]["posterUrl"] == "https://image.tmdb.org/t/p/w500/s.jpg"
    assert body["results"][1]["original_title"] == "千と千尋の神隠し"
    backdrop = {name: body["results"][2][name] for name in ("backdropUrl", "backdropWidth", "backdropHeight")}
    assert backdrop == {
        "backdropUrl": "https://image.tmdb.org/t/p/w780/b.jpg",
        "backdropWidth": 780,
        "backdropHeight": 439,
    }


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
        ("excludeIds=tv%23603,movie%23550", [603, 129]),
        ("mediaType=all", [603, 129, 550, 1396]),
        ("mediaType=all&excludeIds=movie%231396", [603, 129, 550, 1396]),
        ("listType=top_rated&genre=878", [603]),
        ("listType=trending&genre=28", [603]),
        ("mediaType=tv&genre=18", [1396]),
        ("mediaType=all&genre=18", [1396]),
        ("genre=99", []),
        ("listType=upcoming", []),
        ("listType=now_playing&mediaType=all", []),
        ("listType=hidden_gems", []),
        ("unknown=1", [603, 129, 550]),
        ("language=", [603, 129, 550]),
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
        ("genre=10765", "genre"),
        ("mediaType=tv&genre=28", "genre"),
        ("mediaType=all&genre=1", "genre"),
        ("genre=18,28", "genre"),
        ("genre=", "genre"),
        ("genre=18&genre=28", "genre"),
        ("language=english%20please", "language"),
        ("language=e", "language"),
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
        "listType: Send one of trending, popular, top_rated, upcoming, now_playing, hidden_gems."
    )
    sentence = catalogue.get("/media?mediaType=tv&genre=28").json()["error"]
    assert sentence.startswith("genre: Series have no genre 28; send one of 10759 (Action & Adventure), 16 (Animation)")


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
    assert response["Cache-Control"] == "no-store"


def test_a_list_that_cannot_be_read_is_not_past_its_end(catalogue: Client) -> None:
    key = ListName("popular", "movie").key
    row = CachedMedia.get_row(key["mediaId"], key["mediaType"])
    assert row is not None
    list(CachedMedia.put_rows([{**row, "items1": b"not read"}]))
    response = catalogue.get("/media")
    message = "The list of popular films has not been built yet; it is there once the catalogue is loaded."
    assert (response.status_code, response.json()["message"]) == (200, message)
    assert response["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("mediaType=all&listType=trending", "4 of 4 trending films and series."),
        ("listType=upcoming&mediaType=tv", "The list of upcoming series has no titles."),
        ("listType=now_playing", "The list of films that play now has no titles."),
        ("listType=hidden_gems", "The list of little known and well rated films has no titles."),
        ("genre=878", "1 of 1 popular films of the genre Science Fiction."),
        ("listType=top_rated&genre=99", "The list of top rated films of the genre Documentary has no titles."),
    ],
)
def test_the_message_names_the_list(catalogue: Client, query: str, message: str) -> None:
    assert catalogue.get(f"/media?{query}").json()["message"] == message


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


@pytest.mark.parametrize("query", ["", "?genre=28", "?genre=28&listType=trending", "?mediaType=all&page=9"])
def test_every_list_costs_the_same(catalogue: Client, operations: list[str], query: str) -> None:
    operations.clear()
    catalogue.get(f"/media{query}")
    assert sorted(operations) == ["BatchGetItem", "UpdateItem"]


class TestTags:
    def test_a_list_that_is_known_is_not_sent_again_however_old_it_has_become(self, catalogue: Client) -> None:
        with time_machine.travel(NOW.timestamp() + 60, tick=False):
            first = catalogue.get("/media?limit=2")
        with time_machine.travel(NOW.timestamp() + 7200, tick=False):
            again = catalogue.get("/media?limit=2", headers={"if-none-match": first["ETag"]})
        assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
        assert (again["Cache-Control"], again["Content-Language"]) == ("public, max-age=300", "en")

    def test_another_page_order_or_language_has_another_tag(self, catalogue: Client) -> None:
        queries = ("limit=2", "limit=2&page=2", "limit=2&listType=trending", "limit=2&mediaType=tv", "limit=1")
        assert len({catalogue.get(f"/media?{query}")["ETag"] for query in queries}) == 5

    def test_a_rebuild_changes_it(self, catalogue: Client) -> None:
        tag = catalogue.get("/media")["ETag"]
        services.rebuild_catalogue(now=NOW, statistics={})
        assert catalogue.get("/media", headers={"if-none-match": tag}).status_code == 200


class TestAge:
    """Lists of titles from outside, as a source told them on the first of May."""

    @pytest.fixture
    def outside(self, client: Client, film: Make) -> Client:
        stamp = "2026-05-01T12:00:00.000Z"
        keep_titles([FullTitle(film(603, source="tmdb", refreshed_at=stamp))])
        services.store_order("trending", "movie", [("movie", 603)], stamp)
        with time_machine.travel(NOW, tick=False):
            services.rebuild_catalogue(now=NOW)
        return client

    @pytest.mark.parametrize(
        ("list_type", "days", "stale"),
        [("trending", 3, False), ("trending", 3.5, True), ("popular", 14, False), ("popular", 14.5, True)],
    )
    def test_a_list_that_nobody_renews_is_served_and_says_so(
        self, outside: Client, list_type: str, days: float, stale: bool
    ) -> None:
        with time_machine.travel(NOW.timestamp() + days * 86_400, tick=False):
            response = outside.get(f"/media?listType={list_type}")
        body = response.json()
        assert (response.status_code, [item["id"] for item in body["results"]]) == (200, [603])
        assert (body["stale"], body["ageSeconds"]) == (stale, days * 86_400)
        assert body["refreshedAt"] == "2026-05-01T12:00:00.000Z"
        aged = f" It is {int(days)} days old: its source has told nothing newer."
        assert body["message"] == f"1 of 1 {list_type} films." + (aged if stale else "")
        assert body["attribution"] == [TMDB]

    def test_a_title_whose_time_is_over_leaves_no_empty_page(self, outside: Client, film: Make) -> None:
        keep_titles([FullTitle(film(550))])
        with time_machine.travel(NOW, tick=False):
            services.rebuild_catalogue(now=NOW)
        with time_machine.travel(NOW.timestamp() + KEPT_SECONDS, tick=False):
            bodies = [outside.get(f"/media?listType=trending&limit=1&page={page}").json() for page in (1, 2)]
        assert [[item["id"] for item in body["results"]] for body in bodies] == [[550], []]
        assert [(body["total_results"], body["total_pages"]) for body in bodies] == [(1, 1)] * 2
        assert bodies[0]["message"].startswith("1 of 1 trending films.")
        assert bodies[1]["message"].startswith("Page 2 is past the end; the list of trending films ends with page 1.")

    def test_becoming_old_changes_the_tag(self, outside: Client) -> None:
        tags = set()
        for days in (1, 2, 4, 5):
            with time_machine.travel(NOW.timestamp() + days * 86_400, tick=False):
                tags.add(outside.get("/media?listType=trending&limit=1")["ETag"])
        assert len(tags) == 3

    def test_a_catalogue_of_our_own_does_not_grow_old(self, catalogue: Client) -> None:
        with time_machine.travel(NOW.timestamp() + 400 * 86_400, tick=False):
            body = catalogue.get("/media?listType=trending&mediaType=tv").json()
        assert (body["stale"], body["ageSeconds"], body["attribution"]) == (False, 400 * 86_400, [])

    def test_a_list_never_built_has_no_age(self, client: Client) -> None:
        body = client.get("/media").json()
        assert (body["refreshedAt"], body["ageSeconds"], body["stale"]) == (None, None, False)


class TestLanguages:
    @pytest.fixture
    def translated(self, client: Client, film: Make, settings: Any) -> Client:
        settings.CATALOGUE_LANGUAGES = ("en", "es", "fr")
        spanish = {"es": Translation("Matriz", "Una película.")}
        series = film(1396, media_type="tv", title="Breaking Bad")
        titles = [film(603, title="The Matrix", original_title="The Matrix"), film(550, title="Fight Club")]
        keep_titles([FullTitle(titles[0], None, spanish), FullTitle(titles[1])])
        keep_titles([FullTitle(series, None, {"fr": Translation("Mauvais")})])
        services.rebuild_catalogue(now=NOW)
        return client

    def test_what_is_translated_is_answered_so_by_one_more_read(
        self, translated: Client, operations: list[str]
    ) -> None:
        operations.clear()
        response = translated.get("/media?language=es-MX")
        assert sorted(operations) == ["BatchGetItem", "BatchGetItem", "UpdateItem"]
        assert response["Content-Language"] == "es"
        texts = [(item["id"], item["title"], item["overview"]) for item in response.json()["results"]]
        assert texts == [(550, "Fight Club", "A film."), (603, "Matriz", "Una película.")]
        assert response.json()["results"][1]["original_title"] == "The Matrix"

    def test_series_are_named_so_as_well(self, translated: Client) -> None:
        (item,) = translated.get("/media?mediaType=tv&language=fr").json()["results"]
        assert (item["title"], item["name"]) == ("Mauvais", "Mauvais")

    @pytest.mark.parametrize("query", ["", "?language=en-GB", "?language=de", "?language=xx"])
    def test_others_fall_back_without_a_read(self, translated: Client, operations: list[str], query: str) -> None:
        operations.clear()
        response = translated.get(f"/media{query}")
        assert sorted(operations) == ["BatchGetItem", "UpdateItem"]
        assert response["Content-Language"] == "en"
        assert {item["title"] for item in response.json()["results"]} == {"The Matrix", "Fight Club"}

    @pytest.mark.parametrize(("query", "language"), [("limit=1&page=2", "es"), ("limit=1", "en"), ("page=9", "en")])
    def test_a_page_without_translated_texts_names_the_language_that_it_has(
        self, translated: Client, query: str, language: str
    ) -> None:
        assert translated.get(f"/media?language=es&{query}")["Content-Language"] == language

    def test_each_language_has_its_own_tag(self, translated: Client) -> None:
        assert translated.get("/media?language=es")["ETag"] != translated.get("/media")["ETag"]


class TestGenres:
    def test_they_are_named_by_type(self, client: Client, operations: list[str]) -> None:
        operations.clear()
        response = client.get("/media/genres?language=de")
        assert operations == ["UpdateItem"]
        body = response.json()
        assert body.keys() == {"genres", "attribution"}
        assert {kind: len(genres) for kind, genres in body["genres"].items()} == {"movie": 19, "tv": 16}
        assert body["genres"]["movie"][0] == {"id": 28, "name": "Action"}
        assert {genre["id"]: genre["name"] for genre in body["genres"]["tv"]} == GENRES["tv"]
        assert body["attribution"] == [TMDB]
        assert response["Content-Language"] == "en"
        assert response["Cache-Control"] == "public, max-age=86400"

    def test_whoever_has_them_is_told_so(self, client: Client) -> None:
        tag = client.get("/media/genres")["ETag"]
        response = client.get("/media/genres", headers={"if-none-match": tag})
        assert (response.status_code, response.content) == (304, b"")

    def test_a_text_that_is_no_language_is_refused(self, client: Client) -> None:
        response = client.get("/media/genres?language=1")
        assert response.status_code == 400
        assert [detail["path"] for detail in response.json()["details"]] == ["language"]


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
