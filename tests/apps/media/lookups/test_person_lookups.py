"""A person: the source's facts where it tells them, the catalogue's index for all others."""

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
from apps.media.lookups.people import unpacked_person
from apps.media.models import CachedMedia
from apps.media.packing import DetailsDamaged, packed
from apps.media.people import Person, PersonCredit, local_person_id
from apps.media.titles import CatalogueTitle, FullTitle
from movierec.timestamps import timestamp
from tests.stand_ins.titles import keep_titles
from tests.stand_ins.tmdb_bodies import ABSENT, movie_entry, person_body
from tests.stand_ins.tmdb_server import TmdbServer, drips, garbage, hangs, refused_key, status, too_many, wrong_types

ErrorOf = Callable[[Any], tuple[int, str]]
Make = Callable[..., CatalogueTitle]


@pytest.fixture
def indexed(tables: None, film: Make) -> None:
    """An index with a film of TMDB's, in which person 500 plays, and one of the demo with a maker by name."""
    of_tmdb = CatalogueTitle("movie", 603, "Film 603", "tmdb", popularity=9.0, poster_path="/poster603.jpg")
    details = Details(cast=(Credit(500, "Person 500", "Keeper", "/profile500.jpg"),))
    titles = [
        FullTitle(of_tmdb, details, {"fr": Translation("Œuvre 603", "Un film.")}),
        FullTitle(film(11, makers=("A Maker",), cast=("A Maker", "B Player"))),
    ]
    keep_titles(titles)
    publish_index(build_index(titles, built_at="2026-05-01T12:00:00.000Z"))


def test_the_source_is_asked_once_and_what_it_tells_is_kept(
    client: Client, tmdb: TmdbServer, operations: list[str]
) -> None:
    tmdb.answers("person/500", person_body(500))
    response = client.get("/media/person/500")
    body = response.json()
    assert (response.status_code, response["Cache-Control"]) == (200, "public, max-age=3600")
    assert operations == ["UpdateItem", "GetItem", "PutItem", "GetItem", "PutItem", "UpdateItem"]
    assert {name: body[name] for name in ("id", "media_type", "name", "birthday", "deathday", "birthplace")} == {
        "id": 500,
        "media_type": "person",
        "name": "Person 500",
        "birthday": "1962-07-03",
        "deathday": None,
        "birthplace": "Harbour, New York, USA",
    }
    assert body["biography"] == "Began on the stage of a harbour town.\n\nMoved to films later."
    assert (body["department"], body["also_known_as"]) == ("Acting", ["P. 500"])
    assert [picture["width"] for picture in body["images"]["profile"]] == [45, 185, 421]
    assert [(each["media_type"], each["id"], each["role"], each["inCatalogue"]) for each in body["results"]] == [
        ("tv", 1396, "Guest", False),
        ("movie", 603, "Keeper", False),
        ("movie", 604, "Producer", False),
    ]
    assert body["results"][0]["posterUrl"] == "https://image.tmdb.org/t/p/w500/poster1396.jpg"
    assert (body["source"], body["stale"], body["ageSeconds"]) == ("tmdb", False, 0)
    assert [notice["source"] for notice in body["attribution"]] == ["TMDB"]
    operations.clear()
    again = client.get("/media/person/500")
    assert {**again.json(), "ageSeconds": 0} == body
    assert operations == ["UpdateItem", "GetItem"]
    assert again["ETag"] == response["ETag"]
    assert client.get("/media/person/500", headers={"if-none-match": response["ETag"]}).status_code == 304
    assert len(tmdb.requests) == 1


def test_a_row_goes_after_six_months(client: Client, tmdb: TmdbServer) -> None:
    tmdb.answers("person/500", person_body(500))
    client.get("/media/person/500")
    row = CachedMedia.get_row("500", "person", consistent=True)
    assert row is not None
    assert abs(row["expiresAt"] - datetime.now(UTC).timestamp() - 180 * 86400) < 60
    with time_machine.travel(datetime.now(UTC) + timedelta(days=181)):
        tmdb.answers("person/500", person_body(500, name="Renamed"))
        assert client.get("/media/person/500").json()["name"] == "Renamed"


def test_several_parts_in_one_title_are_one_entry(client: Client, tmdb: TmdbServer) -> None:
    acts = [movie_entry(1, media_type="movie", character=name) for name in ("Ann", "Ben", "Ann", "")]
    crew = [movie_entry(1, media_type="movie", job="Director")]
    tmdb.answers("person/500", person_body(500, combined_credits={"cast": acts, "crew": crew}))
    (entry,) = client.get("/media/person/500").json()["results"]
    assert entry["role"] == "Ann, Ben, Director"


def test_a_title_that_nobody_has_a_poster_of_has_none(client: Client, tmdb: TmdbServer, indexed: None) -> None:
    acts = [movie_entry(number, media_type="movie", poster_path=None, character="Ann") for number in (11, 12)]
    tmdb.answers("person/500", person_body(500, combined_credits={"cast": acts, "crew": []}))
    found = {each["id"]: each["posterUrl"] for each in client.get("/media/person/500").json()["results"]}
    assert found == {11: "http://testserver/media/movie/11/poster.svg", 12: None}


