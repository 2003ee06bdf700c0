"""Favourites and watchlist as clients send and read them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

SignIn = Callable[..., dict[str, str]]
ITEM = {
    "userId",
    "mediaId",
    "movieId",
    "mediaType",
    "title",
    "posterPath",
    "releaseDate",
    "voteAverage",
    "addedAt",
}


@pytest.fixture(params=["favourites", "watchlist"])
def send(request: pytest.FixtureRequest, client: Client, sign_in: SignIn) -> Callable[..., Any]:
    """Sends a request of a person to one of the two lists."""

    def ask(method: str, body: Any = None, *, query: str = "", who: str = "user-1") -> Any:
        kind = {} if body is None else {"data": body, "content_type": "application/json"}
        return getattr(client, method)(f"/user/{request.param}{query}", headers=sign_in(who), **kind)

    return ask


Send = Callable[..., Any]


def ids(response: Any) -> list[str]:
    assert response.status_code == 200
    return [item["mediaId"] for item in response.json()["items"]]


class TestAdding:
    def test_answers_the_item_and_lists_it(self, send: Send) -> None:
        sent = {
            "mediaId": "550",
            "mediaType": "movie",
            "title": "Fight Club",
            "poster_path": "/fight.jpg",
            "release_date": "1999-10-15",
            "vote_average": 8.4,
            "overview": "Soap.",
        }
        response = send("post", sent)
        assert response.status_code == 200
        assert response.json().keys() == {"message", "item"}
        item = response.json()["item"]
        assert item.keys() >= ITEM
        assert item["userId"] == "user-1"
        assert (item["mediaId"], item["movieId"], item["mediaType"]) == ("550", "550", "movie")
        assert (item["title"], item["posterPath"]) == ("Fight Club", "/fight.jpg")
        assert (item["releaseDate"], item["voteAverage"]) == ("1999-10-15", 8.4)
        assert datetime.fromisoformat(item["addedAt"]).utcoffset() == timedelta(0)
        listed = send("get").json()
        assert listed == {"items": [item], "nextCursor": None}

    @pytest.mark.parametrize(
        "body",
        [
            {"mediaId": "7"},
            {"mediaId": 7},
            {"movieId": "7"},
            {"movieId": 7},
            {"mediaId": "7", "mediaType": "movie"},
            {"movieId": 7, "media_type": "movie"},
            {"mediaId": 7, "movieId": 7},
            {"mediaId": "7", "title": None, "poster_path": None, "release_date": None, "vote_average": None},
            {"mediaId": "7", "release_date": "", "title": "", "poster_path": "", "overview": ""},
            {"mediaId": "7", "vote_average": "7.5"},
            {"mediaId": "7", "vote_average": 0},
            {"mediaId": "7", "unknownKey": {"a": [1]}},
        ],
    )
    def test_every_form_makes_the_same_title(self, send: Send, body: dict[str, Any]) -> None:
        assert send("post", body).status_code == 200
        (item,) = send("get").json()["items"]
        assert (item["mediaId"], item["mediaType"]) == ("7", "movie")

    def test_series_and_film_share_a_number(self, send: Send) -> None:
        for media_type in ("movie", "tv"):
            assert send("post", {"mediaId": 7, "mediaType": media_type}).status_code == 200
        items = send("get").json()["items"]
        assert {(item["mediaId"], item["mediaType"]) for item in items} == {("7", "movie"), ("7", "tv")}
        assert [item["mediaType"] for item in send("get", query="?mediaType=tv").json()["items"]] == ["tv"]

    @pytest.mark.usefixtures("filled")
    def test_missing_fields_come_from_the_catalogue(self, send: Send) -> None:
        item = send("post", {"mediaId": "603", "mediaType": "movie"}).json()["item"]
        assert (item["title"], item["releaseDate"], item["posterPath"]) == ("The Matrix", "1999-03-31", "/matrix.jpg")

    @pytest.mark.usefixtures("filled")
    def test_what_the_client_says_comes_before_the_catalogue(self, send: Send) -> None:
        item = send("post", {"mediaId": "603", "mediaType": "movie", "title": "Matrix, Die"}).json()["item"]
        assert (item["title"], item["releaseDate"]) == ("Matrix, Die", "1999-03-31")

    def test_adding_twice_keeps_one_row(self, send: Send) -> None:
        send("post", {"mediaId": "7", "title": "Old"})
        send("post", {"movieId": 7, "title": "New"})
        (item,) = send("get").json()["items"]
        assert item["title"] == "New"

    @pytest.mark.parametrize("body", [{}, {"mediaId": ""}, {"mediaId": None}, {"title": "Nameless"}])
    def test_the_id_is_required(self, send: Send, body: dict[str, Any]) -> None:
        response = send("post", body)
        assert response.status_code == 400
        assert response.json()["error"] == "Media ID is required"
        assert ids(send("get")) == []

    def test_a_body_cannot_name_another_user(self, send: Send) -> None:
        item = send("post", {"mediaId": "7", "userId": "somebody-else"}).json()["item"]
        assert item["userId"] == "user-1"
        assert ids(send("get", who="somebody-else")) == []
        assert ids(send("get")) == ["7"]

    def test_a_wrong_media_type(self, send: Send) -> None:
        response = send("post", {"mediaId": "7", "mediaType": "radio"})
        assert response.status_code == 400
        assert [detail["path"] for detail in response.json()["details"]] == ["mediaType"]


class TestRemoving:
    @pytest.mark.parametrize(
        ("query", "body"),
        [
            ("?mediaId=7", None),
            ("?movieId=7", None),
            ("?mediaId=7&mediaType=movie", None),
            ("", {"mediaId": "7"}),
            ("", {"mediaId": 7}),
            ("", {"movieId": 7}),
            ("", {"mediaId": "7", "mediaType": "movie"}),
            ("?mediaId=7", {}),
        ],
    )
    def test_every_form(self, send: Send, query: str, body: Any) -> None:
        send("post", {"mediaId": "7", "mediaType": "movie"})
        send("post", {"mediaId": "8", "mediaType": "movie"})
        response = send("delete", body, query=query)
        assert response.status_code == 200
        assert response.json().keys() == {"message"}
        assert ids(send("get")) == ["8"]

    def test_of_what_is_absent(self, send: Send) -> None:
        response = send("delete", query="?mediaId=7")
        assert response.status_code == 200
        assert response.json().keys() == {"message"}

    def test_of_a_series(self, send: Send) -> None:
        for media_type in ("movie", "tv"):
            send("post", {"mediaId": "7", "mediaType": media_type})
        assert send("delete", query="?mediaId=7&mediaType=tv").status_code == 200
        assert [item["mediaType"] for item in send("get").json()["items"]] == ["movie"]

    def test_a_series_by_its_number_alone(self, send: Send) -> None:
        send("post", {"mediaId": "7", "mediaType": "tv"})
        assert send("delete", query="?mediaId=7").status_code == 200
        assert ids(send("get")) == []

    def test_the_id_is_required(self, send: Send) -> None:
        send("post", {"mediaId": "7"})
        response = send("delete")
        assert response.status_code == 400
        assert response.json()["error"] == "Media ID is required"
        assert ids(send("get")) == ["7"]

    def test_of_another_person(self, send: Send) -> None:
        send("post", {"mediaId": "7"})
        assert send("delete", {"mediaId": "7", "userId": "user-1"}, who="user-2").status_code == 200
        assert ids(send("get")) == ["7"]


class TestReading:
    @pytest.fixture
    def five(self, send: Send) -> None:
        """Five films, a second apart; the last added is 5."""
        with time_machine.travel(1_800_000_000, tick=False) as clock:
            for number in range(1, 6):
                send("post", {"mediaId": number, "mediaType": "movie"})
                clock.shift(1)

    @pytest.mark.usefixtures("five")
    def test_all_come_newest_first(self, send: Send) -> None:
        with time_machine.travel(1_800_000_010):
            assert ids(send("get")) == ["5", "4", "3", "2", "1"]

    @pytest.mark.usefixtures("five")
    def test_pages(self, send: Send) -> None:
        with time_machine.travel(1_800_000_010):
            found, cursor = [], ""
            for _ in range(3):
                page = send("get", query=f"?limit=2&cursor={cursor}" if cursor else "?limit=2")
                found.append(ids(page))
                cursor = page.json()["nextCursor"]
        assert found == [["5", "4"], ["3", "2"], ["1"]]
        assert cursor is None

    def test_without_a_limit_all_come_in_one_answer(self, send: Send) -> None:
        for number in range(1, 131):
            send("post", {"mediaId": number, "mediaType": "movie"})
        page = send("get")
        assert sorted(map(int, ids(page))) == list(range(1, 131))
        assert page.json()["nextCursor"] is None

    @pytest.mark.usefixtures("five")
    def test_oldest_first(self, send: Send) -> None:
        with time_machine.travel(1_800_000_010):
            assert ids(send("get", query="?sort=oldest")) == ["1", "2", "3", "4", "5"]

    def test_an_empty_list(self, send: Send) -> None:
        assert send("get").json() == {"items": [], "nextCursor": None}

    def test_the_lists_are_apart(self, client: Client, sign_in: SignIn) -> None:
        client.post("/user/favourites", {"mediaId": 1}, content_type="application/json", headers=sign_in())
        assert client.get("/user/watchlist", headers=sign_in()).json()["items"] == []
