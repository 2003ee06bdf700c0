from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.preferences.models import UserPreferences
from apps.preferences.selectors import stored

SignIn = Callable[[str], dict[str, str]]
PATH = "/user/preferences"
WHOLE = {
    "contentType": "both",
    "favoriteGenres": [28, "878", 10765],
    "dislikedGenres": ["27"],
    "genreRatings": {"28": 8, "18": 10},
    "moodPreferences": ["exciting", "emotional"],
    "watchingContext": ["alone"],
    "streamingPlatforms": ["netflix", "other"],
    "watchingTime": ["latenight"],
    "eraPreferences": ["classic", "recent"],
    "languagePreferences": ["en", "any"],
    "subgenrePreferences": ["comingofage"],
    "aestheticPreferences": ["darkMoody"],
    "storyStructurePreferences": ["notSure"],
    "characterPreferences": ["character-driven"],
    "maturityPreference": ["teen"],
    "criticalAcclaimPreferences": ["cultClassic"],
    "contentDiscoveryPreference": ["hiddenGems"],
    "viewingBehaviorPreference": ["bingePerfect"],
    "dealBreakers": ["jumpScares"],
    "runtimePreference": "long",
    "internationalContentPreference": "veryOpen",
    "favoriteContent": "Alien, Blade Runner",
    "favoritePeople": {"actors": ["Sigourney Weaver"], "directors": []},
    "keywords": ["space"],
    "minRating": 6.5,
    "maxRating": 10,
    "releaseYearStart": 1970,
    "releaseYearEnd": 2024,
    "questionnaireCompleted": True,
    "quickModeCompleted": False,
    "completedOnboardingStages": ["basic", 2],
    "updatedAt": "2024-05-31T12:00:00.000Z",
}


class Person:
    """Someone who is signed in."""

    def __init__(self, client: Client, headers: dict[str, str]) -> None:
        self.client, self.headers = client, headers

    def get(self) -> Any:
        return self.client.get(PATH, headers=self.headers)

    def post(self, body: Any) -> Any:
        return self.client.post(PATH, body, content_type="application/json", headers=self.headers)

    def put(self, body: Any) -> Any:
        return self.client.put(PATH, body, content_type="application/json", headers=self.headers)


@pytest.fixture
def person(client: Client, sign_in: SignIn) -> Person:
    return Person(client, sign_in("user-1"))


def wrong(response: Any) -> list[tuple[str, str]]:
    assert response.status_code == 400
    assert response.json()["code"] == "InvalidParameterException"
    return [(entry["path"], entry["message"]) for entry in response.json()["details"]]


def test_none_stored(person: Person) -> None:
    response = person.get()
    assert response.status_code == 404
    assert response.json()["error"] == "No preferences found"
    assert response.json()["code"] == "NotFound"


@pytest.mark.parametrize("method", ["post", "put"])
def test_a_whole_questionnaire_comes_back(person: Person, method: str) -> None:
    response = getattr(person, method)(WHOLE)
    assert response.status_code == 200
    body = response.json()
    assert (body["message"], body["userId"]) == ("Preferences saved", "user-1")
    assert sorted(body) == ["message", "timestamp", "userId"]
    assert person.get().json() == {"preferences": WHOLE}
    row = UserPreferences.get_row("user-1")
    assert row is not None
    assert row["updatedAt"] == body["timestamp"]


def test_a_click_is_one_write(person: Person, operations: list[str]) -> None:
    operations.clear()
    person.post(WHOLE)
    # Only the first request in 30 seconds asks whether the session was ended.
    assert operations == ["BatchGetItem", "UpdateItem", "UpdateItem"]
    operations.clear()
    person.get()
    assert operations == ["UpdateItem", "GetItem"]


def test_the_last_write_wins(person: Person) -> None:
    person.post({"moodPreferences": ["funny"], "contentType": "tv"})
    person.put({"moodPreferences": ["scary"]})
    assert person.get().json() == {"preferences": {"moodPreferences": ["scary"]}}


