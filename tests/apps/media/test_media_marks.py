"""What staff decided about titles holds wherever titles are shown, and outlasts syncs, imports and rebuilds."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from math import inf
from typing import Any

import pytest
import time_machine
from botocore.exceptions import EndpointConnectionError
from django.test import Client

from apps.media import marking, marks, selectors, services
from apps.media.details import Credit, Details
from apps.media.lookups.titles import keep_listed
from apps.media.marks import Cache, Curation, key_of, rows_and_marks, title_id
from apps.media.models import CachedMedia
from apps.media.people import local_person_id
from apps.media.storing import store_title
from apps.media.titles import CatalogueTitle, FullTitle
from movierec.dynamo.connection import shared_connection
from movierec.timestamps import now_text
from tests.stand_ins.tmdb_bodies import list_body, movie_entry
from tests.stand_ins.tmdb_server import TmdbServer

Make = Callable[..., CatalogueTitle]
BY = "staff@example.com"


def hide(media_id: int) -> bool:
    return marking.hide(("movie", media_id), title=f"Film {media_id}", by=BY)


def correct(media_id: int, version: str = "", **values: Any) -> None:
    for field, value in values.items():
        marking.correct(("movie", media_id), field, value, title="x", by=BY, version=version)


def rebuild() -> None:
    services.rebuild_catalogue(now=datetime.now(UTC))


def ids(response: Any) -> list[int]:
    assert response.status_code == 200, response.content
    return [each["id"] for each in response.json()["results"]]


@pytest.fixture
def few(tables: None, film: Make, catalogue: Callable[..., Any]) -> None:
    """Five films, their index and their lists."""
    films = [film(n, popularity=10.0 - n, genres=(18,), makers=("Ann Maker",), source="x") for n in range(1, 6)]
    catalogue(*films)
    rebuild()


@pytest.fixture
def unreachable() -> Iterator[list[str]]:
    """DynamoDB out of reach for reads, and those that were tried."""
    tried: list[str] = []

    def refuse(model: Any, **_: Any) -> None:
        tried.append(model.name)
        raise EndpointConnectionError(endpoint_url="http://127.0.0.1")

    events = shared_connection().client.meta.events
    for operation in ("GetItem", "Query"):
        events.register(f"before-call.dynamodb.{operation}", refuse)
    yield tried
    for operation in ("GetItem", "Query"):
        events.unregister(f"before-call.dynamodb.{operation}", refuse)


@pytest.fixture
def received(tables: None) -> Iterator[list[str]]:
    """What DynamoDB answered."""
    answers: list[str] = []

    def note(parsed: Any, **_: Any) -> None:
        answers.append(str(parsed))

    events = shared_connection().client.meta.events
    events.register("after-call.dynamodb", note)
    yield answers
    events.unregister("after-call.dynamodb", note)


@pytest.mark.usefixtures("few")
class TestHidden:
    def test_it_is_nowhere_without_a_rebuild_and_counts_are_right(self, client: Client) -> None:
        hide(2)
        listed = client.get("/media?listType=popular&mediaType=movie&limit=2").json()
        assert ([each["id"] for each in listed["results"]], listed["total_results"]) == ([1, 3], 4)
        found = client.get("/discover?limit=2").json()
        assert ([each["id"] for each in found["results"]], found["total_results"]) == ([1, 3], 4)
        assert 2 not in ids(client.get("/search?q=film 2"))
        assert ids(client.get(f"/media/person/{local_person_id('Ann Maker')}")) == [1, 3, 4, 5]
        (person,) = client.get("/search?q=ann maker&type=person").json()["results"]
        assert 2 not in [each["id"] for each in person["known_for"]]
        response = client.get("/media/movie/2")
        assert (response.status_code, response.json()["code"]) == (404, "UnknownTitle")
        # People's own lists show it still.
        assert client.get("/media/movie/2/poster.svg").status_code == 200

    def test_a_rebuild_leaves_it_out_and_showing_it_again_brings_it_back(self, client: Client) -> None:
        hide(2)
        rebuild()
        marking.show(("movie", 2))
        assert client.get("/media/movie/2").status_code == 200
        assert ids(client.get("/media?listType=popular&mediaType=movie")) == [1, 3, 4, 5]
        rebuild()
        assert ids(client.get("/media?listType=popular&mediaType=movie")) == [1, 2, 3, 4, 5]

    def test_no_job_brings_back_what_is_purged(self, film: Make) -> None:
        hide(2)
        CachedMedia.delete_rows([{"mediaId": "2", "mediaType": "movie"}])
        keep_listed([film(2), film(7)])
        list(services.store_titles([film(2), film(8)]))
        assert [selectors.title_row("movie", number) is None for number in (2, 7, 8)] == [True, False, False]

    def test_what_the_source_finds_is_left_out_as_well(self, client: Client, tmdb: TmdbServer) -> None:
        tmdb.answers(
            "search/multi", list_body([movie_entry(8, media_type="movie"), movie_entry(9, media_type="movie")])
        )
        hide(9)
        assert ids(client.get("/search?q=quite another name"))[0] == 8
        assert 9 not in ids(client.get("/search?q=quite another name"))
        assert selectors.title_row("movie", 9) is None

    def test_the_number_is_bounded(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(marking, "MOST_HIDDEN", 2)
        assert [hide(1), hide(2)] == [True, True]
        with pytest.raises(marking.Full, match="2 titles are hidden"):
            hide(3)
        marking.show(("movie", 1))
        assert hide(3) is True

    def test_of_two_at_once_the_one_too_many_is_refused(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(marking, "MOST_HIDDEN", 1)
        look, rivals = marks.MarkRow.get_rows, [lambda: hide(1)]

        def overtaken(*args: Any, **options: Any) -> Any:
            rows = look(*args, **options)
            if rivals:
                rivals.pop()()
            return rows

        monkeypatch.setattr(marks.MarkRow, "get_rows", overtaken)
        with pytest.raises(marking.Full):
            hide(2)
        assert [mark.key for mark in marks.all_marks()] == [("movie", 1)]

    def test_a_decision_is_one_small_read_and_one_transaction_however_many_there_are(
        self, operations: list[str], received: list[str]
    ) -> None:
        for number in range(1, 30):
            hide(number)
        operations.clear()
        received.clear()
        hide(30)
        correct(30, runtime=90)
        assert operations == ["BatchGetItem", "TransactWriteItems"] * 2
        assert "Film 29" not in "".join(received)

    def test_the_numbers_kept_are_those_there_are(self) -> None:
        hide(1)
        hide(2)
        correct(2, runtime=90)
        correct(2, marks.all_marks()[1].version, title="x")
        marking.show(("movie", 1))
        marking.show(("movie", 1))
        state = marks.MarkRow.get_row(marks.MARKS_PK, marks.STATE_SK)
        assert state is not None
        assert (state["hidden"], state["corrected"]) == (1, 1)

    def test_hiding_twice_is_told(self) -> None:
        assert [hide(1), hide(1)] == [True, False]
        assert [marking.show(("movie", 1)), marking.show(("movie", 1))] == [True, False]
        assert marks.all_marks() == []


@pytest.mark.usefixtures("few")
class TestCorrected:
    def test_it_shows_at_once_and_after_a_rebuild_search_and_filters_know_it(self, client: Client) -> None:
        correct(2, title="Nothing Alike")
        correct(3, genres=[35])
        assert client.get("/media/movie/2").json()["title"] == "Nothing Alike"
        listed = client.get("/media?listType=popular&mediaType=movie").json()["results"]
        assert listed[1]["title"] == "Nothing Alike"
        assert ids(client.get("/discover?genres=35")) == []
        rebuild()
        assert ids(client.get("/search?q=nothing alike"))[0] == 2
        assert ids(client.get("/discover?genres=35")) == [3]

    def test_syncs_imports_and_rebuilds_do_not_undo_it(self, client: Client, film: Make) -> None:
        correct(2, overview="Ours.")
        list(services.store_titles([film(2, overview="Of the demo.")]))
        told = film(2, source="tmdb", overview="Of the source.", refreshed_at=now_text())
        assert store_title(FullTitle(told, Details(cast=(Credit(1, "A"),))), None)
        rebuild()
        body = client.get("/media/movie/2").json()
        assert (body["overview"], body["cast"][0]["name"]) == ("Ours.", "A")
        (version,) = {mark.version for mark in marks.all_marks()}
        assert marking.take_back(("movie", 2), "overview", version=version)
        assert client.get("/media/movie/2").json()["overview"] == "Of the source."

    def test_the_slower_of_two_stores_nothing(self) -> None:
        correct(2, title="Mine")
        mark = marks.all_marks()[0]
        with pytest.raises(marking.Overtaken) as caught:
            correct(2, title="Yours")
        assert caught.value.mark == mark
        correct(2, mark.version, title="Yours")
        with pytest.raises(marking.Overtaken):
            marking.take_back(("movie", 2), "title", version=mark.version)

    def test_hiding_meanwhile_does_not_count_and_nothing_of_it_is_lost(self) -> None:
        correct(2, title="Mine")
        version = marks.all_marks()[0].version
        hide(2)
        correct(2, version, runtime=90)
        mark = marks.all_marks()[0]
        assert (bool(mark.hidden_at), mark.values) == (True, {"title": "Mine", "runtime": 90})
        marking.show(("movie", 2))
        assert marks.all_marks()[0].values == {"title": "Mine", "runtime": 90}

    def test_a_write_between_look_and_write_is_looked_at_anew(self, monkeypatch: pytest.MonkeyPatch) -> None:
        look, rivals = marks.MarkRow.get_rows, [lambda: correct(2, title="Theirs")]

        def overtaken(*args: Any, **options: Any) -> Any:
            rows = look(*args, **options)
            if rivals:
                rivals.pop()()
            return rows

        monkeypatch.setattr(marks.MarkRow, "get_rows", overtaken)
        with pytest.raises(marking.Overtaken):
            correct(2, title="Ours")
        assert marks.all_marks()[0].values == {"title": "Theirs"}

    def test_the_number_of_titles_is_bounded_and_not_that_of_fields(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(marking, "MOST_CORRECTED", 1)
        correct(1, title="x")
        with pytest.raises(marking.Full):
            correct(2, title="x")
        version = marks.all_marks()[0].version
        correct(1, version, runtime=1)


class TestTheCache:
    def test_every_half_minute_one_small_read_and_the_rest_where_that_tells_of_a_change(
        self, tables: None, operations: list[str]
    ) -> None:
        cache = Cache()
        with time_machine.travel("2026-11-21T12:00:00Z", tick=False) as clock:
            assert cache.curation() == Curation()
            hide(1)
            operations.clear()
            clock.shift(29.9)
            assert (cache.curation().hidden, operations) == (frozenset(), [])
            clock.shift(0.2)
            assert cache.curation().hidden == {("movie", 1)}
            assert operations == ["GetItem", "Query"]
            operations.clear()
            clock.shift(30)
            known = cache.curation()
            assert known.hidden == {("movie", 1)}
            assert operations == ["GetItem"]
            operations.clear()
            clock.shift(-3600)
            assert cache.curation() == known
            assert operations[0] == "GetItem"

    @pytest.mark.parametrize("change", ["hide", "show", "correct", "take back"])
    def test_every_decision_is_noticed(self, tables: None, change: str) -> None:
        hide(1)
        correct(2, runtime=90)
        version = marks.all_marks()[1].version
        cache = Cache(0)
        before = cache.curation()
        changes: dict[str, Callable[[], object]] = {
            "hide": lambda: hide(3),
            "show": lambda: marking.show(("movie", 1)),
            "correct": lambda: correct(2, version, title="x"),
            "take back": lambda: marking.take_back(("movie", 2), "runtime", version=version),
        }
        changes[change]()
        assert cache.curation() != before
        assert cache.curation() == marks.stored_curation()

    def test_what_came_past_the_stamp_counts_within_ten_minutes(self, tables: None) -> None:
        cache = Cache()
        with time_machine.travel("2026-11-21T12:00:00Z", tick=False) as clock:
            cache.curation()
            marks.MarkRow.put_row({"pk": marks.MARKS_PK, "sk": "movie/1", "stamp": "s", "hiddenAt": now_text()})
            clock.shift(599)
            assert cache.curation().hidden == frozenset()
            clock.shift(30)
            assert cache.curation().hidden == {("movie", 1)}

    def test_of_the_partition_no_more_is_read_than_shows(self, tables: None, received: list[str]) -> None:
        hide(1)
        correct(2, runtime=None)
        correct(3, genres=[])
        received.clear()
        assert marks.stored_curation() == Curation(
            frozenset({("movie", 1)}), {("movie", 2): {"runtime": None}, ("movie", 3): {"genres": []}}
        )
        assert "Film 1" not in "".join(received)

    def test_who_hides_is_served_by_it_at_once(self, tables: None, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(marks, "cache", Cache(inf, Curation()))
        hide(1)
        assert marks.curation().hidden == {("movie", 1)}

    def test_while_dynamodb_is_away_the_last_known_counts(
        self, tables: None, unreachable: list[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        known = Curation(frozenset({("movie", 1)}))
        with time_machine.travel("2026-11-21T12:00:00Z", tick=False) as clock:
            cache = Cache(30, known)
            assert cache.curation() == known
            asked = len(unreachable)
            assert asked > 0
            clock.shift(29)
            assert (cache.curation(), len(unreachable)) == (known, asked)
            clock.shift(2)
            assert cache.curation() == known
            assert len(unreachable) > asked

    def test_where_nothing_was_read_yet_it_is_tried_again_soon(self, tables: None, unreachable: list[str]) -> None:
        with time_machine.travel("2026-11-21T12:00:00Z", tick=False) as clock:
            cache = Cache()
            assert cache.curation() == Curation()
            asked = len(unreachable)
            clock.shift(4)
            cache.curation()
            assert len(unreachable) == asked
            clock.shift(2)
            cache.curation()
            assert len(unreachable) > asked

    def test_public_requests_read_nothing_more_while_it_is_fresh(
        self, client: Client, few: None, operations: list[str]
    ) -> None:
        client.get("/discover")
        operations.clear()
        client.get("/discover")
        assert operations == ["UpdateItem"]


@pytest.mark.parametrize("text", ["movie/603", "tv/1", f"movie/{2**53 - 1}"])
def test_ids_name_titles(text: str) -> None:
    key = key_of(text)
    assert key is not None
    assert title_id(key) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "movie",
        "movie/",
        "movie/0",
        "movie/0603",
        "film/1",
        "movie/-1",
        "movie/²",
        "movie/٣",
        f"tv/{2**53}",
        "movie/1/",
    ],
)
def test_other_texts_name_none(text: str) -> None:
    assert key_of(text) is None


def test_rows_and_decisions_come_by_one_request(few: None, operations: list[str]) -> None:
    hide(9)
    operations.clear()
    rows, found = rows_and_marks([("movie", 1), ("movie", 9)], ("mediaId", "mediaType", "title"))
    assert operations == ["BatchGetItem"]
    assert rows == {("movie", 1): {"mediaId": "1", "mediaType": "movie", "title": "Film 1"}}
    assert found[("movie", 9)].hidden_by == BY
    assert rows_and_marks([]) == ({}, {})


def test_health_is_answered_without_what_staff_decided() -> None:
    look = (
        "import sys\n"
        "from django.core.wsgi import get_wsgi_application\n"
        "get_wsgi_application()\n"
        "import apps.web.health\n"
        "print(sorted({'apps.media.marks', 'apps.media.corrections'} & set(sys.modules)))"
    )
    found = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    assert found.stdout == "[]\n"
