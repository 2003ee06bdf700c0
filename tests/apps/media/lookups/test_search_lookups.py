"""Search: the index answers what it is sure of; for the rest the source is asked, once, and what it finds is kept."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Event
from typing import Any

import pytest
import time_machine
from django.test import Client

from apps.media.details import Credit, Details, Translation
from apps.media.index.build import build_index
from apps.media.index_keeper import publish_index
from apps.media.lookups import searches
from apps.media.models import CachedMedia
from apps.media.titles import CatalogueTitle, FullTitle
from movierec.dynamo.leases import take
from movierec.timestamps import timestamp
from tests.stand_ins.titles import keep_titles
from tests.stand_ins.tmdb_bodies import list_body, movie_body, movie_entry, person_entry, tv_entry
from tests.stand_ins.tmdb_server import TmdbServer, drips, garbage, hangs, refused_key, status, too_many, wrong_types

ErrorOf = Callable[[Any], tuple[int, str]]
Make = Callable[..., CatalogueTitle]
Found = list[tuple[str, int]]

NOTHING = "Nothing was found for xylophone."
SILENT = " The source of titles, which may know more, does not answer at the moment."


@pytest.fixture
def titles(tables: None, film: Make) -> list[FullTitle]:
    """A published index: two films, a series, and somebody who plays in one of TMDB's."""
    of_tmdb = CatalogueTitle("movie", 603, "The Glass Lighthouse", "tmdb", popularity=50.0, release_date="1999-03-31")
    details = Details(cast=(Credit(500, "Ida Quartz", "Keeper", "/ida.jpg"),))
    found = [
        FullTitle(of_tmdb, details, {"fr": Translation("Le Phare de verre", "Un phare.")}),
        FullTitle(film(11, title="Copper Harvest", popularity=3.0)),
        FullTitle(film(12, media_type="tv", title="Copper Nights", release_date="2008-01-20")),
    ]
    keep_titles(found)
    publish_index(build_index(found, built_at="2026-05-01T12:00:00.000Z"))
    return found


@pytest.fixture
def search(client: Client, titles: list[FullTitle]) -> Callable[[str], Any]:
    """GETs /search with a query."""
    return lambda query: client.get(f"/search?{query}")


def keys(response: Any) -> Found:
    return [(each["media_type"], each["id"]) for each in response.json()["results"]]


