from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.apps.accounts.api.conftest import CREDENTIALS, Browser

Call = Callable[..., Any]
Rows = Callable[[], list[dict[str, Any]]]


def current(browser: Browser) -> str:
    sessions = browser.client.get("/auth/sessions", headers={"accept": "application/json"}).json()["sessions"]
    (found,) = [session["id"] for session in sessions if session["current"]]
    return str(found)


def test_ending_the_session_of_the_cookie_deletes_it(signed_in_browser: Browser) -> None:
    answer = signed_in_browser.send("DELETE", f"/auth/sessions/{current(signed_in_browser)}", {})
    assert answer.status_code == 200
    assert (answer.cookies["movierec_access"].value, answer.cookies["movierec_access"]["max-age"]) == ("", 0)
    assert signed_in_browser.client.get("/auth/sessions").status_code == 401


def test_ending_another_session_keeps_the_cookie(call: Call, signed_in_browser: Browser) -> None:
    call("POST", "/auth/signin", CREDENTIALS)
    own = current(signed_in_browser)
    listed = signed_in_browser.client.get("/auth/sessions", headers={"accept": "application/json"}).json()["sessions"]
    (other,) = [session["id"] for session in listed if session["id"] != own]
    answer = signed_in_browser.send("DELETE", f"/auth/sessions/{other}", {})
    assert answer.status_code == 200
    assert "movierec_access" not in answer.cookies
    assert current(signed_in_browser) == own


def test_ending_the_others_keeps_the_cookie(signed_in_browser: Browser) -> None:
    answer = signed_in_browser.send("DELETE", "/auth/sessions", {})
    assert answer.status_code == 200
    assert "movierec_access" not in answer.cookies
    assert current(signed_in_browser)


def test_signing_out_everywhere_deletes_the_cookie(signed_in_browser: Browser) -> None:
    answer = signed_in_browser.send("POST", "/auth/signout-all", {})
    assert answer.status_code == 200
    assert answer.cookies["movierec_access"].value == ""
    assert signed_in_browser.client.get("/auth/sessions").status_code == 401


def test_a_program_gets_no_cookie_to_delete(call: Call, token: str) -> None:
    assert call("POST", "/auth/signout-all", {}, token).cookies == {}


@pytest.mark.parametrize(("length", "status"), [(128, 200), (129, 400)])
def test_an_id_is_no_longer_than_any_of_ours(call: Call, token: str, length: int, status: int) -> None:
    answer = call("DELETE", f"/auth/sessions/{'x' * length}", {}, token)
    assert answer.status_code == status
    if status == 400:
        assert [detail["path"] for detail in answer.json()["details"]] == ["session_id"]


@pytest.mark.parametrize("name", ["unknown", "%23", "..%2e", "SESSION%23x", "%00", "%F0%9F%8E%AC"])
def test_an_unknown_id_is_no_error_and_ends_nothing(call: Call, token: str, name: str) -> None:
    before = call("GET", "/auth/sessions", token=token).json()
    assert call("DELETE", f"/auth/sessions/{name}", {}, token).status_code == 200
    assert call("GET", "/auth/sessions", token=token).json() == before