def test_nothing_answered_is_stored_too(person: Person) -> None:
    assert person.post({}).status_code == 200
    assert person.get().json() == {"preferences": {}}


def test_other_attributes_of_the_row_stay(person: Person) -> None:
    list(UserPreferences.put_rows([{"userId": "user-1", "preferences": {"a": 1}, "statistics": {"xp": 5}, "n": 7}]))
    person.post({"contentType": "tv"})
    row = UserPreferences.get_row("user-1")
    assert row is not None
    assert (row["preferences"], row["statistics"], row["n"]) == ({"contentType": "tv"}, {"xp": 5}, 7)


def test_a_row_without_answers_counts_as_none(person: Person) -> None:
    list(UserPreferences.put_rows([{"userId": "user-1", "statistics": {"xp": 5}}]))
    assert person.get().status_code == 404


def test_old_answers_with_other_codes_are_shown(person: Person) -> None:
    old = {"moodPreferences": ["melancholic"], "minRating": "high", "big": 10**30}
    list(UserPreferences.put_rows([{"userId": "user-1", "preferences": old}]))
    assert person.get().json() == {"preferences": {**old, "big": 1e30}}


def test_a_user_id_in_the_body_is_dropped(person: Person) -> None:
    assert person.post({"userId": "user-2", "contentType": "tv"}).json()["userId"] == "user-1"
    assert stored("user-2") is None
    assert stored("user-1") == {"contentType": "tv"}


def test_preferences_are_private(client: Client, sign_in: SignIn, person: Person) -> None:
    person.post(WHOLE)
    assert Person(client, sign_in("user-2")).get().status_code == 404


@pytest.mark.parametrize("method", ["get", "post", "put"])
def test_strangers_are_sent_away(client: Client, operations: list[str], method: str) -> None:
    operations.clear()
    response = getattr(client, method)(PATH, {}, content_type="application/json")
    assert response.status_code == 401
    assert operations == []


@pytest.mark.parametrize("name", sorted(WHOLE))
def test_null_is_not_answered(person: Person, name: str) -> None:
    assert person.post({name: None, "mine": None}).status_code == 200
    assert person.get().json() == {"preferences": {"mine": None}}


@pytest.mark.parametrize(
    "name",
    ["contentType", "runtimePreference", "internationalContentPreference", "favoriteContent", "minRating",
     "releaseYearEnd", "quickModeCompleted", "updatedAt"],
)  # fmt: skip
def test_an_empty_choice_is_not_answered(person: Person, name: str) -> None:
    assert person.post({name: ""}).status_code == 200
    assert person.get().json() == {"preferences": {}}


def test_repeated_choices_count_once(person: Person) -> None:
    person.post({"moodPreferences": ["funny", "scary", "funny"], "favoriteGenres": [28, "28", 18, 28]})
    assert person.get().json() == {"preferences": {"moodPreferences": ["funny", "scary"], "favoriteGenres": [28, 18]}}


def test_numbers_may_be_text(person: Person) -> None:
    person.post({"minRating": "6", "maxRating": "7.5", "releaseYearStart": "1990", "genreRatings": {"28": "8"}})
    expected = {"minRating": 6, "maxRating": 7.5, "releaseYearStart": 1990, "genreRatings": {"28": 8}}
    assert person.get().json() == {"preferences": expected}


def test_the_allowed_codes_are_named(person: Person) -> None:
    sentence = '"sad" is not one of exciting, thoughtful, funny, scary, emotional.'
    response = person.post({"moodPreferences": ["funny", "sad"]})
    assert wrong(response) == [("moodPreferences", sentence)]
    assert response.json()["error"] == f"moodPreferences: {sentence}"