def test_somebody_without_credits_or_anything_else(client: Client, tmdb: TmdbServer) -> None:
    tmdb.answers("person/500", person_body(500, combined_credits=ABSENT, profile_path=None, biography=None))
    body = client.get("/media/person/500").json()
    assert (body["results"], body["images"], body["biography"]) == ([], {"profile": []}, "")


def test_what_is_old_is_asked_for_anew_and_served_while_the_source_fails(
    client: Client, tmdb: TmdbServer, hasty: None
) -> None:
    tmdb.answers("person/500", person_body(500))
    now = datetime.now(UTC)
    with time_machine.travel(now - timedelta(days=31)):
        client.get("/media/person/500")
    tmdb.fails(refused_key(), times=1)
    with time_machine.travel(now):
        old = client.get("/media/person/500")
        assert (old.json()["stale"], old["Cache-Control"]) == (True, "public, max-age=60")
    with time_machine.travel(now + timedelta(seconds=61)):
        assert client.get("/media/person/500").json()["stale"] is False


def test_of_whom_the_source_fails_to_tell_the_index_knows(client: Client, tmdb: TmdbServer, indexed: None) -> None:
    tmdb.fails(refused_key())
    body = client.get("/media/person/500?language=fr").json()
    assert (body["name"], body["source"], body["stale"], body["refreshedAt"]) == ("Person 500", "catalogue", True, None)
    assert [(each["title"], each["role"], each["inCatalogue"]) for each in body["results"]] == [
        ("Œuvre 603", "Cast", True)
    ]
    assert body["images"]["profile"][0]["url"] == "https://image.tmdb.org/t/p/w45/profile500.jpg"
    assert [notice["source"] for notice in body["attribution"]] == ["TMDB"]


def test_titles_of_the_catalogue_say_so_and_are_in_the_language(
    client: Client, tmdb: TmdbServer, indexed: None
) -> None:
    tmdb.answers("person/500", person_body(500))
    response = client.get("/media/person/500?language=fr")
    assert response["Content-Language"] == "fr"
    found = {each["id"]: (each["title"], each["inCatalogue"]) for each in response.json()["results"]}
    assert found == {1396: ("Series 1396", False), 603: ("Œuvre 603", True), 604: ("Film 604", False)}
    overviews = {each["id"]: each["overview"] for each in response.json()["results"]}
    assert overviews[603] == "Un film."


def test_the_language_is_that_of_what_was_served(
    client: Client, tmdb: TmdbServer, indexed: None, operations: list[str]
) -> None:
    tmdb.answers("person/500", person_body(500))
    client.get("/media/person/500")
    for asked, reads in (("fr", ["GetItem", "BatchGetItem"]), ("de", ["GetItem", "BatchGetItem"]), ("en", ["GetItem"])):
        operations.clear()
        response = client.get(f"/media/person/500?language={asked}")
        assert response["Content-Language"] == ("fr" if asked == "fr" else "en")
        assert operations == ["UpdateItem", *reads]


def test_people_by_name_alone_are_known_by_our_number(
    client: Client, tmdb: TmdbServer, indexed: None, operations: list[str]
) -> None:
    operations.clear()
    body = client.get(f"/media/person/{local_person_id('a  maker')}").json()
    assert (body["name"], body["stale"], body["attribution"]) == ("A Maker", False, [])
    assert [(each["title"], each["role"]) for each in body["results"]] == [("Film 11", "Cast, Crew")]
    assert (operations, tmdb.requests) == (["UpdateItem"], [])


def test_without_a_source_the_index_knows(client: Client, indexed: None, operations: list[str]) -> None:
    operations.clear()
    body = client.get("/media/person/500").json()
    assert (body["name"], body["stale"]) == ("Person 500", False)
    assert operations == ["UpdateItem", "GetItem"]


@pytest.mark.parametrize("number", [0, 31, 2**53, local_person_id("Nobody")])
def test_whom_nobody_knows_is_404(client: Client, indexed: None, error_of: ErrorOf, number: int) -> None:
    assert error_of(client.get(f"/media/person/{number}")) == (404, "UnknownPerson")


@pytest.mark.parametrize("path", ["person/x", "person/-1", "person/" + "9" * 5000, "person/1.5"])
def test_what_is_no_number_is_404(client: Client, error_of: ErrorOf, path: str) -> None:
    assert error_of(client.get(f"/media/{path}")) == (404, "NotFound")


def test_whom_the_source_does_not_know_is_asked_for_once_an_hour(
    client: Client, tmdb: TmdbServer, indexed: None, operations: list[str], error_of: ErrorOf
) -> None:
    assert error_of(client.get("/media/person/31")) == (404, "UnknownPerson")
    operations.clear()
    assert error_of(client.get("/media/person/31")) == (404, "UnknownPerson")
    assert (operations, len(tmdb.requests)) == (["UpdateItem", "GetItem"], 1)


