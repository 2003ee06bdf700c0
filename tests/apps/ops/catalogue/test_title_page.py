from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from apps.media import marking
from apps.media.marks import all_marks
from apps.media.models import CachedMedia
from apps.media.providers.demo.fields import ACCLAIM
from apps.media.selectors import title_row
from apps.media.services import rebuild_catalogue
from apps.media.titles import FIRST_MADE_UP_ID, FullTitle
from movierec.audit import Thing, of_thing
from tests.apps.ops.catalogue.conftest import film
from tests.stand_ins.titles import keep_titles
from tests.stand_ins.tmdb_bodies import movie_body
from tests.stand_ins.tmdb_server import TmdbServer, refused_key

CATALOGUE = "/ops/catalogue"

pytestmark = pytest.mark.usefixtures("few")


def text_of(response: Any, status: int = 200) -> str:
    assert response.status_code == status, response.content
    return str(response.content.decode())


def events(title: str) -> list[tuple[str, str]]:
    return [(event.tag, event.outcome) for event in of_thing(Thing("title", title)).events]


def do(ops: Client, deed: str, *ticked: str, **sent: str) -> str:
    return text_of(ops.post("/ops/catalogue/deeds", {"deed": deed, "ticked": ticked, "sure": "yes", **sent}))


def offered(page: str) -> list[str]:
    return re.findall(r'name="deed" value="([a-z-]+)"', page)


def form_version(page: str) -> str:
    return page.partition('name="version" value="')[2].partition('"')[0]


class TestThePage:
    def test_it_shows_facts_row_and_audit_by_three_requests(self, support: Client, operations: list[str]) -> None:
        operations.clear()
        page = text_of(support.get("/ops/catalogue/movie/603"))
        assert operations == ["UpdateItem", "BatchGetItem", "Query"]
        assert "Somebody (Neo)" in page
        assert "&quot;tagline&quot;: &quot;Follow.&quot;" in page
        assert 'href="/media/movie/603"' in page
        assert "Nobody has done anything to this title." in page
        assert "/correct" not in page

    @pytest.mark.parametrize("title", ["movie/999", "film/603", "movie/0603", "movie/x", "movie/99999999999999999999"])
    def test_what_there_is_not(self, ops: Client, title: str) -> None:
        assert "There is no title" in text_of(ops.get(f"/ops/catalogue/{title}"), 404)

    def test_a_damaged_part_is_shown_as_such(self, ops: Client) -> None:
        CachedMedia.put_row({**(title_row("movie", 603) or {}), "details": b"\x01wrong"})
        assert "6 bytes." in text_of(ops.get("/ops/catalogue/movie/603"))

    def test_hostile_values_are_inert(self, ops: Client) -> None:
        keep_titles([FullTitle(film(9, title="<script>1</script>", overview="<img onerror=1>"))])
        page = text_of(ops.get("/ops/catalogue/movie/9"))
        assert "<script>1" not in page
        assert "<img onerror" not in page

    def test_without_a_time_of_its_source_the_age_is_that_of_the_row(self, support: Client) -> None:
        CachedMedia.put_row({**(title_row("movie", 2) or {}), "updatedAt": "2020-01-01T00:00:00.000Z"})
        assert re.search(r"<dt>Age</dt><dd>stored [0-9]{4} days ago</dd>", text_of(support.get(f"{CATALOGUE}/movie/2")))
        assert "<dt>Age</dt><dd>stored" not in text_of(support.get(f"{CATALOGUE}/movie/603"))

    def test_facts_are_in_words(self, support: Client) -> None:
        keep_titles([FullTitle(film(9, acclaim=tuple(sorted(ACCLAIM)), renown=4))])
        page = text_of(support.get(f"{CATALOGUE}/movie/9"))
        assert "<dd>award-winning, blockbuster, critically acclaimed, cult classic, underrated</dd>" in page
        assert "<dt>How well known</dt><dd>4 of 5</dd>" in page

    @pytest.mark.parametrize(
        ("title", "expected"),
        [
            ("movie/603", ["refresh", "hide", "purge"]),
            ("movie/2", ["hide", "purge"]),
            (f"movie/{FIRST_MADE_UP_ID}", ["hide", "purge"]),
        ],
    )
    def test_what_is_offered_fits_the_title(self, ops: Client, title: str, expected: list[str]) -> None:
        keep_titles([FullTitle(film(FIRST_MADE_UP_ID, source="movielens"))])
        assert offered(text_of(ops.get(f"{CATALOGUE}/{title}"))) == expected
        do(ops, "hide", title)
        shown = ["show" if each == "hide" else each for each in expected]
        assert offered(text_of(ops.get(f"{CATALOGUE}/{title}"))) == shown
        do(ops, "purge", title, reason="Gone")
        assert offered(text_of(ops.get(f"{CATALOGUE}/{title}"))) == (
            ["show"] if title.endswith(str(FIRST_MADE_UP_ID)) else ["refresh", "show"]
        )

    def test_support_is_offered_nothing(self, support: Client) -> None:
        assert offered(text_of(support.get(f"{CATALOGUE}/movie/603"))) == []


