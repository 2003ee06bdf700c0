"""From sign-up to recommendations over a real server, and again after a restart."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.e2e.conftest import Server, running

pytestmark = pytest.mark.embedded

EMAIL = "walker@example.com"
PASSWORD = "correct horse battery staple"
ALIEN, BLADE_RUNNER, THE_WIRE = 348, 78, 1438


def _sign_in(server: Server) -> dict[str, Any]:
    answer = server.call("POST", "/auth/signin", {"email": EMAIL, "password": PASSWORD})
    assert answer.status == 200, answer.body
    return answer.body  # type: ignore[no-any-return]


def _keys(items: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(item["mediaType"], item["mediaId"]) for item in items]


def test_sign_up_to_recommendations_and_a_restart(state_dir: Path) -> None:
    with running(state_dir) as server:
        _sign_up(server)
        token = _sign_in(server)["AccessToken"]
        _tell_taste(server, token)
        first = _recommendations(server, token)
        assert server.stop() == 0
    with running(state_dir) as server:
        terminal = "".join(server.lines)
        assert "Created the tables" not in terminal
        assert "Training" not in terminal
        token = _sign_in(server)["AccessToken"]
        favourites = server.call("GET", "/user/favourites", token=token).body["items"]
        assert _keys(favourites) == [("movie", str(BLADE_RUNNER)), ("movie", str(ALIEN))]
        assert _recommendations(server, token) == first


def _sign_up(server: Server) -> None:
    answer = server.call("POST", "/auth/signup", {"email": EMAIL, "password": PASSWORD})
    assert answer.status == 200, answer.body
    refused = server.call("POST", "/auth/signin", {"email": EMAIL, "password": PASSWORD})
    assert (refused.status, refused.body["code"]) == (403, "UserNotConfirmedException")
    code = server.wait_for(r"\b(\d{6})\b").group(1)
    confirmed = server.call("POST", "/auth/signup", {"email": EMAIL, "code": code})
    assert (confirmed.status, confirmed.body["email"]) == (200, EMAIL)


def _tell_taste(server: Server, token: str) -> None:
    assert server.call("GET", "/user/preferences", token=token).status == 404
    taste = {"favoriteGenres": [878], "dealBreakers": ["blackAndWhite"]}
    assert server.call("POST", "/user/preferences", taste, token).status == 200
    stored = server.call("GET", "/user/preferences", token=token).body["preferences"]
    assert stored["favoriteGenres"] == [878]
    for film in (ALIEN, BLADE_RUNNER):
        assert server.call("POST", "/user/favourites", {"mediaId": film}, token).status == 200
    saved = server.call("POST", "/user/watchlist", {"mediaId": THE_WIRE, "mediaType": "tv"}, token)
    assert saved.body["item"]["title"] == "The Wire"


def _recommendations(server: Server, token: str) -> list[tuple[str, str]]:
    answer = server.call("POST", "/recommendations", {"limit": 12}, token)
    assert answer.status == 200, answer.body
    items = answer.body["items"]
    keys = _keys(items)
    assert len(keys) == 12
    assert not {("movie", str(ALIEN)), ("movie", str(BLADE_RUNNER)), ("tv", str(THE_WIRE))} & set(keys)
    assert all(item["recommendationReason"] for item in items)
    assert answer.body["source"] == "personal"
    assert answer.body["metadata"]["fallbackUsed"] is False
    return keys


def test_the_demo_account_signs_in(state_dir: Path) -> None:
    with running(state_dir) as server:
        email = server.wait_for(r"as +(\S+@\S+)").group(1)
        password = server.wait_for(r"password +(\S+)").group(1)
        answer = server.call("POST", "/auth/signin", {"email": email, "password": password})
        assert answer.status == 200
        favourites = server.call("GET", "/user/favourites", token=answer.body["accessToken"]).body["items"]
        assert favourites