@pytest.mark.parametrize("number", [500, local_person_id("A Maker")])
def test_nobody_is_denied_while_the_index_cannot_be_read(client: Client, error_of: ErrorOf, number: int) -> None:
    response = client.get(f"/media/person/{number}")
    assert error_of(response) == (503, "CatalogueIndexMissing")
    assert response["Retry-After"] == "5"


def test_whom_the_source_does_not_know_the_index_may_know_once_it_can_be_read(
    client: Client, tmdb: TmdbServer, error_of: ErrorOf
) -> None:
    for _ in range(2):
        assert error_of(client.get("/media/person/500")) == (503, "CatalogueIndexMissing")
    assert len(tmdb.requests) == 1


def test_who_is_stored_needs_no_index(client: Client, tmdb: TmdbServer) -> None:
    tmdb.answers("person/500", person_body(500))
    assert [client.get("/media/person/500").status_code for _ in range(2)] == [200, 200]


def test_a_person_goes_with_the_last_of_their_titles(client: Client, tables: None, error_of: ErrorOf) -> None:
    now = datetime.now(UTC)
    told = CatalogueTitle("movie", 603, "Film 603", "tmdb", refreshed_at=timestamp(now))
    details = Details(cast=(Credit(500, "Person 500", "Keeper", "/profile500.jpg"),))
    publish_index(build_index([FullTitle(told, details)], built_at=timestamp(now)))
    with time_machine.travel(now + timedelta(days=179)):
        assert client.get("/media/person/500").status_code == 200
        assert client.get("/search?q=person+500").json()["total_results"] == 1
    with time_machine.travel(now + timedelta(days=180)):
        assert error_of(client.get("/media/person/500")) == (404, "UnknownPerson")
        found = client.get("/search?q=person+500").json()
        assert (found["results"], found["attribution"]) == ([], [])


def test_a_photo_of_tmdb_is_credited_whoever_told_of_the_titles(client: Client, tables: None, film: Make) -> None:
    details = Details(cast=(Credit(500, "Ida Quartz", "Keeper", "/profile500.jpg"),))
    publish_index(build_index([FullTitle(film(11), details)], built_at="2026-05-01T12:00:00.000Z"))
    for path in ("/media/person/500", "/search?q=ida+quartz&type=person"):
        assert [notice["source"] for notice in client.get(path).json()["attribution"]] == ["TMDB"]


def test_whom_the_source_does_not_know_and_the_index_does(client: Client, tmdb: TmdbServer, indexed: None) -> None:
    for _ in range(2):
        body = client.get("/media/person/500").json()
        assert (body["name"], body["stale"]) == ("Person 500", False)
    assert len(tmdb.requests) == 1


@pytest.mark.parametrize(
    "fault", [garbage(), status(503), wrong_types(), hangs(), drips(), too_many("5"), refused_key()]
)
def test_a_fault_of_the_source_is_503_for_whom_nobody_else_knows(
    client: Client, tmdb: TmdbServer, hasty: None, error_of: ErrorOf, fault: Any
) -> None:
    tmdb.answers("person/500", person_body(500))
    tmdb.fails(fault)
    response = client.get("/media/person/500")
    assert error_of(response) == (503, "SourceSilent")
    assert response["Retry-After"] in ("5", "60")
    assert CachedMedia.get_row("500", "person", consistent=True) is None


def test_many_at_once_make_one_call(client: Client, tmdb: TmdbServer, atomic_requests: None) -> None:
    arrived, release = Event(), Event()

    def answer(_: Any) -> Any:
        arrived.set()
        assert release.wait(10)
        return person_body(500)

    tmdb.answers("person/500", answer)
    with ThreadPoolExecutor(20) as pool:
        running = [pool.submit(client.get, "/media/person/500") for _ in range(20)]
        assert arrived.wait(10)
        release.set()
        assert {each.result().status_code for each in running} == {200}
    assert len(tmdb.requests) == 1


def test_a_person_survives_the_row() -> None:
    title = CatalogueTitle("movie", 1, "A", "tmdb", genres=(28,), countries=("US",), refreshed_at="2026")
    person = Person(500, "N", also_known_as=("M",), cast=(PersonCredit(title, "x"),), crew=(PersonCredit(title),))
    assert unpacked_person(packed(person)) == person


@pytest.mark.parametrize(
    "stored", [{}, [], {"cast": [], "crew": []}, {"cast": 1, "crew": []}, {"cast": [{}], "crew": []}]
)
def test_a_person_of_another_shape_is_refused(stored: Any) -> None:
    with pytest.raises(DetailsDamaged, match="stored person"):
        unpacked_person(packed(stored))


def test_a_row_that_cannot_be_read_is_fetched_anew(client: Client, tmdb: TmdbServer) -> None:
    list(CachedMedia.put_rows([{"mediaId": "500", "mediaType": "person", "person": b"\x01no"}]))
    tmdb.answers("person/500", person_body(500))
    assert client.get("/media/person/500").json()["name"] == "Person 500"
