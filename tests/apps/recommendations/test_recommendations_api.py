"""GET, POST and HEAD /recommendations, from token to JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import urlencode

import pytest
import time_machine
from django.test import Client

from apps.lists.services import Display, RatingRow, add, put_ratings
from apps.preferences.services import save
from apps.recommendations.artifacts import serving
from movierec.dynamo.connection import shared_connection

Ask = Callable[..., Any]
SignIn = Callable[[str], dict[str, str]]

ITEM = {
    "mediaId", "id", "title", "overview", "posterPath", "backdropPath", "posterUrl", "voteAverage", "releaseDate",
    "popularity", "mediaType", "genres", "genreIds", "score", "scoreReasons", "recommendationReason", "reasons",
    "scoreParts", "processingTime",
}  # fmt: skip
METADATA = {"totalCandidates", "processingTime", "cacheHit", "fallbackUsed", "modelVersion", "message"}
RATED_AT = datetime(2026, 5, 1, tzinfo=UTC)
MINUTES = "Send a whole number of minutes, 1 or more."
SERVICES = "Send some of netflix, prime, hulu, disney, hbo, apple, paramount, peacock, other."
COUNTRY = "Send a country as two letters, such as US."
SHARE = "Send a number from 0 to 1."
NUMBER = "Name titles by their number, such as 603, or tv#1396 for a series."


def keys(response: Any) -> list[tuple[str, int]]:
    assert response.status_code == 200, response.content
    return [(item["mediaType"], item["id"]) for item in response.json()["items"]]


def like_westerns(user: str = "user-1") -> None:
    """Three favourites, one saved, one neutral and one bad rating."""
    for number in (1, 2, 3):
        add("favourites", user, ("movie", number), Display(title="x", poster_path="/x", release_date="2000"))
    add("watchlist", user, ("movie", 4), Display(title="x", poster_path="/x", release_date="2000"))
    list(put_ratings([RatingRow(user, ("movie", 5), 3.0, RATED_AT), RatingRow(user, ("movie", 20), 1.0, RATED_AT)]))


LISTED = {("movie", number) for number in (1, 2, 3, 4, 5, 20)}


@pytest.mark.usefixtures("trained")
class TestShape:
    def test_the_answer_has_exactly_the_contracts_keys(self, ask: Ask) -> None:
        like_westerns()
        body = ask().json()
        assert body.keys() == {"items", "recommendations", "source", "metadata"}
        assert body["metadata"].keys() == METADATA
        assert len(body["items"]) == 9
        assert body["recommendations"] == body["items"]
        assert all(item.keys() == ITEM for item in body["items"])

    def test_each_value_has_its_type(self, ask: Ask) -> None:
        like_westerns()
        body = ask({"limit": 100}).json()
        for item in body["items"]:
            assert item["mediaId"] == str(item["id"])
            assert item["genres"] == "|".join(map(str, item["genreIds"]))
            assert 0 <= item["score"] <= 1
            assert item["scoreReasons"]
            assert item["scoreReasons"][0].startswith(item["recommendationReason"])
            assert item["posterUrl"].startswith(("http://testserver/media/", "https://image.tmdb.org/"))
            assert item["mediaType"] in ("movie", "tv")
            assert item["processingTime"] == body["metadata"]["processingTime"] > 0
        assert len({item["score"] for item in body["items"]}) > 1
        assert body["source"] == "personal"
        assert body["metadata"]["totalCandidates"] == 36 - len(LISTED) == len(body["items"])
        assert (body["metadata"]["cacheHit"], body["metadata"]["fallbackUsed"]) == (False, False)
        assert body["metadata"]["modelVersion"] == serving().model.version
        western = next(item for item in body["items"] if item["id"] == 6 and item["mediaType"] == "movie")
        assert {name: western[name] for name in ("title", "genres", "genreIds", "releaseDate", "overview")} == {
            "title": "Western 6",
            "genres": "37|18",
            "genreIds": [37, 18],
            "releaseDate": "1976-05-01",
            "overview": "The story of number 6.",
        }

    def test_every_reason_comes_in_parts_too(self, ask: Ask) -> None:
        like_westerns()
        item = next(item for item in ask({"limit": 100}).json()["items"] if "you liked" in item["recommendationReason"])
        reason = item["reasons"][0]
        assert reason.keys() == {"kind", "text", "weight", "titles"}
        assert [f"{one['text']} ({one['weight']:+.2f})" for one in item["reasons"]] == item["scoreReasons"]
        assert reason["text"] == item["recommendationReason"]
        assert {(one["mediaType"], int(one["mediaId"])) for one in reason["titles"]} <= LISTED
        assert reason["titles"]

    def test_the_parts_of_a_score_add_up_in_the_order_of_the_list(self, ask: Ask) -> None:
        like_westerns()
        items = ask({"limit": 100, "diversity": 0}).json()["items"]
        sums = [sum(item["scoreParts"].values()) for item in items]
        assert sums == pytest.approx(sorted(sums, reverse=True), abs=0.001)
        assert items[0]["scoreParts"].keys() == {"personal", "content", "fame", "quality", "taste", "novelty"}

    def test_a_person_unknown_so_far_gets_what_is_popular(self, ask: Ask) -> None:
        body = ask().json()
        assert (len(body["items"]), body["source"]) == (9, "popular")

    def test_it_is_personal(self, ask: Ask) -> None:
        like_westerns()
        first = keys(ask({"mediaType": "movie", "limit": 5}))
        assert all(number <= 15 for _, number in first)

    def test_the_same_question_has_the_same_answer(self, ask: Ask) -> None:
        like_westerns()
        assert keys(ask({"limit": 30})) == keys(ask({"limit": 30}))

    def test_people_do_not_share_their_lists(self, ask: Ask) -> None:
        like_westerns("user-1")
        assert LISTED & set(keys(ask({"limit": 100}, user="user-2"))) == LISTED


@pytest.mark.usefixtures("trained")
class TestWhatIsLeftOut:
    def test_nothing_on_a_list_or_rated_comes_again(self, ask: Ask) -> None:
        like_westerns()
        found = keys(ask({"limit": 100}))
        assert len(found) == len(set(found)) == 36 - len(LISTED)
        assert not LISTED & set(found)
        # Series of the same numbers are other titles.
        assert ("tv", 1) in found

    @pytest.mark.parametrize(
        ("exclude", "gone"),
        [
            (["tv#1"], {("tv", 1)}),
            ([1], {("movie", 1), ("tv", 1)}),
            ("1,tv#2", {("movie", 1), ("tv", 1), ("tv", 2)}),
            ([{"mediaId": "6", "mediaType": "movie"}], {("movie", 6)}),
            ([999_999], set()),
        ],
    )
    def test_what_is_excluded(self, ask: Ask, exclude: Any, gone: set[tuple[str, int]]) -> None:
        everything = set(keys(ask({"limit": 100})))
        assert everything - set(keys(ask({"limit": 100, "exclude": exclude}))) == gone

    def test_what_the_request_names_as_liked_or_saved(self, ask: Ask) -> None:
        found = keys(ask({"limit": 100, "favorites": [6, 7], "watchlist": ["tv#3"]}))
        assert not {("movie", 6), ("movie", 7), ("tv", 3)} & set(found)
        assert {("tv", 6), ("movie", 3)} <= set(found)

    @pytest.mark.parametrize(("media_type", "kinds"), [("movie", {"movie"}), ("tv", {"tv"}), ("both", {"movie", "tv"})])
    def test_the_other_media_type(self, ask: Ask, media_type: str, kinds: set[str]) -> None:
        assert {kind for kind, _ in keys(ask({"mediaType": media_type, "limit": 100}))} == kinds

    @pytest.mark.parametrize("limit", [1, 9, 36, 100])
    def test_what_is_beyond_the_limit(self, ask: Ask, limit: int) -> None:
        assert len(keys(ask({"limit": limit}))) == min(limit, 36)

    def test_everything_excluded_leaves_an_empty_list(self, ask: Ask) -> None:
        body = ask({"exclude": list(range(1, 31))}).json()
        assert (body["items"], body["metadata"]["totalCandidates"]) == ([], 0)


@pytest.mark.usefixtures("trained")
class TestForms:
    def test_query_and_body_say_the_same(self, client: Client, ask: Ask, sign_in: SignIn) -> None:
        like_westerns()
        taste = {"favoriteGenres": [35]}
        wish = {"mediaType": "movie", "limit": 12, "exclude": "7,8", "favorites": "9", "watchlist": "10,11"}
        query = urlencode({**wish, "preferences": json.dumps(taste)})
        by_query = client.get(f"/recommendations?{query}", headers=sign_in("user-1"))
        lists = {"exclude": [7, 8], "favorites": ["9"], "watchlist": [10, {"mediaId": 11, "mediaType": "movie"}]}
        by_body = ask({**wish, **lists, "preferences": taste})
        assert keys(by_query) == keys(by_body) == keys(ask({**wish, "preferences": taste}))
        assert len(keys(by_query)) == 12

    def test_lists_may_be_repeated_in_a_query(self, client: Client, sign_in: SignIn) -> None:
        whole = set(keys(client.get("/recommendations?limit=100", headers=sign_in("user-1"))))
        found = client.get("/recommendations?limit=100&exclude=tv%231&exclude=tv%232,tv%233", headers=sign_in("user-1"))
        assert whole - set(keys(found)) == {("tv", 1), ("tv", 2), ("tv", 3)}

    def test_null_counts_as_absent(self, ask: Ask) -> None:
        names = (
            "mediaType", "limit", "exclude", "preferences", "favorites", "watchlist", "maxRuntime", "providers",
            "region", "novelty", "diversity",
        )  # fmt: skip
        assert keys(ask(dict.fromkeys(names))) == keys(ask({}))

    def test_the_bodys_preferences_stand_in_for_the_stored_ones(self, ask: Ask) -> None:
        save("user-1", {"contentType": "tv"})
        assert {kind for kind, _ in keys(ask({"limit": 100}))} == {"tv"}
        assert {kind for kind, _ in keys(ask({"limit": 100, "preferences": {"contentType": "movies"}}))} == {"movie"}
        assert {kind for kind, _ in keys(ask({"limit": 100, "preferences": {}}))} == {"movie", "tv"}
        # They are for one request: what is stored stays.
        assert {kind for kind, _ in keys(ask({"limit": 100}))} == {"tv"}

    def test_a_slash_at_the_end_changes_nothing(self, client: Client, sign_in: SignIn) -> None:
        body = {"limit": 3, "mediaType": "tv"}
        response = client.post("/recommendations/", body, content_type="application/json", headers=sign_in("user-1"))
        assert len(keys(response)) == 3


@pytest.mark.usefixtures("trained")
class TestHead:
    @pytest.mark.parametrize("headers", [{}, {"authorization": "Bearer a.b.c"}, {"authorization": "Bearer"}])
    def test_it_is_open_whatever_token_comes_with_it(self, client: Client, headers: dict[str, str]) -> None:
        response = client.head("/recommendations", headers={"origin": "https://movierec.net", **headers})
        assert (response.status_code, response.content) == (200, b"")
        assert "Date" in response["Access-Control-Expose-Headers"].split(",")

    @pytest.mark.parametrize("method", ["get", "post"])
    def test_the_others_are_not(self, client: Client, operations: list[str], method: str) -> None:
        operations.clear()
        response = getattr(client, method)("/recommendations", content_type="application/json")
        assert response.status_code == 401
        assert response.json()["error"] == "Authorization header required"
        assert operations == []

    @pytest.mark.parametrize("method", ["put", "delete", "patch"])
    def test_other_methods_are_405(self, client: Client, sign_in: SignIn, method: str) -> None:
        response = getattr(client, method)("/recommendations", headers=sign_in("user-1"))
        assert (response.status_code, response.json()["error"]) == (405, "Method not allowed")


@pytest.mark.usefixtures("trained")
class TestWrongInput:
    LIMITS: ClassVar[list[Any]] = [0, -1, 101, 1.5, "x", "", True, [], {}, 10**30]

    @pytest.mark.parametrize(
        ("body", "path", "message"),
        [
            ({"limit": 0}, "limit", "Send at least 1."),
            ({"limit": 101}, "limit", "Send at most 100."),
            ({"mediaType": "film"}, "mediaType", "Send movie, tv or both."),
            ({"exclude": [1, "x"]}, "exclude.1", NUMBER),
            ({"exclude": 5}, "exclude", "Send an array, or a text with commas."),
            ({"exclude": [1] * 1001}, "exclude", "At most 1000 titles are taken."),
            ({"favorites": [{"mediaId": 1, "mediaType": "film"}]}, "favorites.0", "mediaType must be movie or tv."),
            ({"watchlist": "1,2,-3"}, "watchlist.2", NUMBER),
            ({"preferences": []}, "preferences", "Send a JSON object."),
            ({"preferences": "nonsense"}, "preferences", "Send a JSON object."),
            ({"preferences": "[1]"}, "preferences", "Send a JSON object."),
            ({"maxRuntime": 0}, "maxRuntime", MINUTES),
            ({"maxRuntime": "ninety"}, "maxRuntime", MINUTES),
            ({"maxRuntime": 90.5}, "maxRuntime", MINUTES),
            ({"providers": ["netflix", "cinema"]}, "providers", SERVICES),
            ({"providers": 5}, "providers", SERVICES),
            ({"providers": [["netflix"]]}, "providers", SERVICES),
            ({"region": "USA"}, "region", COUNTRY),
            ({"region": "ÄÖ"}, "region", COUNTRY),
            ({"region": 46}, "region", COUNTRY),
            ({"novelty": 1.01}, "novelty", SHARE),
            ({"novelty": "nan"}, "novelty", SHARE),
            ({"diversity": -0.1}, "diversity", SHARE),
            ({"diversity": "much"}, "diversity", SHARE),
            ({"diversity": True}, "diversity", SHARE),
        ],
        ids=str,
    )
    def test_it_names_the_field(self, ask: Ask, body: dict[str, Any], path: str, message: str) -> None:
        response = ask(body)
        assert response.status_code == 400
        assert response.json()["details"] == [{"path": path, "message": message}]
        assert response.json()["error"] == f"{path}: {message}"

    @pytest.mark.parametrize("limit", LIMITS, ids=str)
    def test_no_limit_but_a_whole_number_from_1_to_100(self, ask: Ask, limit: Any) -> None:
        response = ask({"limit": limit})
        assert response.status_code == 400
        assert [detail["path"] for detail in response.json()["details"]] == ["limit"]

    def test_a_code_that_the_questionnaire_does_not_know(self, ask: Ask) -> None:
        response = ask({"preferences": {"moodPreferences": ["bored"], "favoriteGenres": [28]}})
        assert response.status_code == 400
        (detail,) = response.json()["details"]
        assert detail["path"].startswith("preferences.moodPreferences")
        assert "exciting, thoughtful, funny, scary, emotional" in detail["message"]

    @pytest.mark.parametrize(
        ("query", "path"),
        [
            ("limit=1&limit=2", "limit"),
            ("mediaType=", "mediaType"),
            ("exclude=a", "exclude.0"),
            ("preferences=1", "preferences"),
        ],
    )
    def test_queries_name_the_parameter(self, client: Client, sign_in: SignIn, query: str, path: str) -> None:
        response = client.get(f"/recommendations?{query}", headers=sign_in("user-1"))
        assert response.status_code == 400
        assert [detail["path"] for detail in response.json()["details"]] == [path]

    def test_all_wrong_fields_are_named_and_nothing_is_read(self, ask: Ask, operations: list[str]) -> None:
        operations.clear()
        response = ask({"limit": 0, "exclude": ["x", "y"], "mediaType": 1})
        assert [detail["path"] for detail in response.json()["details"]] == ["mediaType", "exclude.0", "limit"]
        # The request counts all the same.
        assert operations == ["BatchGetItem", "UpdateItem"]


class TestCalls:
    @pytest.mark.usefixtures("trained")
    @pytest.mark.parametrize("listed", [False, True])
    def test_six_reads_and_the_counter(self, ask: Ask, operations: list[str], listed: bool) -> None:
        if listed:
            like_westerns()
            save("user-1", {"contentType": "both"})
        operations.clear()
        assert len(keys(ask())) == 9
        assert sorted(operations) == ["BatchGetItem", "GetItem", *["Query"] * 4, "UpdateItem"]

    @pytest.mark.usefixtures("trained")
    def test_one_read_less_where_the_request_brings_the_preferences(self, ask: Ask, operations: list[str]) -> None:
        operations.clear()
        ask({"preferences": {"favoriteGenres": [35]}})
        assert sorted(operations) == ["BatchGetItem", *["Query"] * 4, "UpdateItem"]

    @pytest.mark.usefixtures("trained")
    def test_head_reads_nothing(self, client: Client, operations: list[str]) -> None:
        operations.clear()
        client.head("/recommendations")
        assert operations == []

    @pytest.mark.usefixtures("trained")
    def test_a_table_that_is_gone_is_503(self, ask: Ask) -> None:
        shared_connection().dispatch("DeleteTable", {"TableName": "Watchlist"})
        response = ask()
        assert (response.status_code, response["Retry-After"]) == (503, "5")
        assert response.json()["code"] == "ServiceUnavailable"

    @pytest.mark.usefixtures("trained")
    def test_the_limit_of_the_scope_holds(self, ask: Ask, settings: Any) -> None:
        settings.RATE_LIMITS = {"recommendations": 2}
        with time_machine.travel(datetime(2026, 6, 1, 12, 0, 5, tzinfo=UTC), tick=False):
            found = [ask() for _ in range(3)]
            assert ask(user="user-2").status_code == 200
        assert [response.status_code for response in found] == [200, 200, 429]
        assert [response["X-RateLimit-Remaining"] for response in found] == ["1", "0", "0"]


class TestWithoutAModel:
    def test_popularity_stands_in_and_the_answer_says_so(self, untrained: Path, ask: Ask) -> None:
        body = ask().json()
        assert len(body["items"]) == 9
        assert body["source"] == "popular"
        assert body["metadata"]["fallbackUsed"] is True
        assert body["metadata"]["modelVersion"].startswith("untrained-")

    def test_lists_and_exclusions_hold_all_the_same(self, untrained: Path, ask: Ask) -> None:
        like_westerns()
        found = set(keys(ask({"limit": 100, "exclude": ["tv#1"]})))
        assert len(found) == 36 - len(LISTED) - 1
        assert not (LISTED | {("tv", 1)}) & found
