"""The open catalogue, the dashboard's figures and the health check, as clients read them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client

SignIn = Callable[..., dict[str, str]]
MEDIA = {"results", "page", "total_pages", "total_results", "list_type", "media_type", "message"}
MEDIA_BESIDE = {"refreshedAt", "ageSeconds", "stale", "attribution"}
TMDB = {"id", "title", "overview", "poster_path", "backdrop_path", "vote_average", "popularity", "genre_ids"}
DATA = {
    "totalXP",
    "userLevel",
    "moviesWatched",
    "showsWatched",
    "dailyStreak",
    "lastActiveDate",
    "challengeProgress",
    "completedChallenges",
    "activeChallenges",
    "achievements",
    "createdAt",
    "updatedAt",
}


@pytest.mark.usefixtures("filled")
class TestMedia:
    @pytest.mark.parametrize("list_type", ["trending", "popular", "top_rated"])
    @pytest.mark.parametrize(("kind", "count"), [("movie", 25), ("tv", 8)])
    def test_each_list(self, client: Client, list_type: str, kind: str, count: int) -> None:
        response = client.get(f"/media?listType={list_type}&mediaType={kind}&limit=100")
        body = response.json()
        assert response.status_code == 200
        assert body.keys() == MEDIA | MEDIA_BESIDE
        assert (body["list_type"], body["media_type"]) == (list_type, kind)
        assert (body["page"], body["total_pages"], body["total_results"]) == (1, 1, count)
        assert len(body["results"]) == count
        assert isinstance(body["message"], str)

    def test_items_have_tmdbs_shape(self, client: Client) -> None:
        films = client.get("/media?mediaType=movie&limit=100").json()["results"]
        (matrix,) = [item for item in films if item["id"] == 603]
        assert matrix.keys() >= {*TMDB, "release_date"}
        assert (matrix["title"], matrix["release_date"]) == ("The Matrix", "1999-03-31")
        assert (matrix["poster_path"], matrix["genre_ids"]) == ("/matrix.jpg", [28, 878])
        show = client.get("/media?mediaType=tv&limit=1").json()["results"][0]
        assert show["media_type"] == "tv"
        assert show["name"] == show["title"]
        assert "first_air_date" in show

    def test_pages(self, client: Client) -> None:
        pages = [client.get(f"/media?limit=10&page={page}").json() for page in (1, 2, 3, 4)]
        assert [len(page["results"]) for page in pages] == [10, 10, 5, 0]
        assert [page["page"] for page in pages] == [1, 2, 3, 4]
        assert {page["total_pages"] for page in pages} == {3}
        assert len({item["id"] for page in pages for item in page["results"]}) == 25

    def test_excluded_ids(self, client: Client) -> None:
        ids = {item["id"] for item in client.get("/media?limit=100&excludeIds=1,2,603").json()["results"]}
        assert ids == set(range(3, 25))

    @pytest.mark.parametrize(
        ("query", "field"),
        [
            ("limit=101", "limit"),
            ("limit=0", "limit"),
            ("page=0", "page"),
            ("listType=best", "listType"),
            ("mediaType=radio", "mediaType"),
        ],
    )
    def test_wrong_values(self, client: Client, query: str, field: str) -> None:
        response = client.get(f"/media?{query}")
        assert response.status_code == 400
        assert [detail["path"] for detail in response.json()["details"]] == [field]


class TestStats:
    @pytest.fixture
    def send(self, client: Client, sign_in: SignIn) -> Callable[..., Any]:
        """Posts to an action, or reads the figures."""

        def ask(action: str = "stats", body: Any = None, *, who: str = "user-1") -> Any:
            path = f"/user/stats/{action}"
            if body is None:
                return client.get(path, headers=sign_in(who))
            return client.post(path, body, content_type="application/json", headers=sign_in(who))

        return ask

    def test_of_a_new_person(self, send: Callable[..., Any]) -> None:
        response = send()
        body = response.json()
        assert response.status_code == 200
        assert body.keys() == {"success", "data"}
        assert body["success"] is True
        data = body["data"]
        assert data.keys() == DATA
        assert [data[key] for key in ("totalXP", "userLevel", "moviesWatched", "showsWatched", "dailyStreak")] == [
            0,
            1,
            0,
            0,
            0,
        ]
        assert (data["completedChallenges"], data["activeChallenges"], data["achievements"]) == ([], [], [])
        assert data["challengeProgress"] == {}
        assert [data[key] for key in ("lastActiveDate", "createdAt", "updatedAt")] == [None, None, None]

    def test_times_come_with_the_first_write(self, send: Callable[..., Any]) -> None:
        data = send("award-xp", {"amount": 1}).json()["data"]
        assert datetime.fromisoformat(data["createdAt"]).tzinfo
        assert data["updatedAt"] == data["createdAt"]

    def test_update_keeps_arbitrary_json(self, send: Callable[..., Any]) -> None:
        sent = {
            "moviesWatched": 4,
            "showsWatched": 2,
            "dailyStreak": 3,
            "challengeProgress": {"weekly": {"done": 2, "of": 5}},
            "activeChallenges": ["weekly", {"id": 7}],
            "completedChallenges": ["first"],
            "somethingNew": [1, {"a": None}],
        }
        response = send("update", sent)
        assert response.status_code == 200
        assert response.json()["success"] is True
        data = send().json()["data"]
        assert {key: data[key] for key in sent if key != "somethingNew"} == {
            key: value for key, value in sent.items() if key != "somethingNew"
        }
        assert response.json()["data"] == data

    @pytest.mark.parametrize(
        ("xp", "level", "achievements"),
        [
            (999, 1, []),
            (1000, 2, ["level_2"]),
            (1999, 2, ["level_2"]),
            (2000, 3, ["level_2", "level_3"]),
        ],
    )
    def test_levels(self, send: Callable[..., Any], xp: int, level: int, achievements: list[str]) -> None:
        data = {}
        while (missing := xp - data.get("totalXP", 0)) > 0:
            data = send("award-xp", {"amount": min(missing, 500)}).json()["data"]
        assert (data["totalXP"], data["userLevel"]) == (xp, level)
        assert data["achievements"] == achievements

    def test_awards_add_up(self, send: Callable[..., Any]) -> None:
        for _ in range(5):
            assert send("award-xp", {"amount": 10}).status_code == 200
        assert send().json()["data"]["totalXP"] == 50

    @pytest.mark.parametrize("body", [{}, {"amount": "many"}, {"amount": 1.5}])
    def test_a_wrong_award(self, send: Callable[..., Any], body: dict[str, Any]) -> None:
        assert send("award-xp", body).status_code == 400
        assert send().json()["data"]["totalXP"] == 0

    def test_a_user_id_in_the_body_is_ignored(self, send: Callable[..., Any]) -> None:
        send("award-xp", {"amount": 10, "userId": "user-2"})
        assert send(who="user-2").json()["data"]["totalXP"] == 0
        assert send().json()["data"]["totalXP"] == 10

    @pytest.mark.parametrize("action", ["nothing", "stats-x", "award"])
    def test_an_unknown_action(self, send: Callable[..., Any], action: str) -> None:
        for response in (send(action), send(action, {})):
            assert response.status_code == 404
            assert response.json()["error"] == "Endpoint not found"


class TestHealth:
    def test_is_open_and_has_its_keys(self, client: Client) -> None:
        response = client.get("/health")
        body = response.json()
        assert response.status_code == 200
        assert body.keys() == {
            "status",
            "timestamp",
            "responseTime",
            "version",
            "environment",
            "checks",
            "summary",
        }
        assert datetime.fromisoformat(body["timestamp"]).tzinfo
        assert isinstance(body["responseTime"], int | float)
        assert body["environment"] == "local"
        assert isinstance(body["checks"], dict)
