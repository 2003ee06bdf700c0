"""A title: what is stored is served, what is not is asked for once, and nothing ever hangs."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Event
from time import time
from typing import Any

import pytest
import time_machine
from django.test import Client

from apps.media.details import Credit, Details, Keyword, Offers, Provider, Translation
from apps.media.lookups import questions
from apps.media.lookups.rows import missing_row, put_where_nothing_is
from apps.media.models import CachedMedia
from apps.media.titles import CatalogueTitle, FullTitle, full_from_row
from movierec.dynamo.leases import Lease, Taken, take
from movierec.timestamps import timestamp
from tests.stand_ins.titles import keep_titles
from tests.stand_ins.tmdb_bodies import movie_body, tv_body
from tests.stand_ins.tmdb_server import (
    TmdbServer,
    drips,
    garbage,
    half_body,
    hangs,
    html,
    refused_key,
    status,
    too_many,
    wrong_types,
)

ErrorOf = Callable[[Any], tuple[int, str]]
Make = Callable[..., CatalogueTitle]


def store(*titles: FullTitle) -> None:
    keep_titles(titles)


def of_tmdb(media_id: int, *, days: float, details: Details | None = None, **facts: Any) -> FullTitle:
    """A film that TMDB told of so many days ago."""
    refreshed_at = timestamp(datetime.now(UTC) - timedelta(days=days))
    title = CatalogueTitle("movie", media_id, f"Stored {media_id}", "tmdb", refreshed_at=refreshed_at, **facts)
    return FullTitle(title, details)


def row_of(media_id: int) -> dict[str, Any] | None:
    return CachedMedia.get_row(str(media_id), "movie", consistent=True)


class TestStored:
    def test_what_is_fresh_costs_one_read_and_no_call(
        self, client: Client, tmdb: TmdbServer, operations: list[str]
    ) -> None:
        store(of_tmdb(603, days=29.9, details=Details(tagline="Known.")))
        operations.clear()
        response = client.get("/media/movie/603")
        body = response.json()
        assert (response.status_code, body["title"], body["tagline"]) == (200, "Stored 603", "Known.")
        assert body["stale"] is False
        assert sorted(operations) == ["GetItem", "UpdateItem"]  # the row, and the rate's counter
        assert response["Cache-Control"] == "public, max-age=3600"
        assert tmdb.requests == []

    def test_what_is_old_is_asked_for_anew_and_stored(
        self, client: Client, tmdb: TmdbServer, operations: list[str]
    ) -> None:
        store(of_tmdb(603, days=30.1, details=Details()))
        tmdb.answers("movie/603", movie_body(603))
        operations.clear()
        body = client.get("/media/movie/603").json()
        assert (body["title"], body["stale"], body["ageSeconds"]) == ("Film 603", False, 0)
        assert operations == ["UpdateItem", "GetItem", "PutItem", "GetItem", "PutItem", "UpdateItem"]
        assert client.get("/media/movie/603").json()["stale"] is False
        assert len(tmdb.requests) == 1

    def test_a_find_of_a_list_gets_its_details_at_the_first_look(self, client: Client, tmdb: TmdbServer) -> None:
        store(of_tmdb(603, days=0))
        tmdb.answers("movie/603", movie_body(603))
        assert [each["name"] for each in client.get("/media/movie/603").json()["cast"]] == [
            "First Player",
            "Second Player",
            "Third Player",
        ]

    @pytest.mark.parametrize("days", [31, 100])
    @pytest.mark.parametrize(
        "fault", [garbage(), half_body(), html(), refused_key(), status(503), too_many("30"), wrong_types(), hangs()]
    )
    def test_what_is_old_is_served_while_the_source_fails(
        self, client: Client, tmdb: TmdbServer, hasty: None, days: int, fault: Any
    ) -> None:
        store(of_tmdb(603, days=days, details=Details(tagline="Known.")))
        tmdb.answers("movie/603", movie_body(603))
        tmdb.fails(fault)
        response = client.get("/media/movie/603")
        body = response.json()
        assert (response.status_code, body["tagline"], body["stale"]) == (200, "Known.", True)
        assert 0 <= body["ageSeconds"] - days * 86400 < 60
        assert response["Cache-Control"] == "public, max-age=60"

    def test_a_failure_is_not_repeated_for_the_next_ones(self, client: Client, tmdb: TmdbServer, hasty: None) -> None:
        store(of_tmdb(603, days=31, details=Details()))
        tmdb.fails(refused_key())
        assert [client.get("/media/movie/603").json()["stale"] for _ in range(3)] == [True, True, True]
        assert len(tmdb.requests) == 1

    def test_while_another_process_asks_what_is_stored_is_served(self, client: Client, tmdb: TmdbServer) -> None:
        store(of_tmdb(603, days=31, details=Details()))
        take("title:movie:603", 60)
        body = client.get("/media/movie/603").json()
        assert (body["title"], body["stale"]) == ("Stored 603", True)
        assert tmdb.requests == []

    def test_what_another_process_stored_meanwhile_is_taken(
        self, client: Client, tmdb: TmdbServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        store(of_tmdb(603, days=31, details=Details()))
        taking = questions.take

        def slowly(name: str, seconds: float) -> Any:
            store(of_tmdb(603, days=0, details=Details(tagline="Newer.")))
            return taking(name, seconds)

        monkeypatch.setattr(questions, "take", slowly)
        body = client.get("/media/movie/603").json()
        assert (body["tagline"], body["stale"]) == ("Newer.", False)
        assert tmdb.requests == []
        assert not isinstance(take("title:movie:603", 1), Taken)

    def test_a_title_that_its_source_does_not_know_is_served_and_asked_for_once(
        self, client: Client, tmdb: TmdbServer, film: Make
    ) -> None:
        store(FullTitle(film(603)))
        for _ in range(2):
            body = client.get("/media/movie/603").json()
            assert (body["title"], body["stale"], body["ageSeconds"]) == ("Film 603", False, None)
        assert len(tmdb.requests) == 1
        row = row_of(603)
        assert row is not None
        assert "missing" not in row

    def test_what_cannot_be_read_of_a_row_is_asked_for(self, client: Client, tmdb: TmdbServer) -> None:
        store(of_tmdb(603, days=1, details=Details()))
        row = row_of(603)
        assert row is not None
        list(CachedMedia.put_rows([{**row, "details": b"\x09other"}]))
        tmdb.answers("movie/603", movie_body(603))
        assert client.get("/media/movie/603").json()["tagline"] == "Follow the light."

    def test_without_a_source_what_is_old_says_so(self, client: Client) -> None:
        store(of_tmdb(603, days=31, details=Details()), of_tmdb(604, days=1))
        assert client.get("/media/movie/603").json()["stale"] is True
        assert client.get("/media/movie/604").json()["stale"] is False

    def test_six_months_are_the_end(self, client: Client, operations: list[str], error_of: ErrorOf) -> None:
        store(of_tmdb(603, days=180.1, details=Details()))
        assert error_of(client.get("/media/movie/603")) == (404, "UnknownTitle")


class TestUnknown:
    def test_the_source_is_asked_once_and_what_it_tells_is_kept(
        self, client: Client, tmdb: TmdbServer, operations: list[str]
    ) -> None:
        tmdb.answers("movie/603", movie_body(603))
        response = client.get("/media/movie/603")
        assert (response.status_code, response.json()["title"]) == (200, "Film 603")
        assert operations == [
            "UpdateItem",  # the rate's counter
            "GetItem",
            "PutItem",  # the lease
            "GetItem",
            "PutItem",
            "UpdateItem",  # the lease
        ]
        operations.clear()
        assert client.get("/media/movie/603").content.replace(b" ", b"") != b""
        assert sorted(operations) == ["GetItem", "UpdateItem"]
        assert len(tmdb.requests) == 1
        row = row_of(603)
        assert row is not None
        assert full_from_row(row).details is not None
        assert abs(row["expiresAt"] - time() - 180 * 86400) < 60

    def test_fifty_at_once_make_one_call(
        self, client: Client, tmdb: TmdbServer, atomic_requests: None, settings: Any
    ) -> None:
        tmdb.answers("movie/603", movie_body(603))
        arrived, release = Event(), Event()

        def answer(_: Any) -> Any:
            arrived.set()
            assert release.wait(10)
            return movie_body(603)

        tmdb.answers("movie/603", answer)
        with ThreadPoolExecutor(50) as pool:
            running = [pool.submit(client.get, "/media/movie/603") for _ in range(50)]
            assert arrived.wait(10)
            release.set()
            responses = [each.result() for each in running]
        assert {(response.status_code, response.json()["title"]) for response in responses} == {(200, "Film 603")}
        assert len(tmdb.requests) == 1

    def test_during_an_outage_fifty_make_one_call_and_all_are_told_when_to_come_back(
        self, client: Client, tmdb: TmdbServer, atomic_requests: None, error_of: ErrorOf
    ) -> None:
        tmdb.fails(too_many("20"))
        with ThreadPoolExecutor(50) as pool:
            responses = list(pool.map(client.get, ["/media/movie/603"] * 50))
        assert {error_of(response) for response in responses} == {(503, "SourceSilent")}
        assert {int(response["Retry-After"]) for response in responses} <= set(range(11, 22))
        assert len(tmdb.requests) == 1
        assert row_of(603) is None

    @pytest.mark.parametrize(
        ("fault", "pause"),
        [
            (garbage(), "5"),
            (half_body(), "5"),
            (html(), "5"),
            (status(500), "5"),
            (status(503), "5"),
            (wrong_types(), "5"),
            (hangs(), "5"),
            (drips(), "5"),
            (too_many("7"), "7"),
            (too_many("3600"), "60"),
            (refused_key(), "60"),
        ],
    )
    def test_a_fault_of_the_source_is_503_with_retry_after(
        self, client: Client, tmdb: TmdbServer, hasty: None, error_of: ErrorOf, fault: Any, pause: str
    ) -> None:
        tmdb.answers("movie/603", movie_body(603))
        tmdb.fails(fault)
        response = client.get("/media/movie/603")
        assert error_of(response) == (503, "SourceSilent")
        assert response["Retry-After"] == pause
        assert response.json()["error"] == (
            "This film is not in the catalogue yet, and its source does not answer; try again shortly."
        )
        assert tmdb.key not in response.content.decode()
        assert row_of(603) is None

    def test_an_outage_is_in_the_log_once_and_not_for_every_visitor(
        self, client: Client, tmdb: TmdbServer, caplog: pytest.LogCaptureFixture
    ) -> None:
        tmdb.fails(refused_key())
        with caplog.at_level("WARNING"):
            assert [client.get("/media/movie/603").status_code for _ in range(3)] == [503] * 3
        ours = [record for record in caplog.records if record.name.startswith(("apps.", "movierec."))]
        assert [record.name for record in ours if record.levelname == "WARNING"] == ["apps.media.lookups.questions"]
        assert [record.message for record in ours if record.levelname == "ERROR"] == []

    def test_after_a_failure_everybody_is_told_at_once_until_the_pause_is_over(
        self, client: Client, tmdb: TmdbServer, hasty: None, operations: list[str], error_of: ErrorOf
    ) -> None:
        tmdb.answers("movie/603", movie_body(603))
        tmdb.fails(refused_key(), times=1)
        with time_machine.travel(datetime.now(UTC), tick=False) as clock:
            assert client.get("/media/movie/603")["Retry-After"] == "60"
            clock.shift(20)
            operations.clear()
            again = client.get("/media/movie/603")
            assert (error_of(again), again["Retry-After"]) == ((503, "SourceSilent"), "40")
            assert operations == ["UpdateItem", "GetItem", "PutItem"]
            assert len(tmdb.requests) == 1
            clock.shift(40)
            assert client.get("/media/movie/603").status_code == 200
        assert len(tmdb.requests) == 2

    def test_what_does_not_exist_is_asked_for_once_an_hour(
        self, client: Client, tmdb: TmdbServer, operations: list[str], error_of: ErrorOf
    ) -> None:
        with time_machine.travel(datetime.now(UTC), tick=False) as clock:
            assert error_of(client.get("/media/movie/603")) == (404, "UnknownTitle")
            operations.clear()
            assert error_of(client.get("/media/movie/603")) == (404, "UnknownTitle")
            assert operations == ["UpdateItem", "GetItem"]
            assert len(tmdb.requests) == 1
            clock.shift(3601)
            tmdb.answers("movie/603", movie_body(603))
            assert client.get("/media/movie/603").status_code == 200
        assert len(tmdb.requests) == 2

    def test_who_comes_before_that_can_be_read_learns_it_from_the_lease(
        self, client: Client, tmdb: TmdbServer, error_of: ErrorOf
    ) -> None:
        held = take("title:movie:603", 10)
        assert isinstance(held, Lease)
        held.give_up(after=60, note="absent")
        assert error_of(client.get("/media/movie/603")) == (404, "UnknownTitle")
        assert tmdb.requests == []

    def test_a_dead_holder_is_outlived(
        self, client: Client, tmdb: TmdbServer, error_of: ErrorOf, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(questions, "PAUSES", (0.001,))
        tmdb.answers("movie/603", movie_body(603))
        with time_machine.travel(datetime.now(UTC), tick=False) as clock:
            take("title:movie:603", 10)
            waited = client.get("/media/movie/603")
            assert (error_of(waited), waited["Retry-After"]) == ((503, "SourceSilent"), "10")
            assert tmdb.requests == []
            clock.shift(10)
            assert client.get("/media/movie/603").status_code == 200

    def test_without_a_source_it_is_404_at_once(self, client: Client, operations: list[str], error_of: ErrorOf) -> None:
        assert error_of(client.get("/media/movie/603")) == (404, "UnknownTitle")
        assert operations == ["UpdateItem", "GetItem"]

    @pytest.mark.parametrize(
        "path",
        [
            "movie/0",
            f"movie/{2**53}",
            "movie/" + "9" * 5000,
            "movie/-1",
            "movie/x",
            "movie/1.5",
            "movie/%D9%A1",
            "film/603",
            "list/1",
            "MOVIE/603",
            "search/1",
        ],
    )
    def test_what_names_no_title_is_404_and_nobody_is_asked(
        self, client: Client, tmdb: TmdbServer, operations: list[str], error_of: ErrorOf, path: str
    ) -> None:
        assert error_of(client.get(f"/media/{path}"))[0] == 404
        assert set(operations) <= {"UpdateItem"}
        assert tmdb.requests == []

    @pytest.mark.parametrize("query", ["region=USA", "region=U", "region=1A", "region=%00", "language=%7B"])
    def test_a_wrong_query_is_400_and_nobody_is_asked(
        self, client: Client, tmdb: TmdbServer, operations: list[str], error_of: ErrorOf, query: str
    ) -> None:
        response = client.get(f"/media/movie/603?{query}")
        assert error_of(response) == (400, "InvalidParameterException")
        assert {detail["path"] for detail in response.json()["details"]} == {query.partition("=")[0]}
        assert (operations, tmdb.requests) == (["UpdateItem"], [])


class TestRows:
    def test_that_a_title_is_missing_never_replaces_one_that_is_there(self, tables: None, film: Make) -> None:
        store(FullTitle(film(603)))
        assert not put_where_nothing_is(missing_row("603", "movie"))
        row = row_of(603)
        assert row is not None
        assert row["title"] == "Film 603"

    def test_a_title_of_which_a_list_tells_replaces_only_what_is_missing_or_over(self, tables: None) -> None:
        assert put_where_nothing_is(missing_row("603", "movie"))
        assert put_where_nothing_is({"mediaId": "603", "mediaType": "movie", "title": "A", "expiresAt": 1})
        assert put_where_nothing_is({"mediaId": "603", "mediaType": "movie", "title": "B"})
        assert not put_where_nothing_is({"mediaId": "603", "mediaType": "movie", "title": "C"})
        row = row_of(603)
        assert row is not None
        assert row["title"] == "B"


class TestAnswer:
    def test_a_film_in_full(self, client: Client, tmdb: TmdbServer) -> None:
        tmdb.answers("movie/603", movie_body(603))
        body = client.get("/media/movie/603?region=us").json()
        assert {name: body[name] for name in ("id", "media_type", "mediaId", "mediaType", "source", "language")} == {
            "id": 603,
            "media_type": "movie",
            "mediaId": "603",
            "mediaType": "movie",
            "source": "tmdb",
            "language": "en",
        }
        assert (body["runtime"], body["status"], body["imdb_id"]) == (136, "Released", "tt0000603")
        assert body["genres"] == [{"id": 28, "name": "Action"}, {"id": 878, "name": "Science Fiction"}]
        assert body["cast"][0] == {
            "id": 6384,
            "name": "First Player",
            "character": "Keeper",
            "profile_path": "/profile6384.jpg",
            "profile": {"url": "https://image.tmdb.org/t/p/w185/profile6384.jpg", "width": 185, "height": 278},
        }
        assert body["crew"][0] == {
            "id": 9340,
            "name": "Only Director",
            "job": "Director",
            "profile_path": None,
            "profile": None,
        }
        assert body["keywords"][0] == {"id": 310, "name": "artificial intelligence"}
        assert (body["certification"], body["certifications"]) == ("R", {"DE": "16", "US": "R"})
        assert body["trailers"][0]["url"] == "https://www.youtube.com/watch?v=m8e-FF8MsqU"
        assert body["providerRegions"] == ["SE", "US"]
        assert [each["name"] for each in body["providers"]["stream"]] == ["HBO Max", "Netflix"]
        assert body["providers"]["stream"][1]["logo"] == {
            "url": "https://image.tmdb.org/t/p/w92/logo8.jpg",
            "width": 92,
            "height": 92,
        }
        assert [picture["width"] for picture in body["images"]["poster"]] == [92, 154, 185, 342, 500, 780]
        assert [picture["width"] for picture in body["images"]["backdrop"]] == [300, 780, 1280]
        assert body["alternative_titles"] == ["Motion Picture 603", "Lichtfilm 603"]
        assert [notice["source"] for notice in body["attribution"]] == ["TMDB", "JustWatch"]

    def test_a_series_in_full(self, client: Client, tmdb: TmdbServer) -> None:
        tmdb.answers("tv/1396", tv_body(1396))
        body = client.get("/media/tv/1396").json()
        assert (body["name"], body["title"], body["first_air_date"]) == ("Series 1396", "Series 1396", "2008-01-20")
        assert (body["number_of_seasons"], body["number_of_episodes"]) == (5, 62)
        assert body["certification"] == "TV-MA"

    def test_offers_and_certifications_are_those_of_the_region(self, client: Client, tmdb: TmdbServer) -> None:
        tmdb.answers("movie/603", movie_body(603))
        swedish = client.get("/media/movie/603?region=SE").json()
        assert [each["name"] for each in swedish["providers"]["ads"]] == ["Harbour Free"]
        assert (swedish["providers"]["rent"], swedish["certification"]) == ([], None)
        nowhere = client.get("/media/movie/603?region=ZZ").json()
        assert nowhere["providers"] == {
            "region": "ZZ", "link": None, "stream": [], "free": [], "ads": [], "rent": [], "buy": [],
        }  # fmt: skip
        assert [notice["source"] for notice in nowhere["attribution"]] == ["TMDB"]

    @pytest.mark.parametrize(
        ("asked", "language", "title", "tagline"),
        [
            ("fr", "fr", "Œuvre 603", "Follow the light."),
            ("es-MX", "es", None, None),
            ("de", "en", "Film 603", "Follow the light."),
            ("en-GB", "en", "Film 603", "Follow the light."),
        ],
    )
    def test_texts_are_in_the_language_that_is_kept(
        self, client: Client, tmdb: TmdbServer, asked: str, language: str, title: str | None, tagline: str | None
    ) -> None:
        tmdb.answers("movie/603", movie_body(603))
        response = client.get(f"/media/movie/603?language={asked}")
        body = response.json()
        assert (response["Content-Language"], body["language"]) == (language, language)
        assert {body["languages"][name] for name in ("title", "overview")} <= {language, "en"}
        if title is not None:
            assert (body["title"], body["tagline"]) == (title, tagline)
        assert body["original_title"] == "Film 603"

    def test_each_text_says_its_language(self, client: Client, film: Make) -> None:
        store(FullTitle(film(603), Details(tagline="Known."), {"fr": Translation("Œuvre 603", "Un film.")}))
        body = client.get("/media/movie/603?language=fr").json()
        assert (body["title"], body["overview"], body["tagline"]) == ("Œuvre 603", "Un film.", "Known.")
        assert body["languages"] == {"title": "fr", "overview": "fr", "tagline": "en"}
        assert set(client.get("/media/movie/603").json()["languages"].values()) == {"en"}

    def test_the_services_of_a_catalogue_are_offers_by_name(self, client: Client, film: Make) -> None:
        store(FullTitle(film(11, services=("netflix", "SE/prime", "cinema"))))
        body = client.get("/media/movie/11").json()
        assert body["providers"] == {
            "region": "US",
            "link": None,
            "stream": [{"id": None, "name": "Netflix", "logo": None}, {"id": None, "name": "cinema", "logo": None}],
            "free": [], "ads": [], "rent": [], "buy": [],
        }  # fmt: skip
        assert (body["providerRegions"], body["attribution"]) == (["SE", "US"], [])
        swedish = client.get("/media/movie/11?region=SE").json()["providers"]
        assert [each["name"] for each in swedish["stream"]] == ["Prime Video"]

    def test_where_a_source_tells_the_offers_these_alone_count(self, client: Client) -> None:
        details = Details(providers=(Provider(8, "Netflix", None),), offers={"US": Offers(rent=(8,))})
        store(of_tmdb(603, days=1, details=details, services=("hulu",)))
        providers = client.get("/media/movie/603").json()["providers"]
        assert ([each["name"] for each in providers["rent"]], providers["stream"]) == (["Netflix"], [])

    def test_what_was_never_translated_is_in_the_language_it_is_kept_in(self, client: Client, film: Make) -> None:
        store(FullTitle(film(603)))
        response = client.get("/media/movie/603?language=fr")
        assert (response["Content-Language"], response.json()["language"]) == ("en", "en")

    def test_a_title_of_the_demo_has_people_and_keywords_by_name(self, client: Client, film: Make) -> None:
        store(
            FullTitle(film(11, makers=("A Maker",), cast=("B Player",), keywords=("robot",), certification="PG")),
            FullTitle(replace(film(12, makers=("A Maker",)), media_type="tv")),
        )
        body = client.get("/media/movie/11").json()
        (maker,), (player,) = body["crew"], body["cast"]
        assert (maker["name"], maker["job"], player["name"], player["character"]) == (
            "A Maker", "Director", "B Player", "",
        )  # fmt: skip
        assert maker["id"] > 10**12
        assert maker["id"] != player["id"]
        assert body["keywords"] == [{"id": None, "name": "robot"}]
        assert (body["certification"], body["refreshedAt"], body["ageSeconds"]) == ("PG", None, None)
        assert (body["attribution"], body["images"]) == ([], {"poster": [], "backdrop": []})
        assert body["posterUrl"] == "http://testserver/media/movie/11/poster.svg"
        series = client.get("/media/tv/12").json()
        assert (series["crew"][0]["id"], series["crew"][0]["job"]) == (maker["id"], "Creator")

    def test_a_picture_of_tmdb_is_credited_whoever_told_of_the_title(self, client: Client, film: Make) -> None:
        store(FullTitle(film(603, poster_path="/p.jpg")))
        assert [notice["source"] for notice in client.get("/media/movie/603").json()["attribution"]] == ["TMDB"]

    def test_the_tag_stays_as_the_age_goes_on(self, client: Client) -> None:
        store(of_tmdb(603, days=1, details=Details(cast=(Credit(1, "A"),), keywords=(Keyword(2, "b"),))))
        with time_machine.travel(datetime.now(UTC), tick=False) as clock:
            first = client.get("/media/movie/603")
            clock.shift(100)
            second = client.get("/media/movie/603")
            assert second.json()["ageSeconds"] == first.json()["ageSeconds"] + 100
            assert second["ETag"] == first["ETag"]
            known = client.get("/media/movie/603", headers={"if-none-match": first["ETag"]})
            assert (known.status_code, known.content) == (304, b"")
            clock.shift(30 * 86400)
            assert client.get("/media/movie/603", headers={"if-none-match": first["ETag"]}).status_code == 200

    def test_the_page_for_people_is_made_anew_and_kept_by_no_cache(self, client: Client, film: Make) -> None:
        store(FullTitle(film(603)))
        as_json = client.get("/media/movie/603")
        headers = {"accept": "text/html", "if-none-match": as_json["ETag"]}
        page = client.get("/media/movie/603", headers=headers)
        assert (page.status_code, page["Cache-Control"]) == (200, "private, no-store")
        assert page["Content-Type"].startswith("text/html")
        assert "ETag" not in page
        known = client.get("/media/movie/603", headers={"if-none-match": as_json["ETag"]})
        assert known.status_code == 304
        assert all("accept" in each["Vary"].lower().split(", ") for each in (as_json, page, known))

    def test_a_stale_token_and_head_do_no_harm(self, client: Client, film: Make) -> None:
        store(FullTitle(film(603)))
        assert client.get("/media/movie/603", headers={"authorization": "Bearer no.good.token"}).status_code == 200
        assert client.head("/media/movie/603").content == b""
