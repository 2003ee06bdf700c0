from __future__ import annotations

import pytest

from movierec.dynamo.data_table import DataRow
from tests.contract.identity.service import ANN, BOB, PHONE, Identity


def test_sessions_are_listed_newest_first(identity: Identity) -> None:
    identity.account()
    identity.tokens(agent=PHONE)
    newest = identity.tokens()["accessToken"]
    answer = identity.get("/auth/sessions", newest)
    new, old = answer.json()["sessions"]
    assert answer["Cache-Control"] == "no-store"
    assert sorted(new) == ["current", "device", "firstSeen", "id", "lastSeen", "place"]
    assert (new["current"], old["current"]) == (True, False)
    assert (new["place"], old["place"]) == ("127.0.0.0/24", "127.0.0.0/24")
    assert "iOS" in old["device"]
    assert old["firstSeen"] <= old["lastSeen"] < new["firstSeen"]


def test_ending_one_session(identity: Identity) -> None:
    identity.account()
    ended, kept = identity.tokens(), identity.tokens()
    (other,) = [s for s in identity.get("/auth/sessions", kept["accessToken"]).json()["sessions"] if not s["current"]]
    answer = identity.delete(f"/auth/sessions/{other['id']}", kept["accessToken"])
    assert (answer.status_code, answer.json()) == (200, {"message": "The session is ended."})
    assert not identity.is_good(ended["accessToken"])
    assert identity.post("refresh", {"refreshToken": ended["refreshToken"]}).status_code == 401
    (left,) = identity.get("/auth/sessions", kept["accessToken"]).json()["sessions"]
    assert left["current"] is True
    assert identity.delete(f"/auth/sessions/{other['id']}", kept["accessToken"]).status_code == 200


def test_nobody_ends_the_session_of_another(identity: Identity) -> None:
    identity.account(ANN)
    identity.account(BOB)
    anns, bobs = identity.token(ANN), identity.token(BOB)
    (session,) = identity.get("/auth/sessions", anns).json()["sessions"]
    assert identity.delete(f"/auth/sessions/{session['id']}", bobs).status_code == 200
    assert identity.is_good(anns)
    assert [s["id"] for s in identity.get("/auth/sessions", anns).json()["sessions"]] == [session["id"]]


def test_ending_all_others_keeps_this_one(identity: Identity) -> None:
    identity.account()
    others = [identity.tokens(), identity.tokens()]
    kept = identity.tokens()
    answer = identity.delete("/auth/sessions", kept["accessToken"])
    assert (answer.status_code, answer.json()) == (200, {"message": "Every other session is ended."})
    assert [identity.is_good(other["accessToken"]) for other in others] == [False, False]
    refreshed = [identity.post("refresh", {"refreshToken": other["refreshToken"]}).status_code for other in others]
    assert refreshed == [401, 401]
    assert identity.is_good(kept["accessToken"])
    again = identity.post("refresh", {"refreshToken": kept["refreshToken"]})
    assert again.status_code == 200
    assert identity.is_good(again.json()["accessToken"])


def test_signing_out_everywhere_ends_this_session_too(identity: Identity) -> None:
    identity.account()
    ended = [identity.tokens(), identity.tokens()]
    answer = identity.post("signout-all", {}, ended[1]["accessToken"])
    assert (answer.status_code, answer.json()) == (200, {"message": "Signed out everywhere"})
    assert [identity.is_good(session["accessToken"]) for session in ended] == [False, False]
    refreshed = [identity.post("refresh", {"refreshToken": session["refreshToken"]}).status_code for session in ended]
    assert refreshed == [401, 401]
    assert identity.is_good(identity.token())


@pytest.mark.parametrize("name", ["made-up", "z" * 128])
def test_ending_a_session_that_never_was(identity: Identity, name: str) -> None:
    identity.account()
    token = identity.token()
    before = stored()
    answer = identity.delete(f"/auth/sessions/{name}", token)
    assert (answer.status_code, answer.json()) == (200, {"message": "The session is ended."})
    assert stored() == before
    assert identity.is_good(token)


def test_ending_the_current_session_signs_out(identity: Identity) -> None:
    identity.account()
    ended, other = identity.tokens(), identity.tokens()
    (own,) = [s for s in identity.get("/auth/sessions", ended["accessToken"]).json()["sessions"] if s["current"]]
    assert identity.delete(f"/auth/sessions/{own['id']}", ended["accessToken"]).status_code == 200
    assert not identity.is_good(ended["accessToken"])
    assert identity.post("refresh", {"refreshToken": ended["refreshToken"]}).status_code == 401
    assert identity.is_good(other["accessToken"])


def stored() -> list[str]:
    """Every row of the table but those that count requests."""
    return sorted(repr(row) for row in DataRow.scan_rows() if not row["pk"].startswith("RATE#"))