class TestPurged:
    def test_its_page_opens_before_and_after_the_rebuild(self, ops: Client, operations: list[str]) -> None:
        do(ops, "purge", "movie/603", reason="Not a film")
        operations.clear()
        page = text_of(ops.get(f"{CATALOGUE}/movie/603"))
        assert operations == ["UpdateItem", "BatchGetItem", "Query"]
        assert "<h1>The Matrix</h1>" in page
        assert "search and filters name it until the next rebuild" in page
        assert "Not a film" in page
        assert offered(page) == ["refresh", "hide"]
        rebuild_catalogue(now=datetime.now(UTC))
        page = text_of(ops.get(f"{CATALOGUE}/movie/603"))
        assert "<h1>movie/603</h1>" in page
        assert "until the next rebuild" not in page
        assert offered(page) == ["refresh", "hide"]

    def test_what_only_the_index_has_opens_as_well(self, support: Client) -> None:
        CachedMedia.delete_rows([{"mediaId": "603", "mediaType": "movie"}])
        page = text_of(support.get(f"{CATALOGUE}/movie/603"))
        assert "<h1>The Matrix</h1>" in page
        assert "Nobody has done anything to this title." in page

    @pytest.mark.parametrize("is_rebuilt", [False, True])
    def test_a_refresh_stores_it_again(self, ops: Client, tmdb: TmdbServer, is_rebuilt: bool) -> None:
        do(ops, "purge", "movie/603", reason="Not a film")
        if is_rebuilt:
            rebuild_catalogue(now=datetime.now(UTC))
        assert "The source has no such title; nothing is stored of it." in do(ops, "refresh", "movie/603")
        tmdb.answers("movie/603", movie_body(603))
        assert "Told by tmdb just now." in do(ops, "refresh", "movie/603")
        row = title_row("movie", 603)
        assert row is not None
        assert row["title"] == "Film 603"

    def test_it_can_be_hidden(self, ops: Client) -> None:
        do(ops, "purge", "movie/603", reason="Not a film")
        assert "Hidden; within a minute" in do(ops, "hide", "movie/603")
        assert [(mark.key, mark.title) for mark in all_marks()] == [(("movie", 603), "The Matrix")]


