"""Recommendations as clients ask for them and read them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

SignIn = Callable[..., dict[str, str]]
Ask = Callable[..., Any]
PATH = "/recommendations"
TEXTS = {"mediaId", "title", "overview", "mediaType", "genres", "recommendationReason"}
NULLABLE_TEXTS = {"posterPath", "backdropPath", "releaseDate"}
NUMBERS = {"voteAverage", "popularity", "score", "processingTime"}
ITEM = {"id", "genreIds", "scoreReasons", *TEXTS, *NULLABLE_TEXTS, *NUMBERS}
METADATA = {"totalCandidates", "processingTime", "cacheHit", "fallbackUsed", "modelVersion", "message"}

pytestmark = pytest.mark.usefixtures("filled")


@pytest.fixture
def ask(client: Client, sign_in: SignIn) -> Ask:
    """Asks by a query or by a body, as a person."""

    def send(wish: dict[str, Any] | None = None, *, by: str = "body", who: str = "user-1") -> Any:
        if by == "body":
            return client.post(PATH, wish or {}, content_type="application/json", headers=sign_in(who))
        return client.get(f"{PATH}?{urlencode(wish or {})}", headers=sign_in(who))

    return send


def films(response: Any) -> set[str]:
    assert response.status_code == 200
    return {item["mediaId"] for item in response.json()["items"] if item["mediaType"] == "movie"}


def series(response: Any) -> set[str]:
    assert response.status_code == 200
    return {item["mediaId"] for item in response.json()["items"] if item["mediaType"] == "tv"}


EVERY_FILM = {str(number) for number in (*range(1, 25), 603)}


@pytest.mark.parametrize("by", ["query", "body"])
class TestAnswer:
    def test_keys_and_types(self, ask: Ask, by: str) -> None:
        body = ask(by=by).json()
        assert body.keys() == {"items", "recommendations", "source", "metadata"}
        assert body["recommendations"] == body["items"]
        assert isinstance(body["source"], str)
        assert body["metadata"].keys() == METADATA
        assert type(body["metadata"]["totalCandidates"]) is int
        assert type(body["metadata"]["cacheHit"]) is bool
        assert body["metadata"]["fallbackUsed"] is False
        assert isinstance(body["metadata"]["modelVersion"], str)
        assert isinstance(body["metadata"]["processingTime"], int | float)
        assert len(body["items"]) == 9
        for item in body["items"]:
            assert item.keys() >= ITEM
            assert all(isinstance(item[key], str) for key in TEXTS)
            assert all(isinstance(item[key], str | None) for key in NULLABLE_TEXTS)
            assert all(isinstance(item[key], int | float) for key in NUMBERS)
            assert item["mediaType"] in {"movie", "tv"}
            assert str(item["id"]) == item["mediaId"]
            assert item["genres"] == "|".join(map(str, item["genreIds"]))
            assert isinstance(item["scoreReasons"], list)
            assert item["recommendationReason"]

    def test_genres_are_joined_by_a_bar(self, ask: Ask, by: str) -> None:
        items = ask({"mediaType": "movie", "limit": 100}, by=by).json()["items"]
        (matrix,) = [item for item in items if item["mediaId"] == "603"]
        assert (matrix["genres"], matrix["genreIds"]) == ("28|878", [28, 878])

    @pytest.mark.parametrize(("kind", "count"), [("movie", 25), ("tv", 8), ("both", 33)])
    def test_media_types(self, ask: Ask, by: str, kind: str, count: int) -> None:
        items = ask({"mediaType": kind, "limit": 100}, by=by).json()["items"]
        assert len(items) == count
        assert kind == "both" or {item["mediaType"] for item in items} == {kind}

    @pytest.mark.parametrize("limit", [1, 5, 20, "7"])
    def test_limit(self, ask: Ask, by: str, limit: Any) -> None:
        assert len(ask({"limit": limit}, by=by).json()["items"]) == int(limit)

    @pytest.mark.parametrize(
        ("wish", "field"),
        [
            ({"limit": 101}, "limit"),
            ({"limit": 0}, "limit"),
            ({"limit": "x"}, "limit"),
            ({"mediaType": "a"}, "mediaType"),
        ],
    )
    def test_wrong_values(self, ask: Ask, by: str, wish: dict[str, Any], field: str) -> None:
        response = ask(wish, by=by)
        assert response.status_code == 400
        assert [detail["path"] for detail in response.json()["details"]] == [field]


FORMS: list[Any] = [
    "3,4",
    "3, 4",
    [3, 4],
    ["3", "4"],
    [{"mediaId": "3", "mediaType": "movie"}, {"mediaId": "4", "mediaType": "movie"}],
    [{"id": 3, "mediaType": "movie"}, {"id": 4, "media_type": "movie"}],
    [{"movieId": "3"}, {"movieId": 4}],
]


class TestLists:
    @pytest.mark.parametrize("name", ["exclude", "favorites", "watchlist"])
    @pytest.mark.parametrize("form", FORMS)
    def test_every_form_leaves_its_titles_out(self, ask: Ask, name: str, form: Any) -> None:
        response = ask({"mediaType": "movie", "limit": 100, name: form})
        assert films(response) == EVERY_FILM - {"3", "4"}

    @pytest.mark.parametrize("name", ["exclude", "favorites", "watchlist"])
    @pytest.mark.parametrize("text", ["3,4", "3, 4", ",3,,4,"])
    def test_a_query_says_the_same(self, ask: Ask, name: str, text: str) -> None:
        response = ask({"mediaType": "movie", "limit": 100, name: text}, by="query")
        assert films(response) == EVERY_FILM - {"3", "4"}

    def test_a_query_may_repeat_a_name(self, client: Client, sign_in: SignIn) -> None:
        response = client.get(f"{PATH}?mediaType=movie&limit=100&exclude=3&exclude=4", headers=sign_in())
        assert films(response) == EVERY_FILM - {"3", "4"}

    @pytest.mark.parametrize("name", ["exclude", "favorites", "watchlist"])
    @pytest.mark.parametrize("empty", ["", []])
    def test_empty_is_none(self, ask: Ask, name: str, empty: Any) -> None:
        assert films(ask({"mediaType": "movie", "limit": 100, name: empty})) == EVERY_FILM

    @pytest.mark.parametrize("path", ["/user/favourites", "/user/watchlist"])
    @pytest.mark.parametrize("name", ["exclude", "favorites", "watchlist"])
    def test_as_the_lists_answer_them(self, client: Client, sign_in: SignIn, ask: Ask, path: str, name: str) -> None:
        for body in ({"mediaId": 3, "mediaType": "movie"}, {"mediaId": 4, "mediaType": "tv"}):
            client.post(path, body, content_type="application/json", headers=sign_in("lister"))
        items = client.get(path, headers=sign_in("lister")).json()["items"]
        response = ask({"limit": 100, name: items})
        assert films(response) == EVERY_FILM - {"3"}
        assert series(response) == {"1", "2", "3", "5", "6", "7", "8"}

    def test_what_is_on_the_stored_lists_does_not_come_again(self, client: Client, sign_in: SignIn, ask: Ask) -> None:
        for path, number in (("/user/favourites", 5), ("/user/watchlist", 6)):
            client.post(path, {"mediaId": number}, content_type="application/json", headers=sign_in())
        assert films(ask({"limit": 100})) == EVERY_FILM - {"5", "6"}

    @pytest.mark.parametrize("by", ["query", "body"])
    def test_titles_nobody_knows_are_no_error(self, ask: Ask, by: str) -> None:
        assert films(ask({"limit": 100, "exclude": "99999999", "favorites": "88888888"}, by=by)) == EVERY_FILM


class TestPreferences:
    @pytest.mark.parametrize(
        ("preferences", "kinds"),
        [({"contentType": "movies"}, {"movie"}), ({"contentType": "tv"}, {"tv"}), ({}, {"movie", "tv"})],
    )
    def test_in_the_body(self, ask: Ask, preferences: dict[str, Any], kinds: set[str]) -> None:
        items = ask({"limit": 100, "preferences": preferences}).json()["items"]
        assert {item["mediaType"] for item in items} == kinds

    def test_as_the_questionnaire_answers_them(self, client: Client, sign_in: SignIn, ask: Ask) -> None:
        stored = {"contentType": "tv", "favoriteGenres": [80], "laterQuestion": 1}
        client.put("/user/preferences", stored, content_type="application/json", headers=sign_in())
        preferences = client.get("/user/preferences", headers=sign_in()).json()["preferences"]
        items = ask({"preferences": preferences}, who="user-2").json()["items"]
        assert {item["mediaType"] for item in items} == {"tv"}

    def test_a_user_id_in_the_body_is_ignored(self, client: Client, sign_in: SignIn, ask: Ask) -> None:
        client.post("/user/favourites", {"mediaId": 5}, content_type="application/json", headers=sign_in("user-2"))
        assert films(ask({"limit": 100, "userId": "user-2"})) == EVERY_FILM


class TestHead:
    @pytest.mark.parametrize("path", [PATH, f"{PATH}/"])
    def test_is_open_and_exposes_the_date(self, client: Client, path: str) -> None:
        response = client.head(path, headers={"origin": "http://localhost:3000"})
        assert (response.status_code, response.content) == (200, b"")
        assert "Date" in response["Access-Control-Expose-Headers"]
        assert response["Access-Control-Allow-Origin"] == "http://localhost:3000"

    def test_takes_any_authorization(self, client: Client) -> None:
        assert client.head(PATH, headers={"authorization": "Bearer expired"}).status_code == 200


def test_without_a_model_it_is_said(ask: Ask, settings: Any, tmp_path: Any) -> None:
    settings.MODEL_STORE = str(tmp_path / "none")
    body = ask().json()
    assert body["metadata"]["fallbackUsed"] is True
    assert len(body["items"]) == 9
    assert all(item.keys() >= ITEM for item in body["items"])


class TestRows:
    def test_keys_and_types(self, client: Client, sign_in: SignIn) -> None:
        body = client.get(f"{PATH}/rows?limit=3", headers=sign_in()).json()
        assert body.keys() == {"rows", "metadata"}
        assert body["metadata"].keys() == METADATA
        for row in body["rows"]:
            assert row.keys() == {"id", "title", "reason", "items"}
            assert all(isinstance(row[key], str) and row[key] for key in ("id", "title", "reason"))
            assert all(item.keys() >= ITEM for item in row["items"])
        shown = [(item["mediaType"], item["mediaId"]) for row in body["rows"] for item in row["items"]]
        assert len(shown) == len(set(shown)) >= 3

    def test_another_media_type_is_refused(self, client: Client, sign_in: SignIn) -> None:
        response = client.get(f"{PATH}/rows?mediaType=film", headers=sign_in())
        assert (response.status_code, response.json()["error"]) == (400, "mediaType: Send movie, tv or both.")


class TestSimilar:
    def test_keys_and_types_without_a_token(self, client: Client) -> None:
        body = client.get("/media/movie/603/similar").json()
        assert body.keys() == {"results", "mediaId", "mediaType", "title", "message", "metadata", "attribution"}
        assert (body["mediaId"], body["mediaType"], body["title"]) == ("603", "movie", "The Matrix")
        assert body["metadata"].keys() == {"modelVersion", "fallbackUsed"}
        assert body["results"]
        assert all(item.keys() >= ITEM - {"processingTime"} for item in body["results"])
        assert "603" not in {item["mediaId"] for item in body["results"] if item["mediaType"] == "movie"}

    def test_unknown_titles_are_404_in_json(self, client: Client) -> None:
        response = client.get("/media/movie/999999/similar")
        assert (response.status_code, response.json()["code"]) == (404, "UnknownTitle")
