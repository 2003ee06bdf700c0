"""A single-page app's whole way through the service, with the requests that such apps send."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

ORIGIN = {"origin": "http://localhost:3000"}
ANN = {"email": "ann@example.com", "password": "correct Horse 1"}
Post = Callable[..., Any]


@pytest.mark.usefixtures("filled")
def test_from_sign_up_to_recommendations(client: Client, post: Post, mailed_code: Callable[[], str]) -> None:
    user_id = post("signup", ANN).json()["userSub"]
    assert post("signin", ANN).status_code == 403
    assert post("signup", {"email": ANN["email"], "code": mailed_code()}).status_code == 200
    tokens = post("signin", ANN).json()
    tokens |= post("refresh", {"refreshToken": tokens["RefreshToken"]}).json()
    headers = {"authorization": f"Bearer {tokens['accessToken']}", **ORIGIN}

    def send(method: str, path: str, body: Any = None) -> Any:
        kind = {} if body is None else {"data": body, "content_type": "application/json"}
        answer = client.generic if method == "HEAD" else getattr(client, method.lower())
        response = answer(path, headers=headers, **kind)
        assert response["Access-Control-Allow-Origin"] == ORIGIN["origin"]
        assert response["Access-Control-Allow-Credentials"] == "true"
        return response

    assert send("GET", "/user/preferences").status_code == 404
    clicked = send("POST", "/user/preferences", {"favoriteGenres": [28], "contentType": "movies"}).json()
    assert clicked["userId"] == user_id
    assert send("GET", "/user/preferences").json()["preferences"]["favoriteGenres"] == [28]

    assert send("POST", "/user/favourites", {"movieId": 603, "mediaType": "movie"}).status_code == 200
    assert send("POST", "/user/watchlist", {"mediaId": "2", "media_type": "movie"}).status_code == 200
    assert [item["mediaId"] for item in send("GET", "/user/favourites").json()["items"]] == ["603"]
    assert [item["mediaId"] for item in send("GET", "/user/watchlist").json()["items"]] == ["2"]

    favourites = send("GET", "/user/favourites").json()["items"]
    watchlist = send("GET", "/user/watchlist").json()["items"]
    wish = {"mediaType": "movie", "limit": 20, "favorites": favourites, "watchlist": watchlist, "exclude": "5"}
    items = send("POST", "/recommendations", wish).json()["items"]
    assert len(items) == 20
    assert not {item["mediaId"] for item in items} & {"603", "2", "5"}

    assert send("POST", "/user/stats/award-xp", {"amount": 50}).json()["data"]["totalXP"] == 50
    assert send("DELETE", "/user/favourites?mediaId=603").status_code == 200
    assert send("GET", "/user/favourites").json()["items"] == []