class TestDeeds:
    def test_a_bulk_reads_no_more_where_many_are_hidden(self, ops: Client, operations: list[str]) -> None:
        do(ops, "hide", "movie/2")
        operations.clear()
        do(ops, "hide", "movie/603", "movie/3", "tv/1396")
        each = ["BatchGetItem", "TransactWriteItems", "BatchGetItem", "TransactWriteItems"]
        assert operations == ["UpdateItem", "BatchGetItem", *each * 3]

    def test_hiding_asks_back_and_then_hides_everywhere_at_once(self, ops: Client, client: Client) -> None:
        asked = ops.post("/ops/catalogue/deeds", {"deed": "hide", "ticked": "movie/603"})
        assert "The Matrix (movie/603)" in text_of(asked)
        assert client.get("/media/movie/603").status_code == 200
        assert "Hidden; within a minute nobody is shown it." in do(ops, "hide", "movie/603", reason="A mistake")
        assert client.get("/media/movie/603").status_code == 404
        assert [each["id"] for each in client.get("/discover").json()["results"]] == [2, 3, 1396]
        assert 603 not in [each["id"] for each in client.get("/search?q=the matrix").json()["results"]]
        page = text_of(ops.get("/ops/catalogue/movie/603"))
        assert "by staff@example.com" in page
        assert events("movie/603") == [("ops:title:hide", "begun")]
        assert "It is hidden already." in do(ops, "hide", "movie/603")
        assert "Shown within a minute" in do(ops, "show", "movie/603")
        assert client.get("/media/movie/603").status_code == 200
        assert "It is not hidden." in do(ops, "show", "movie/603")
        assert events("movie/603")[:2] == [("ops:title:show", "refused"), ("ops:title:show", "begun")]

    def test_only_what_is_ticked_is_acted_on(self, ops: Client) -> None:
        page = do(ops, "hide", "movie/2", "movie/999", "nonsense")
        assert page.count('class="mark done"') == 1
        assert page.count('class="mark refused"') == 2
        assert [mark.key for mark in all_marks()] == [("movie", 2)]

    def test_purging_wants_a_reason(self, ops: Client, client: Client) -> None:
        missing = ops.post("/ops/catalogue/deeds", {"deed": "purge", "ticked": "movie/603", "sure": "yes"})
        assert missing.status_code == 400
        assert title_row("movie", 603) is not None
        page = do(ops, "purge", "movie/603", reason="Not a film")
        assert "A sync or a visit brings it back" in page
        assert title_row("movie", 603) is None
        assert client.get("/media/movie/603").status_code == 404
        (event,) = of_thing(Thing("title", "movie/603")).events
        assert (event.tag, event.reason) == ("ops:title:purge", "Not a film")
        assert '"title":"The Matrix"' in event.before

    def test_what_is_hidden_and_purged_stays_away(self, ops: Client) -> None:
        do(ops, "hide", "movie/2")
        assert "It stays hidden, so no sync brings it back." in do(ops, "purge", "movie/2", reason="Gone")
        assert "no row" in text_of(ops.get("/ops/catalogue/movie/2"))
        assert "The catalogue has no row of it." in do(ops, "purge", "movie/2", reason="Again")


class TestRefreshing:
    def test_without_a_source_it_is_refused_in_words(self, ops: Client) -> None:
        assert "No source is set up" in do(ops, "refresh", "movie/603")
        assert events("movie/603") == [("ops:title:refresh", "refused"), ("ops:title:refresh", "begun")]

    def test_the_source_is_asked_now_and_corrections_stay(self, ops: Client, client: Client, tmdb: TmdbServer) -> None:
        marking.correct(("movie", 603), "runtime", 99, title="x", by="staff@example.com", version="")
        tmdb.answers("movie/603", movie_body(603))
        assert "Told by tmdb just now." in do(ops, "refresh", "movie/603")
        row = title_row("movie", 603)
        assert row is not None
        assert (row["title"], row["runtime"]) == ("Film 603", 136)
        assert client.get("/media/movie/603").json()["runtime"] == 99

    def test_the_demo_and_imports_are_not_asked_for(self, ops: Client, tmdb: TmdbServer) -> None:
        assert "This title is of the demo or an import" in do(ops, "refresh", "movie/2")
        assert tmdb.requests == []

    def test_what_the_source_does_not_have_stays(self, ops: Client, tmdb: TmdbServer) -> None:
        before = title_row("movie", 603)
        assert "The source has no such title; what is stored stays." in do(ops, "refresh", "movie/603")
        assert title_row("movie", 603) == before

    def test_a_source_that_fails_is_a_failed_line(self, ops: Client, tmdb: TmdbServer) -> None:
        tmdb.answers("movie/603", refused_key())
        page = do(ops, "refresh", "movie/603")
        assert 'class="mark failed"' in page
        assert "What is stored stays, because the source did not tell" in page
        assert events("movie/603")[0] == ("ops:title:refresh", "failed")


