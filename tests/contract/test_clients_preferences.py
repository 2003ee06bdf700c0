"""The taste questionnaire as clients send and read it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

SignIn = Callable[..., dict[str, str]]
Send = Callable[..., Any]
PATH = "/user/preferences"

GENRES = [28, 12, 16, 35, 80, 99, 18, 10751, 14, 36, 27, 10402, 9648, 10749, 878, 10770, 53, 10752, 37]
CODES = {
    "moodPreferences": "exciting thoughtful funny scary emotional",
    "watchingContext": "alone partner family friends",
    "streamingPlatforms": "netflix prime hulu disney hbo apple paramount peacock other",
    "watchingTime": "mornings afternoons evenings latenight weekends",
    "eraPreferences": "classic modern recent",
    "languagePreferences": "en es fr de hi ja ko zh any",
    "subgenrePreferences": "superhero spy disaster dystopian cyberpunk biographical psychological satire slasher "
    "noir comingofage historical",
    "aestheticPreferences": "visuallyStunning minimalist colorful darkMoody retro experimental",
    "storyStructurePreferences": "linear nonlinear anthology openEnded twist notSure",
    "characterPreferences": "complexProtagonist strongFemale antiHero ensemble character-driven",
    "maturityPreference": "family teen mature graphic",
    "criticalAcclaimPreferences": "awardWinning criticallyAcclaimed cultClassic underrated blockbuster",
    "contentDiscoveryPreference": "trending hiddenGems awardWinning classics newReleases",
    "viewingBehaviorPreference": "bingePerfect episodic quickWatch deepDive background",
    "dealBreakers": "violence sexualContent profanity slowPace cliffhangers openEndings animalHarm jumpScares "
    "subtitles blackAndWhite",
}
SINGLE = {
    "contentType": "movies tv both",
    "runtimePreference": "short medium long any",
    "internationalContentPreference": "veryOpen someOpen dubbedOnly englishPreferred noPreference",
}
FULL = {
    "favoriteGenres": [28, 878],
    "dislikedGenres": [27],
    **{field: codes.split() for field, codes in CODES.items()},
    **{field: codes.split()[0] for field, codes in SINGLE.items()},
    "favoriteContent": "The Matrix, Breaking Bad",
    "favoritePeople": {"actors": ["Keanu Reeves"], "directors": ["Lana Wachowski"]},
    "genreRatings": {"28": 8, "18": 1, "35": 10},
    "keywords": ["heist", "time travel"],
    "minRating": 6.5,
    "maxRating": 10,
    "releaseYearStart": 1980,
    "releaseYearEnd": 2024,
    "questionnaireCompleted": True,
    "quickModeCompleted": False,
    "completedOnboardingStages": ["basic", "advanced"],
    "updatedAt": "2025-01-02T03:04:05.678Z",
}


@pytest.fixture
def send(client: Client, sign_in: SignIn) -> Send:
    """Sends a request of a person to the questionnaire."""

    def ask(method: str, body: Any = None, *, who: str = "user-1") -> Any:
        kind = {} if body is None else {"data": body, "content_type": "application/json"}
        return getattr(client, method)(PATH, headers=sign_in(who), **kind)

    return ask


def stored(send: Send, who: str = "user-1") -> dict[str, Any]:
    response = send("get", who=who)
    assert response.status_code == 200
    assert response.json().keys() == {"preferences"}
    preferences: dict[str, Any] = response.json()["preferences"]
    return preferences


def test_none_stored(send: Send) -> None:
    response = send("get")
    assert response.status_code == 404
    assert response.json()["error"] == "No preferences found"


@pytest.mark.parametrize("method", ["post", "put"])
class TestWriting:
    def test_answers_who_and_when(self, send: Send, method: str) -> None:
        response = send(method, {"contentType": "both"})
        body = response.json()
        assert response.status_code == 200
        assert body == {"message": body["message"], "userId": "user-1", "timestamp": body["timestamp"]}
        assert datetime.fromisoformat(body["timestamp"]).utcoffset() == timedelta(0)

    def test_every_field_comes_back_as_it_was_sent(self, send: Send, method: str) -> None:
        assert send(method, FULL).status_code == 200
        read = stored(send)
        kept = {field: value for field, value in FULL.items() if field != "updatedAt"}
        assert {field: read.get(field) for field in kept} == kept
        assert read["updatedAt"]

    def test_the_last_write_wins(self, send: Send, method: str) -> None:
        send(method, {"contentType": "both", "favoriteGenres": [28]})
        send(method, {"contentType": "tv"})
        assert stored(send)["contentType"] == "tv"

    def test_unknown_keys_are_kept(self, send: Send, method: str) -> None:
        unknown = {"newQuestion": {"deep": [1, 2.5, None, True, "ü"]}, "v": 3, "empty": "", "none": None}
        assert send(method, {**unknown, "contentType": "tv"}).status_code == 200
        read = stored(send)
        assert {key: read[key] for key in unknown} == unknown

    def test_a_body_cannot_name_another_user(self, send: Send, method: str) -> None:
        assert send(method, {"userId": "user-2", "contentType": "tv"}).json()["userId"] == "user-1"
        assert send("get", who="user-2").status_code == 404
        assert stored(send).get("userId", "user-1") == "user-1"

    def test_statistics_are_not_lost(self, client: Client, sign_in: SignIn, send: Send, method: str) -> None:
        client.post("/user/stats/update", {"moviesWatched": 3}, content_type="application/json", headers=sign_in())
        client.post("/user/stats/award-xp", {"amount": 70}, content_type="application/json", headers=sign_in())
        send(method, {"contentType": "tv"})
        data = client.get("/user/stats/stats", headers=sign_in()).json()["data"]
        assert (data["moviesWatched"], data["totalXP"]) == (3, 70)

    def test_what_is_too_large_is_refused(self, send: Send, method: str) -> None:
        send(method, {"contentType": "tv"})
        assert send(method, {"blob": "x" * 400_000}).status_code in {400, 413}
        assert "blob" not in stored(send)

    @pytest.mark.parametrize("body", [[], ["contentType"], "text", 7, None])
    def test_only_an_object(self, send: Send, client: Client, sign_in: SignIn, method: str, body: Any) -> None:
        response = getattr(client, method)(
            PATH, "null" if body is None else body, content_type="application/json", headers=sign_in()
        )
        assert response.status_code == 400
        assert send("get").status_code == 404


class TestCodes:
    @pytest.mark.parametrize(
        ("field", "code"), [(field, code) for field, codes in CODES.items() for code in codes.split()]
    )
    def test_each_code_of_an_array_is_taken(self, send: Send, field: str, code: str) -> None:
        assert send("put", {field: [code]}).status_code == 200
        assert stored(send)[field] == [code]

    @pytest.mark.parametrize(
        ("field", "code"), [(field, code) for field, codes in SINGLE.items() for code in codes.split()]
    )
    def test_each_code_of_a_single_is_taken(self, send: Send, field: str, code: str) -> None:
        assert send("put", {field: code}).status_code == 200
        assert stored(send)[field] == code

    @pytest.mark.parametrize("field", ["favoriteGenres", "dislikedGenres"])
    def test_each_genre_is_taken(self, send: Send, field: str) -> None:
        assert send("put", {field: GENRES}).status_code == 200
        assert stored(send)[field] == GENRES

    @pytest.mark.parametrize("field", [*CODES, *SINGLE])
    def test_another_code_is_refused_with_the_allowed_ones(self, send: Send, field: str) -> None:
        response = send("put", {field: ["sideways"] if field in CODES else "sideways"})
        assert response.status_code == 400
        (detail,) = response.json()["details"]
        assert detail["path"].startswith(field)
        assert all(code in detail["message"] for code in {**CODES, **SINGLE}[field].split())
        assert send("get").status_code == 404

    @pytest.mark.parametrize(
        "body",
        [
            {"favoriteGenres": [5]},
            {"favoriteGenres": "28"},
            {"genreRatings": {"28": 0}},
            {"genreRatings": {"28": 11}},
            {"genreRatings": [8]},
            {"favoritePeople": ["Keanu Reeves"]},
            {"favoritePeople": {"actors": "Keanu Reeves"}},
            {"questionnaireCompleted": {}},
            {"minRating": "high"},
            {"releaseYearStart": "long ago"},
            {"contentType": ["movies"]},
        ],
    )
    def test_other_wrong_values(self, send: Send, body: dict[str, Any]) -> None:
        response = send("put", body)
        assert response.status_code == 400
        assert all(detail["path"].startswith(next(iter(body))) for detail in response.json()["details"])
        assert send("get").status_code == 404

    @pytest.mark.parametrize(
        "body",
        [
            {field: [] for field in ("favoriteGenres", "dislikedGenres", *CODES)},
            {"favoritePeople": {"actors": [], "directors": []}, "genreRatings": {}},
            {"keywords": []},
            {"completedOnboardingStages": []},
            {"genreRatings": {"28": 7}},
        ],
    )
    def test_empty_answers_are_answers(self, send: Send, body: dict[str, Any]) -> None:
        assert send("put", body).status_code == 200
        read = stored(send)
        assert {key: read[key] for key in body} == body