GENRE_IDS = (
    "28, 12, 16, 35, 80, 99, 18, 10751, 14, 36, 27, 10402, 9648, 10749, 878, 10770, 53, 10752, 37, "
    "10759, 10762, 10763, 10764, 10765, 10766, 10767, 10768"
)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("moodPreferences", "funny", "Send a list."),
        ("moodPreferences", {"0": "funny"}, "Send a list."),
        ("moodPreferences", "", "Send a list."),
        ("moodPreferences", [1], "1 is not one of exciting, thoughtful, funny, scary, emotional."),
        ("moodPreferences", [["funny"]], "A list is not one of exciting, thoughtful, funny, scary, emotional."),
        ("moodPreferences", ["funny"] * 101, "At most 100 entries are taken."),
        ("contentType", "films", '"films" is not one of movies, tv, both.'),
        ("contentType", ["tv"], "A list is not one of movies, tv, both."),
        ("contentType", {"a": "tv"}, "An object is not one of movies, tv, both."),
        ("contentType", True, "true is not one of movies, tv, both."),
        ("runtimePreference", "x" * 60, f'"{"x" * 39}… is not one of short, medium, long, any.'),
        ("favoriteGenres", [1], f"1 is not one of {GENRE_IDS}."),
        ("favoriteGenres", ["28 "], f'"28 " is not one of {GENRE_IDS}.'),
        ("favoriteGenres", [28.0], f"28.0 is not one of {GENRE_IDS}."),
        ("dislikedGenres", [True], f"true is not one of {GENRE_IDS}."),
        ("dislikedGenres", 28, "Send a list."),
        ("genreRatings", {"28": 11}, "11 is not a number from 1 to 10."),
        ("genreRatings", {"28": 0}, "0 is not a number from 1 to 10."),
        ("genreRatings", {"28": None}, "null is not a number from 1 to 10."),
        ("genreRatings", {"28": True}, "true is not a number from 1 to 10."),
        ("genreRatings", {"action": 5}, f'"action" is not one of {GENRE_IDS}.'),
        ("genreRatings", [8], 'Send an object of genre ids and points, such as {"28": 8}.'),
        ("favoriteContent", ["Alien"], "A list is not a text."),
        ("favoriteContent", "x" * 5001, "At most 5000 characters are taken."),
        ("favoriteContent", "a\0b", "NUL characters are not taken."),
        ("favoritePeople", ["Weaver"], 'Send an object such as {"actors": [], "directors": []}.'),
        ("favoritePeople", {"actors": "Weaver"}, "Send a list."),
        ("favoritePeople", {"actors": [7]}, "7 is not a text."),
        ("favoritePeople", {"directors": ["x" * 201]}, "At most 200 characters are taken."),
        ("favoritePeople", {"": []}, 'Send an object such as {"actors": [], "directors": []}.'),
        ("keywords", "space", "Send a list."),
        ("keywords", ["x"] * 101, "At most 100 entries are taken."),
        ("minRating", -0.5, "-0.5 is not a number from 0 to 10."),
        ("minRating", "nan", '"nan" is not a number from 0 to 10.'),
        ("minRating", "1" * 400, f'"{"1" * 39}… is not a number from 0 to 10.'),
        ("maxRating", 10.5, "10.5 is not a number from 0 to 10."),
        ("maxRating", [5], "A list is not a number from 0 to 10."),
        ("minRating", 1e-200, "1e-200 cannot be kept; send 0 or a number whose size is from 1e-130 to below 1e126."),
        ("releaseYearStart", 1990.5, "1990.5 is not a whole number from 1870 to 2100."),
        ("releaseYearStart", 10**18, "1000000000000000000 is not a whole number from 1870 to 2100."),
        ("releaseYearEnd", "soon", '"soon" is not a whole number from 1870 to 2100.'),
        ("questionnaireCompleted", "true", '"true" is not true or false.'),
        ("quickModeCompleted", 1, "1 is not true or false."),
        ("completedOnboardingStages", "basic", "Send a list."),
        ("completedOnboardingStages", [{"a": 1}], "An object is not a text."),
        ("updatedAt", True, "true is not a text."),
        ("updatedAt", 1e300, "1e+300 is not a number from -9007199254740992 to 9007199254740992."),
    ],
)
def test_odd_answers_are_refused(person: Person, operations: list[str], name: str, value: Any, message: str) -> None:
    operations.clear()
    assert wrong(person.post({"contentType": "tv", name: value})) == [(name, message)]
    assert operations == ["BatchGetItem", "UpdateItem"]
    assert person.get().status_code == 404