class TestCatalogue:
    def test_what_the_index_is_sure_of_costs_no_read_and_no_call(
        self, search: Callable[[str], Any], tmdb: TmdbServer, operations: list[str]
    ) -> None:
        operations.clear()
        response = search("q=glass+lighthouse")
        body = response.json()
        assert keys(response)[0] == ("movie", 603)
        assert body["results"][0]["posterUrl"] == "http://testserver/media/movie/603/poster.svg"
        assert {name: body[name] for name in ("query", "type", "total_results", "source", "message")} == {
            "query": "glass lighthouse",
            "type": "multi",
            "total_results": len(body["results"]),
            "source": "catalogue",
            "message": f"{len(body['results'])} result{'s' * (len(body['results']) > 1)} for glass lighthouse.",
        }
        assert [notice["source"] for notice in body["attribution"]] == ["TMDB"]
        assert response["Cache-Control"] == "public, max-age=300"
        assert (operations, tmdb.requests) == (["UpdateItem"], [])
        assert search("q=glass+lighthouse")["ETag"] == response["ETag"]

    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ("q=copper&type=movie", [("movie", 11)]),
            ("q=copper&type=tv", [("tv", 12)]),
            ("q=copper", [("movie", 11), ("tv", 12)]),
            ("q=copper&limit=1", [("movie", 11)]),
            ("q=%20 copper%00 harvest", [("movie", 11)]),
            ("q=coper+harvst", [("movie", 11)]),
            ("q=le+phare+de+verre", [("movie", 603)]),
            ("q=ida+quartz", [("person", 500)]),
            ("q=co&type=movie", [("movie", 11)]),
        ],
    )
    def test_what_a_query_finds(self, search: Callable[[str], Any], query: str, expected: Found) -> None:
        response = search(query)
        assert response.status_code == 200
        assert keys(response)[: len(expected)] == expected

    def test_a_person_has_a_picture_and_titles(self, search: Callable[[str], Any]) -> None:
        assert search("q=ida+quartz&language=fr").json()["results"][0] == {
            "id": 500,
            "media_type": "person",
            "name": "Ida Quartz",
            "profile_path": "/ida.jpg",
            "profile": {"url": "https://image.tmdb.org/t/p/w185/ida.jpg", "width": 185, "height": 278},
            "known_for": [{"id": 603, "media_type": "movie", "title": "Le Phare de verre"}],
        }

    def test_titles_and_overviews_are_in_the_language_by_one_read(
        self, search: Callable[[str], Any], operations: list[str]
    ) -> None:
        operations.clear()
        response = search("q=glass+lighthouse&language=fr-CA")
        first = response.json()["results"][0]
        assert (response["Content-Language"], first["title"], first["overview"]) == (
            "fr", "Le Phare de verre", "Un phare.",
        )  # fmt: skip
        assert operations == ["UpdateItem", "BatchGetItem"]

    @pytest.mark.parametrize("query", ["q=copper&language=fr", "q=glass+lighthouse&language=de", "q=glass+lighthouse"])
    def test_where_nothing_was_translated_the_language_is_the_fall_back(
        self, search: Callable[[str], Any], query: str
    ) -> None:
        assert search(query)["Content-Language"] == "en"

    def test_what_comes_close_is_not_counted_with_what_fits(self, client: Client, tables: None, film: Make) -> None:
        named = [film(number, title=name) for number, name in enumerate(("Matrix", "Matrix", "Matter"), 1)]
        publish_index(build_index(map(FullTitle, named), built_at="2026-05-01T12:00:00.000Z"))
        found = client.get("/search?q=matrix").json()
        assert (found["total_results"], found["message"]) == (3, "2 results for matrix, and 1 that comes close.")

    def test_titles_whose_time_is_over_are_left_out(self, client: Client, tables: None, film: Make) -> None:
        now = datetime.now(UTC)
        titles = [FullTitle(film(1, title="Glass", refreshed_at=timestamp(now))), FullTitle(film(2, title="Glass"))]
        publish_index(build_index(titles, built_at=timestamp(now)))
        assert {number for _, number in keys(client.get("/search?q=glass"))} == {1, 2}
        with time_machine.travel(now + timedelta(days=180)):
            assert keys(client.get("/search?q=glass")) == [("movie", 2)]

    def test_what_nobody_outside_told_of_is_not_credited_to_anybody(self, search: Callable[[str], Any]) -> None:
        assert search("q=copper+nights&type=tv").json()["attribution"] == []

    def test_nothing_found_is_said(self, search: Callable[[str], Any]) -> None:
        body = search("q=%3F%3F%3F").json()
        assert (body["total_results"], body["message"]) == (0, "Nothing was found for ???.")

    def test_what_hardly_fits_is_said_to_do_so(self, search: Callable[[str], Any]) -> None:
        body = search("q=copper+nineties").json()
        assert (body["source"], body["message"]) == (
            "catalogue",
            "Nothing is called copper nineties; these come closest.",
        )
        assert body["total_results"] > 0

    def test_what_does_not_fit_at_all_is_left_out(self, search: Callable[[str], Any]) -> None:
        body = search("q=xylophone").json()
        assert (body["results"], body["message"]) == ([], "Nothing was found for xylophone.")

    @pytest.mark.parametrize(
        ("query", "field"),
        [
            ("", "q"),
            ("q=", "q"),
            ("q=%20%00", "q"),
            ("q=%E2%80%8B", "q"),
            ("q=" + "a" * 201, "q"),
            ("q=a&q=b", "q"),
            ("q=a&type=list", "type"),
            ("q=a&type=", "type"),
            ("q=a&limit=0", "limit"),
            ("q=a&limit=51", "limit"),
            ("q=a&limit=x", "limit"),
            ("q=a&suggest=maybe", "suggest"),
            ("q=a&language=x", "language"),
        ],
    )
    def test_a_wrong_query_is_400_and_names_the_field(
        self, search: Callable[[str], Any], tmdb: TmdbServer, error_of: ErrorOf, query: str, field: str
    ) -> None:
        response = search(query)
        assert error_of(response) == (400, "InvalidParameterException")
        assert {detail["path"] for detail in response.json()["details"]} == {field}
        assert tmdb.requests == []

    def test_without_an_index_it_is_503(self, client: Client, error_of: ErrorOf) -> None:
        response = client.get("/search?q=alien")
        assert error_of(response) == (503, "CatalogueIndexMissing")
        assert response["Retry-After"] == "5"


