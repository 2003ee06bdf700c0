from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from apps.accounts import profiles
from apps.accounts.models import Profile
from apps.accounts.profiles import ProfileFacts, profile_of
from apps.accounts.services import create_confirmed_account
from apps.accounts.usernames import claim
from movierec.api.errors import Unauthorized

Rows = Callable[[], list[dict[str, Any]]]
Put = Callable[[Any], Any]


@pytest.fixture
def headers(ann: str, sign_in: Callable[[str], dict[str, str]]) -> dict[str, str]:
    return sign_in(ann)


@pytest.fixture
def put(client: Client, headers: dict[str, str]) -> Put:
    """Sends JSON to Ann's profile."""

    def send(body: Any) -> Any:
        return client.put("/user/profile", body, content_type="application/json", headers=headers)

    return send


def profile(username: str | None = None, display_name: str | None = None) -> dict[str, Any]:
    facts = profile_of("ann-id")
    return {
        "userId": "ann-id",
        "email": "Ann@Example.com",
        "username": username,
        "displayName": display_name,
        "createdAt": facts.created_at,
        "mfaEnabled": False,
    }


def test_a_fresh_account_has_no_names(client: Client, headers: dict[str, str]) -> None:
    response = client.get("/user/profile", headers=headers)
    assert response.status_code == 200
    assert response.json() == {"profile": profile()}
    assert response["Cache-Control"] == "no-store"


def test_only_the_person_signed_in_has_a_profile(client: Client) -> None:
    assert client.get("/user/profile").status_code == 401
    assert client.put("/user/profile", {}, content_type="application/json").status_code == 401


def test_both_names_are_stored_together(put: Put, client: Client, headers: dict[str, str]) -> None:
    response = put({"username": "Annie", "displayName": "  Ann Ö. 🎬 "})
    assert response.status_code == 200
    assert response.json() == {"message": "Profile saved", "profile": profile("Annie", "Ann Ö. 🎬")}
    assert client.get("/user/profile", headers=headers).json() == {"profile": profile("Annie", "Ann Ö. 🎬")}


def test_names_that_are_left_out_stay(put: Put) -> None:
    put({"username": "annie", "displayName": "Ann"})
    assert put({"displayName": "Anna"}).json()["profile"] == profile("annie", "Anna")
    assert put({"username": "anna"}).json()["profile"] == profile("anna", "Anna")
    assert put({}).json()["profile"] == profile("anna", "Anna")


def test_null_removes_a_name(put: Put, rows: Rows) -> None:
    put({"username": "annie", "displayName": "Ann"})
    assert put({"displayName": None}).json()["profile"] == profile("annie")
    assert put({"username": None}).json()["profile"] == profile()
    assert [row for row in rows() if row["pk"].startswith("USERNAME#")] == []


@pytest.mark.parametrize(
    "body",
    [
        {"email": "other@example.com"},
        {"userId": "other", "displayName": "Ann"},
        {"passwordHash": "x", "confirmed": False, "totpSecret": None, "mfaEnabled": False},
        {"pk": "USER#other", "username": "annie", "created_at": ""},
        {"display_name": "Ann"},
    ],
)
def test_every_other_key_is_refused_by_name_and_nothing_is_stored(put: Put, rows: Rows, body: Any) -> None:
    before = rows()
    response = put(body)
    others = [name for name in body if name not in ("username", "displayName")]
    assert response.status_code == 400
    assert response.json()["details"] == [{"path": name, "message": f"{name} cannot be set here."} for name in others]
    assert rows() == before


@pytest.mark.parametrize(
    ("body", "path", "message"),
    [
        ({"displayName": "a" * 81}, "displayName", "Ensure this field has no more than 80 characters."),
        ({"displayName": "  "}, "displayName", "This field may not be blank."),
        ({"displayName": 7}, "displayName", "Not a valid string."),
        ({"displayName": ["Ann"]}, "displayName", "Not a valid string."),
        ({"displayName": "A\tnn"}, "displayName", "Leave out control characters and line breaks."),
        ({"displayName": "A\u2028nn"}, "displayName", "Leave out control characters and line breaks."),
        ({"displayName": "A\x9bnn"}, "displayName", "Leave out control characters and line breaks."),
        ({"username": True, "displayName": "Ann"}, "username", "Not a valid string."),
        (
            {"username": "a b", "displayName": "Ann"},
            "username",
            "Use 3 to 30 of the letters A to Z, digits, dots, underscores and hyphens.",
        ),
    ],
)
def test_what_is_no_name_is_refused_and_nothing_is_stored(
    put: Put, rows: Rows, body: Any, path: str, message: str
) -> None:
    before = rows()
    response = put(body)
    assert response.status_code == 400
    assert response.json()["details"] == [{"path": path, "message": message}]
    assert rows() == before


@pytest.mark.parametrize("mark", list("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"))
def test_marks_that_turn_or_hide_text_are_refused(put: Put, rows: Rows, mark: str) -> None:
    before = rows()
    for name in (f"{mark}Ann", f"A{mark}nn", f"Ann{mark}"):
        response = put({"displayName": name})
        assert response.status_code == 400
        message = "Leave out control characters and line breaks."
        assert response.json()["details"] == [{"path": "displayName", "message": message}]
    assert rows() == before


@pytest.mark.parametrize("name", ["👩\u200d🚀", "می\u200cشد", "क्\u200dष", "אן", "❤\ufe0f"])
def test_joiners_and_scripts_of_either_direction_stay(put: Put, name: str) -> None:
    assert put({"displayName": name}).json()["profile"]["displayName"] == name


def test_the_longest_display_name_fits(put: Put) -> None:
    assert put({"displayName": f" {'ä' * 80} "}).json()["profile"]["displayName"] == "ä" * 80


def test_a_taken_username_is_a_conflict_and_nothing_is_stored(put: Put, rows: Rows) -> None:
    claim(create_confirmed_account("bob@example.com", "correct horse battery", "bob-id"), "bob@example.com", "Bob")
    before = rows()
    response = put({"username": "bob", "displayName": "Bob"})
    assert response.status_code == 409
    assert response.json()["code"] == "UsernameTaken"
    assert rows() == before


def test_the_username_signs_in(put: Put, post: Callable[..., Any]) -> None:
    put({"username": "Annie"})
    response = post("signin", {"email": "annie", "password": "correct horse battery"})
    assert response.status_code == 200
    assert response.json()["email"] == "Ann@Example.com"


def test_a_deleted_account_does_not_come_back_by_its_profile(put: Put, rows: Rows) -> None:
    Profile("USER#ann-id", "PROFILE").delete()
    before = rows()
    assert put({"displayName": "Ann"}).status_code == 401
    assert put({"username": "annie"}).status_code == 401
    assert rows() == before


def test_nor_when_it_goes_between_the_look_and_the_write(ann: str, rows: Rows) -> None:
    Profile("USER#ann-id", "PROFILE").delete()
    before = rows()
    with pytest.raises(Unauthorized):
        profiles._update(ann, [Profile.display_name.set("Ann")])
    assert rows() == before


def test_a_profile_is_known_to_other_parts(ann: str, put: Put) -> None:
    put({"username": "annie", "displayName": "Ann"})
    facts = profile_of(ann)
    assert facts == ProfileFacts("ann-id", "Ann@Example.com", "annie", "Ann", facts.created_at, mfa_enabled=False)