class TestCorrecting:
    address = "/ops/catalogue/movie/603/correct"

    def send(self, ops: Client, value: str, version: str = "", **sent: str) -> Any:
        return ops.post(self.address, {"field": "title", "value": value, "version": version, **sent})

    def test_a_correction_shows_at_once_and_is_in_the_audit(self, ops: Client, client: Client) -> None:
        response = self.send(ops, "  The  Matrix! ")
        assert (response.status_code, response["Location"]) == (302, "/ops/catalogue/movie/603")
        assert client.get("/media/movie/603").json()["title"] == "The Matrix!"
        assert "The Matrix!" in [each["title"] for each in client.get("/discover").json()["results"]]
        row = title_row("movie", 603)
        assert row is not None
        assert row["title"] == "The Matrix"
        (event,) = of_thing(Thing("title", "movie/603")).events
        assert (event.tag, event.before, event.after) == (
            "ops:title:correct",
            '{"title":"The Matrix"}',
            '{"title":"The Matrix!"}',
        )
        assert "by staff@example.com" in text_of(ops.get("/ops/catalogue/movie/603"))

    def test_taking_it_back_restores_what_the_source_says(self, ops: Client, client: Client) -> None:
        self.send(ops, "Other")
        version = form_version(text_of(ops.get(f"{self.address}?field=title")))
        assert version
        assert self.send(ops, "", version, deed="take-back").status_code == 302
        assert client.get("/media/movie/603").json()["title"] == "The Matrix"
        assert events("movie/603")[0] == ("ops:title:take-back-correction", "begun")
        assert all_marks() == []
        assert "This field is not corrected" in text_of(self.send(ops, "", deed="take-back"), 400)

    def test_the_slower_of_two_sees_both_and_nothing_is_lost(self, ops: Client, client: Client) -> None:
        first = form_version(text_of(ops.get(f"{self.address}?field=title")))
        assert self.send(ops, "Mine", first).status_code == 302
        page = text_of(self.send(ops, "Yours", first), 409)
        assert "Somebody else corrected this title" in page
        assert 'value="Yours"' in page
        assert "Mine" in page
        assert client.get("/media/movie/603").json()["title"] == "Mine"
        assert self.send(ops, "Yours", form_version(page)).status_code == 302
        assert client.get("/media/movie/603").json()["title"] == "Yours"

    def test_another_field_corrected_meanwhile_counts_as_well(self, ops: Client) -> None:
        assert self.send(ops, "Mine").status_code == 302
        assert self.send(ops, "100", field="runtime").status_code == 409

    def test_a_wrong_value_is_told_and_kept_in_the_form(self, ops: Client) -> None:
        page = text_of(self.send(ops, "long <ago>", field="release_date"), 400)
        assert "Write a day such as 1999-03-31" in page
        assert 'value="long &lt;ago&gt;"' in page
        assert all_marks() == []
        assert events("movie/603") == []

    def test_without_a_field_it_offers_them_and_others_are_refused(self, ops: Client) -> None:
        assert '<option value="overview">Overview</option>' in text_of(ops.get(self.address))
        assert ops.get(f"{self.address}?field=source").status_code == 400
        assert self.send(ops, "x", field="source").status_code == 400
        assert ops.get("/ops/catalogue/movie/999/correct").status_code == 404

    def test_a_page_of_the_form_is_two_requests(self, ops: Client, operations: list[str]) -> None:
        operations.clear()
        ops.get(f"{self.address}?field=overview")
        assert operations == ["UpdateItem", "BatchGetItem"]