class TestSource:
    @pytest.mark.parametrize(("limit", "closest"), [(1, 0), (2, 1), (4, 3), (20, 3)])
    def test_three_titles_that_come_close_follow_the_finds_where_there_is_room(
        self, client: Client, tables: None, tmdb: TmdbServer, film: Make, limit: int, closest: int
    ) -> None:
        near = [FullTitle(film(number, title=f"Copper Nine {number}")) for number in range(1, 7)]
        publish_index(build_index(near, built_at="2026-05-01T12:00:00.000Z"))
        tmdb.answers("search/multi", list_body([movie_entry(77, media_type="movie", title="Copper Nineties")]))
        response = client.get(f"/search?q=copper+nineties&limit={limit}")
        found = keys(response)
        assert (found[0], len(found)) == (("movie", 77), 1 + closest)
        others = f", and {closest} that come{'s' * (closest == 1)} close" if closest else ""
        assert response.json()["message"] == f"1 result for copper nineties{others}."

    def test_what_the_index_lacks_is_asked_for_once_a_day_and_kept(
        self, search: Callable[[str], Any], tmdb: TmdbServer, operations: list[str]
    ) -> None:
        found = [movie_entry(77, media_type="movie", title="Xylophone Winter"), tv_entry(78, media_type="tv")]
        tmdb.answers("search/multi", list_body(found), query="xylophone winter")
        with time_machine.travel(datetime.now(UTC), tick=False) as clock:
            operations.clear()
            response = search("q=Xylophone+WINTER")
            assert keys(response)[:2] == [("movie", 77), ("tv", 78)]
            assert (response.json()["source"], response.json()["query"]) == ("tmdb", "Xylophone WINTER")
            assert [notice["source"] for notice in response.json()["attribution"]] == ["TMDB"]
            assert operations == [
                "UpdateItem",  # the rate's counter
                "GetItem",
                "PutItem",  # the lease
                "GetItem",
                "PutItem",  # a title each
                "PutItem",
                "PutItem",
                "UpdateItem",  # the lease
            ]
            operations.clear()
            again = search("q=xylophone+winter")
            assert (again.json()["results"], operations) == (response.json()["results"], ["UpdateItem", "GetItem"])
            assert len(tmdb.requests) == 1
            clock.shift(24 * 3600 + 1)
            search("q=xylophone+winter")
            assert len(tmdb.requests) == 2
        row = CachedMedia.get_row("77", "movie", consistent=True)
        assert row is not None
        assert (row["title"], row["source"], "details" in row) == ("Xylophone Winter", "tmdb", False)
        assert row["expiresAt"] > row["voteCount"]

    def test_a_title_with_details_is_not_replaced_by_a_find(
        self, search: Callable[[str], Any], tmdb: TmdbServer, client: Client
    ) -> None:
        tmdb.answers("movie/77", movie_body(77))
        client.get("/media/movie/77")
        before = CachedMedia.get_row("77", "movie", consistent=True)
        tmdb.answers("search/multi", list_body([movie_entry(77, media_type="movie", title="Stub")]))
        assert keys(search("q=xylophone"))[0] == ("movie", 77)
        assert CachedMedia.get_row("77", "movie", consistent=True) == before

    def test_people_are_found_too(self, search: Callable[[str], Any], tmdb: TmdbServer) -> None:
        tmdb.answers("search/person", list_body([person_entry(41, name="Xaver Yew")]))
        first = search("q=xaver+yew&type=person").json()
        assert first["results"][0]["name"] == "Xaver Yew"
        assert first["results"][0]["known_for"] == [
            {"id": 603, "media_type": "movie", "title": "Film 603"},
            {"id": 1396, "media_type": "tv", "title": "Series 1396"},
        ]
        assert search("q=xaver+yew&type=person").json() == first
        assert len(tmdb.requests) == 1

    def test_that_nothing_is_found_is_known_for_an_hour(self, search: Callable[[str], Any], tmdb: TmdbServer) -> None:
        tmdb.answers("search/multi", list_body([]))
        with time_machine.travel(datetime.now(UTC), tick=False) as clock:
            for _ in range(2):
                body = search("q=xylophone").json()
                assert (body["source"], body["message"]) == ("catalogue", NOTHING)
            assert len(tmdb.requests) == 1
            clock.shift(3601)
            search("q=xylophone")
        assert len(tmdb.requests) == 2

    @pytest.mark.parametrize(
        "query", ["q=xylophone&suggest=true", "q=xy", "q=x", "q=%3F%21%3F%21", "q=copper+harvest", "q=coper+harvst"]
    )
    def test_nobody_is_asked_while_somebody_types_or_the_index_knows(
        self, search: Callable[[str], Any], tmdb: TmdbServer, operations: list[str], query: str
    ) -> None:
        operations.clear()
        assert search(query).status_code == 200
        assert (operations, tmdb.requests) == (["UpdateItem"], [])

    @pytest.mark.parametrize(
        "fault", [garbage(), status(500), status(404), wrong_types(), hangs(), drips(), too_many("9"), refused_key()]
    )
    def test_while_the_source_fails_the_index_answers_and_says_so(
        self, search: Callable[[str], Any], tmdb: TmdbServer, hasty: None, monkeypatch: pytest.MonkeyPatch, fault: Any
    ) -> None:
        monkeypatch.setattr(searches._SearchQuestion, "budget", 0.3)
        tmdb.answers("search/multi", list_body([movie_entry(77, media_type="movie")]))
        tmdb.fails(fault)
        response = search("q=xylophone")
        assert (response.status_code, response.json()["source"]) == (200, "catalogue")
        assert response.json()["message"] == f"{NOTHING}{SILENT}"
        assert response["Cache-Control"] == "public, max-age=60"
        asked = len(tmdb.requests)
        assert search("q=xylophone").json()["message"].endswith(SILENT)
        assert len(tmdb.requests) == asked
        assert CachedMedia.get_row("77", "movie", consistent=True) is None

    def test_what_was_searched_for_is_in_no_log(
        self, search: Callable[[str], Any], tmdb: TmdbServer, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level("DEBUG", logger="apps")
        tmdb.fails(refused_key())
        search("q=xylophone")
        assert "The source did not answer a question for a search: " in caplog.text
        assert "xylophone" not in caplog.text

    def test_many_at_once_make_one_call(
        self, search: Callable[[str], Any], tmdb: TmdbServer, atomic_requests: None
    ) -> None:
        arrived, release = Event(), Event()

        def answer(_: Any) -> Any:
            arrived.set()
            assert release.wait(10)
            return list_body([movie_entry(77, media_type="movie")])

        tmdb.answers("search/multi", answer)
        with ThreadPoolExecutor(20) as pool:
            running = [pool.submit(search, "q=xylophone") for _ in range(20)]
            assert arrived.wait(10)
            release.set()
            assert {tuple(keys(each.result())) for each in running} == {(("movie", 77),)}
        assert len(tmdb.requests) == 1

    def test_who_waits_for_another_process_in_vain_gets_what_the_index_has(
        self, search: Callable[[str], Any], tmdb: TmdbServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("apps.media.lookups.questions.PAUSES", (0.001, 0.001))
        take("search:multi:xylophone", 60)
        assert search("q=xylophone").json()["message"].endswith(SILENT)
        assert tmdb.requests == []

    def test_the_longest_query_that_unfolds_fits_a_key(self, search: Callable[[str], Any], tmdb: TmdbServer) -> None:
        tmdb.answers("search/multi", list_body([]))
        assert search("q=" + "%EF%B7%BA" * 200).status_code == 200  # a ligature of eighteen letters
        assert len(tmdb.requests) == 1

    def test_a_row_that_cannot_be_read_is_asked_for_anew(self, search: Callable[[str], Any], tmdb: TmdbServer) -> None:
        row = {"mediaId": "search:multi:xylophone", "mediaType": "search", "found": b"\x01no"}
        list(CachedMedia.put_rows([row]))
        tmdb.answers("search/multi", list_body([movie_entry(77, media_type="movie")]))
        assert keys(search("q=xylophone")) == [("movie", 77)]
