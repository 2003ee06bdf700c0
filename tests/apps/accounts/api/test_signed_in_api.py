"""What holds for every identity endpoint of people who are signed in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings as configured

from tests.apps.accounts.api.conftest import Browser

Call = Callable[..., Any]
Rows = Callable[[], list[dict[str, Any]]]
OPEN = ["signin", "login", "challenge", "signup", "resend", "forgot", "reset", "refresh", "signout"]
SIGNED = [
    ("GET", "/auth/user"),
    ("GET", "/auth/sessions"),
    ("DELETE", "/auth/sessions"),
    ("DELETE", "/auth/sessions/some-id"),
    ("POST", "/auth/signout-all"),
    ("POST", "/auth/password"),
    ("GET", "/auth/mfa/totp"),
    ("POST", "/auth/mfa/totp"),
    ("POST", "/auth/mfa/totp/confirm"),
    ("DELETE", "/auth/mfa/totp"),
    ("POST", "/auth/mfa/recovery-codes"),
]
CHECKING_PASSWORDS = [
    ("POST", "/auth/password"),
    ("POST", "/auth/mfa/totp"),
    ("DELETE", "/auth/mfa/totp"),
    ("POST", "/auth/mfa/recovery-codes"),
]


@pytest.mark.parametrize(("method", "path"), SIGNED)
def test_nobody_else_gets_in(call: Call, rows: Rows, method: str, path: str) -> None:
    answer = call(method, path)
    assert (answer.status_code, answer.json()["error"]) == (401, "Authorization header required")
    assert answer["Cache-Control"] == "no-store"
    assert rows() == []


@pytest.mark.parametrize(("method", "path"), [pair for pair in SIGNED if pair[0] != "GET"])
def test_a_browser_needs_its_csrf_token(signed_in_browser: Browser, rows: Rows, method: str, path: str) -> None:
    before = rows()
    answer = signed_in_browser.send(method, path, {}, csrf=False)
    assert answer.status_code == 403
    assert rows() == before
    assert signed_in_browser.is_signed_in


@pytest.mark.parametrize(("method", "path"), SIGNED)
def test_nothing_stays_in_a_cache(call: Call, token: str, method: str, path: str) -> None:
    answer = call(method, path, {}, token)
    assert answer.status_code in (200, 400, 409)
    assert answer["Cache-Control"] == "no-store"


@pytest.mark.parametrize("name", OPEN)
def test_refusals_stay_out_of_caches_too(call: Call, name: str) -> None:
    answer = call("POST", f"/auth/{name}", {})
    assert answer.status_code == 400
    assert answer["Cache-Control"] == "no-store"


@pytest.mark.parametrize("name", [*OPEN, "signout-all", "password", "mfa/totp/confirm"])
def test_programs_get_nothing_where_browsers_get_a_form(
    call: Call, signed_in_browser: Browser, token: str, name: str
) -> None:
    answer = call("GET", f"/auth/{name}", token=token)
    assert (answer.status_code, answer.json()["error"]) == (405, "Method not allowed")
    page = signed_in_browser.client.get(f"/auth/{name}")
    assert page.status_code == 200
    assert f'action="/auth/{name}"' in page.content.decode()


@pytest.mark.parametrize(("method", "path"), SIGNED)
def test_what_checks_a_password_counts_as_a_sign_in(
    call: Call, token: str, rows: Rows, monkeypatch: pytest.MonkeyPatch, method: str, path: str
) -> None:
    monkeypatch.setattr(configured, "RATE_LIMITS", {**configured.RATE_LIMITS, "auth": 10, "user": 100})
    answer = call(method, path, {}, token)
    expected = "10" if (method, path) in CHECKING_PASSWORDS else "100"
    assert answer["X-RateLimit-Limit"] == expected


def test_one_session_of_the_list(call: Call, token: str) -> None:
    (listed,) = call("GET", "/auth/sessions", token=token).json()["sessions"]
    answer = call("GET", f"/auth/sessions/{listed['id']}", token=token)
    assert (answer.status_code, answer.json()) == (200, {"session": listed})


def test_a_session_that_is_not_on_the_list(call: Call, token: str) -> None:
    answer = call("GET", "/auth/sessions/some-id", token=token)
    assert (answer.status_code, answer.json()["code"]) == (404, "NotFound")


@pytest.mark.parametrize("path", ["/auth/user", "/auth/sessions", "/auth/mfa/totp"])
def test_members_of_the_query_choose_nobody_else(call: Call, token: str, path: str) -> None:
    asked = call("GET", f"{path}?userId=other&user_id=other&sub=other", token=token)
    assert asked.json() == call("GET", path, token=token).json()


@pytest.mark.parametrize("path", ["/auth/user", "/auth/mfa/totp"])
def test_an_account_that_is_gone(call: Call, sign_in: Callable[[str], dict[str, str]], path: str) -> None:
    token = sign_in("gone")["authorization"].removeprefix("Bearer ")
    answer = call("GET", path, token=token)
    assert (answer.status_code, answer.json()["error"]) == (401, "Authentication failed")