def test_every_wrong_field_is_named(person: Person) -> None:
    response = person.post({"contentType": 1, "eraPreferences": ["old"], "minRating": 11})
    assert sorted(path for path, _ in wrong(response)) == ["contentType", "eraPreferences", "minRating"]


@pytest.mark.parametrize(
    ("lower", "upper", "low", "high"),
    [("minRating", "maxRating", 8, 7.5), ("releaseYearStart", "releaseYearEnd", 2001, 2000)],
)
def test_bounds_in_the_wrong_order_are_refused(person: Person, lower: str, upper: str, low: Any, high: Any) -> None:
    sentence = f"{low} is above {upper}, which is {high}; lower it or raise {upper}."
    assert wrong(person.post({lower: low, upper: high})) == [(lower, sentence)]
    assert person.post({lower: low, upper: low}).status_code == 200


class TestUnknownFields:
    def test_they_are_kept_as_they_come(self, person: Person) -> None:
        unknown = {
            "theme": "dark",
            "nested": {"list": [1, 2.5, None, True, "", {"deep": []}], "": "x"} | {"a.b": 1},
            "large": 2**64 - 1,
            "float": 1e20,
            "tiny": 1e-130,
            "zero": 0.0,
            "ünï 🎬": "\u0001",
        }
        del unknown["nested"][""]  # type: ignore[attr-defined]
        assert person.post(unknown).status_code == 200
        assert person.get().json() == {"preferences": unknown}

    @pytest.mark.parametrize(
        ("body", "path"),
        [
            ({"x": 1e126}, "x"),
            ({"x": {"y": [0, -1e300]}}, "x.y.1"),
            ({"x": 5e-324}, "x"),
            ({"": 1}, "body"),
            ({"x": [{"": 1}]}, "x.0."),
            ({"x" * 256: 1}, "x" * 255),
        ],
    )
    def test_what_cannot_be_kept_is_named(
        self, person: Person, operations: list[str], body: dict[str, Any], path: str
    ) -> None:
        operations.clear()
        assert [found for found, _ in wrong(person.post(body))] == [path]
        assert operations == ["BatchGetItem", "UpdateItem"]

    def test_the_size_is_bounded(self, person: Person, operations: list[str]) -> None:
        operations.clear()
        response = person.post({"x": "y" * (100 * 1024)})
        assert response.status_code == 413
        assert response.json()["error"] == "The preferences are over 100 KB; send less."
        assert operations == ["BatchGetItem", "UpdateItem"]
        assert person.post({"x": "y" * (100 * 1024 - 8)}).status_code == 200


def test_no_body_does_not_clear_the_answers(person: Person, client: Client, sign_in: Any) -> None:
    person.post({"favoriteGenres": [18]})
    for send in (client.post, client.put):
        response = send("/user/preferences", "", content_type="application/json", headers=sign_in("user-1"))
        assert response.status_code == 400
        assert response.json()["details"] == [
            {"path": "body", "message": "Send the answers as a JSON object; an empty one, {}, clears them."}
        ]
    assert person.get().json() == {"preferences": {"favoriteGenres": [18]}}
    assert person.post({}).status_code == 200
    assert person.get().json() == {"preferences": {}}


TEXT = st.text(st.characters(codec="utf-8"), max_size=8)
NUMBERS = st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False, allow_infinity=False)
JSON = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=8,
)


@given(body=st.dictionaries(st.sampled_from(sorted(WHOLE)) | TEXT, JSON, max_size=4))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_sent_is_kept_or_refused_by_name(person: Person, body: dict[str, Any]) -> None:
    response = person.post(body)
    if response.status_code == 200:
        kept = person.get().json()["preferences"]
        unknown = {name: value for name, value in body.items() if name not in WHOLE and name != "userId"}
        assert {name: kept[name] for name in unknown} == unknown
        assert set(kept) <= set(body)
    else:
        assert wrong(response)
