"""GET /recommendations/rows, from token to JSON."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from apps.accounts.providers.local.tokens import issue_access_token
from apps.lists.services import Display, RatingRow, add, put_ratings
from apps.preferences.services import save
from apps.recommendations.artifacts import serving
from movierec.api.authentication import COOKIE

Rows = Callable[..., Any]
METADATA = {"totalCandidates", "processingTime", "cacheHit", "fallbackUsed", "modelVersion", "message"}
RATED_AT = datetime(2026, 5, 1, tzinfo=UTC)
LISTED = {("movie", number) for number in (1, 2, 16, 20)}


@pytest.fixture
def rows(client: Client, sign_in: Callable[[str], dict[str, str]]) -> Rows:
    def get(query: str = "", user: str = "user-1") -> Any:
        return client.get(f"/recommendations/rows{query}", headers=sign_in(user))

    return get


def like_westerns(user: str = "user-1") -> None:
    for number in (1, 2):
        add("favourites", user, ("movie", number), Display(title="x", poster_path="/x", release_date="2000"))
    add("watchlist", user, ("movie", 16), Display(title="x", poster_path="/x", release_date="2000"))
    list(put_ratings([RatingRow(user, ("movie", 20), 1.0, RATED_AT)]))


def keys(response: Any) -> list[tuple[str, int]]:
    assert response.status_code == 200, response.content
    return [(item["mediaType"], item["id"]) for row in response.json()["rows"] for item in row["items"]]


@pytest.mark.usefixtures("trained")
class TestAnswer:
    def test_it_has_exactly_these_members(self, rows: Rows, ask: Callable[..., Any]) -> None:
        like_westerns()
        body = rows().json()
        assert body.keys() == {"rows", "metadata"}
        assert body["metadata"].keys() == METADATA
        assert body["metadata"]["modelVersion"] == serving().model.version
        assert (body["metadata"]["fallbackUsed"], body["metadata"]["message"]) == (False, None)
        assert body["metadata"]["totalCandidates"] == 36 - len(LISTED)
        assert all(row.keys() == {"id", "title", "reason", "items"} for row in body["rows"])
        item = ask().json()["items"][0]
        assert all(one.keys() == item.keys() for row in body["rows"] for one in row["items"])

    def test_the_first_row_is_the_list_of_recommendations(self, rows: Rows, ask: Callable[..., Any]) -> None:
        like_westerns()
        first = rows("?limit=6").json()["rows"][0]
        assert (first["id"], first["title"]) == ("picked-for-you", "Picked for you")
        assert [item["mediaId"] for item in first["items"]] == [
            item["mediaId"] for item in ask({"limit": 6}).json()["items"]
        ]

    def test_a_row_follows_from_a_favourite(self, rows: Rows) -> None:
        like_westerns()
        found = {row["id"]: row["title"] for row in rows("?limit=4").json()["rows"]}
        assert found.items() & {
            ("because-movie-1", "Because you liked Western 1"),
            ("because-movie-2", "Because you liked Western 2"),
        }

    def test_no_title_comes_twice_and_none_from_the_lists(self, rows: Rows) -> None:
        like_westerns()
        found = keys(rows("?limit=4"))
        assert len(found) == len(set(found)) > 8
        assert not LISTED & set(found)

    def test_the_same_question_has_the_same_rows(self, rows: Rows) -> None:
        like_westerns()
        assert keys(rows()) == keys(rows())

    def test_a_person_unknown_so_far_gets_what_is_popular(self, rows: Rows) -> None:
        assert rows().json()["rows"][0]["reason"] == "What most people like, until you have favourites of your own"

    def test_answers_of_the_questionnaire_make_rows(self, rows: Rows) -> None:
        save("user-1", {"favoriteGenres": [35]})
        found = rows("?limit=4").json()["rows"]
        assert ("genre-35", "More Comedy") in [(row["id"], row["title"]) for row in found]


@pytest.mark.usefixtures("trained")
class TestLimits:
    def test_titles_a_row(self, rows: Rows) -> None:
        sizes = [len(row["items"]) for row in rows("?limit=4").json()["rows"]]
        assert max(sizes) == 4
        assert min(sizes) >= 3

    def test_the_smallest_row_has_three(self, rows: Rows) -> None:
        assert {len(row["items"]) for row in rows("?limit=3").json()["rows"]} == {3}

    @pytest.mark.parametrize("limit", ["0", "1", "2", "41", "x"])
    def test_rows_of_another_size_are_refused(self, rows: Rows, limit: str) -> None:
        response = rows(f"?limit={limit}")
        assert response.status_code == 400
        assert response.json()["details"] == [
            {"path": "limit", "message": "Send a whole number from 3 to 40; no row has fewer than 3 titles."}
        ]

    def test_the_default_is_fifteen(self, rows: Rows) -> None:
        assert len(rows().json()["rows"][0]["items"]) == 15

    @pytest.mark.parametrize("kind", ["movie", "tv"])
    def test_of_the_kind_wanted(self, rows: Rows, kind: str) -> None:
        assert {one for one, _ in keys(rows(f"?mediaType={kind}"))} == {kind}

    def test_what_is_excluded(self, rows: Rows) -> None:
        assert not {("movie", 6), ("tv", 1)} & set(keys(rows("?exclude=6,tv%231")))

    def test_where_nothing_is_left_it_is_said(self, rows: Rows) -> None:
        body = rows("?maxRuntime=1").json()
        assert (body["rows"], body["metadata"]["message"]) == ([], "Too few titles are left for a row.")

    @pytest.mark.parametrize(
        ("query", "path"),
        [
            ("mediaType=x", "mediaType"), ("exclude=x", "exclude.0"),
            ("maxRuntime=0", "maxRuntime"), ("providers=x", "providers"), ("region=x", "region"),
            ("novelty=2", "novelty"), ("diversity=-1", "diversity"),
        ],
    )  # fmt: skip
    def test_wrong_values_are_named(self, rows: Rows, query: str, path: str) -> None:
        response = rows(f"?{query}")
        assert response.status_code == 400
        assert [detail["path"] for detail in response.json()["details"]] == [path]


@pytest.mark.usefixtures("trained")
class TestCalls:
    def test_the_reads_of_recommendations_and_the_counter(self, rows: Rows, operations: list[str]) -> None:
        like_westerns()
        operations.clear()
        assert rows().status_code == 200
        assert sorted(operations) == ["BatchGetItem", "GetItem", *["Query"] * 4, "UpdateItem"]

    def test_only_for_people_who_are_signed_in(self, client: Client, operations: list[str]) -> None:
        operations.clear()
        assert client.get("/recommendations/rows").status_code == 401
        assert operations == []

    @pytest.mark.parametrize("method", ["post", "put", "delete"])
    def test_other_methods_are_405(self, client: Client, sign_in: Callable[[str], Any], method: str) -> None:
        response = getattr(client, method)("/recommendations/rows", headers=sign_in("user-1"))
        assert response.status_code == 405

    def test_it_counts_with_recommendations(self, rows: Rows, settings: Any) -> None:
        settings.RATE_LIMITS = {"recommendations": 1}
        assert [rows().status_code for _ in range(2)] == [200, 429]


def test_without_a_model_popularity_stands_in_and_the_answer_says_so(untrained: Path, rows: Rows) -> None:
    body = rows().json()
    assert body["metadata"]["fallbackUsed"] is True
    assert body["rows"][0]["id"] == "picked-for-you"
    assert len(body["rows"][0]["items"]) == 15


def ways_on(page: str) -> list[str]:
    """Where the links above the titles lead."""
    links = re.search(r'<p class="ways-on">(.*?)</p>', page, re.DOTALL)
    return re.findall(r'href="([^"]+)"', links[1]) if links else []


@pytest.mark.usefixtures("trained")
class TestPages:
    @pytest.fixture
    def ann(self) -> Client:
        """Ann's browser."""
        browser = Client(headers={"accept": "text/html"})
        browser.cookies[COOKIE] = issue_access_token("ann", email="ann@example.com", session_id="s")
        return browser

    def test_a_browser_shows_the_rows_under_headings(self, ann: Client) -> None:
        page = ann.get("/recommendations/rows?limit=4").content.decode()
        assert "<h1>Recommendations in rows</h1>" in page
        assert '<h2 id="shelf-1">Picked for you</h2>' in page
        assert page.count('<section class="shelf row"') == page.count('<h2 id="shelf-') > 1

    def test_each_page_of_recommendations_leads_to_the_others(self, ann: Client) -> None:
        lists = {"/recommendations", "/recommendations/rows", "/recommendations/feedback"}
        for path in lists:
            assert set(ways_on(ann.get(path).content.decode())) == lists - {path}

    def test_strangers_are_not_sent_where_they_cannot_go(self) -> None:
        page = Client(headers={"accept": "text/html"}).get("/media/movie/3/similar").content.decode()
        assert "<h1>Similar titles</h1>" in page
        assert ways_on(page) == ["/media/movie/3"]
        assert 'class="opinions"' not in page
