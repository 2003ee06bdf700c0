from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from apps.accounts.providers.local.tokens import issue_access_token

# What the API pages' own script sends.
ACCEPT = "text/html"
CREDENTIALS = {"email": "ann@example.com", "password": "correct horse battery"}


@pytest.fixture
def browser(tables: None, cheap_scrypt: None) -> Client:
    """A person's browser: it keeps cookies, and the server checks CSRF's token."""
    return Client(enforce_csrf_checks=True, headers={"accept": ACCEPT})


def csrf_token(page: Any) -> str:
    """The token in a page, where its script looks for it."""
    found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.content.decode())
    assert found
    return found.group(1)


def submit(browser: Client, path: str, body: dict[str, Any], token: str | None) -> Any:
    headers = {"x-csrftoken": token} if token else {}
    return browser.post(path, body, content_type="application/json", headers=headers)


def signed_in(browser: Client) -> str:
    """Signs in by the page; answers the CSRF token of the page after it."""
    page = browser.get("/auth/signin")
    return csrf_token(submit(browser, "/auth/signin", CREDENTIALS, csrf_token(page)))


@pytest.mark.parametrize(
    ("name", "inputs"),
    [
        ("signin", ["email", "password"]),
        ("signup", ["email", "password", "username", "email", "code"]),
        ("refresh", []),
        ("signout", []),
    ],
)
def test_a_browser_gets_the_page_with_its_forms(browser: Client, name: str, inputs: list[str]) -> None:
    page = browser.get(f"/auth/{name}")
    text = page.content.decode()
    assert page.status_code == 200
    assert page["Content-Type"] == "text/html; charset=utf-8"
    assert f'action="/auth/{name}" data-method="POST"' in text
    assert re.findall(r'<input id="[\w-]+" name="(\w+)"', text) == inputs
    assert ("data-body" in text) is not bool(inputs)


def test_signing_in_on_the_page_sets_the_cookie(browser: Client, ann: str) -> None:
    page = browser.get("/auth/signin")
    answer = submit(browser, "/auth/signin", CREDENTIALS, csrf_token(page))
    cookie = answer.cookies["movierec_access"]
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/html; charset=utf-8"
    assert answer["Cache-Control"] == "private, no-store"
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Strict", 3600)
    assert (cookie["path"], cookie["secure"], cookie["domain"]) == ("/", "", "")


def test_outside_local_the_cookie_is_secure(browser: Client, ann: str, settings: Any) -> None:
    settings.LOCAL = False
    page = browser.get("/auth/signin")
    answer = submit(browser, "/auth/signin", CREDENTIALS, csrf_token(page))
    assert answer.cookies["movierec_access"]["secure"] is True


def test_a_wrong_password_sets_no_cookie(browser: Client, ann: str) -> None:
    answer = submit(browser, "/auth/signin", {**CREDENTIALS, "password": "wrong password"}, None)
    assert answer.status_code == 401
    assert "movierec_access" not in answer.cookies


def test_the_cookie_opens_the_api_and_writes_need_the_csrf_token(browser: Client, ann: str) -> None:
    token = signed_in(browser)
    assert browser.get("/user/preferences").status_code in (200, 404)
    refused = submit(browser, "/user/preferences", {"contentType": "movies"}, None)
    taken = submit(browser, "/user/preferences", {"contentType": "movies"}, token)
    assert refused.status_code == 403
    assert taken.status_code == 200


def test_someone_signed_in_can_sign_in_again(browser: Client, ann: str) -> None:
    signed_in(browser)
    assert submit(browser, "/auth/signin", CREDENTIALS, None).status_code == 200


def test_signing_out_on_the_page_ends_the_session_and_the_cookie(browser: Client, client: Client, ann: str) -> None:
    signed_in(browser)
    page = browser.get("/auth/signin")
    answer = submit(browser, "/auth/signin", CREDENTIALS, csrf_token(page))
    shown = re.search(r"&quot;refreshToken&quot;: &quot;([\w-]+)&quot;", answer.content.decode())
    assert shown
    out = submit(browser, "/auth/signout", {}, csrf_token(answer))
    assert out.status_code == 200
    assert (out.cookies["movierec_access"].value, out.cookies["movierec_access"]["max-age"]) == ("", 0)
    assert browser.get("/user/preferences").status_code == 401
    refreshed = client.post("/auth/refresh", {"refreshToken": shown.group(1)}, content_type="application/json")
    assert refreshed.status_code == 401


def test_signing_out_without_the_csrf_token_changes_nothing(browser: Client, ann: str) -> None:
    signed_in(browser)
    answer = submit(browser, "/auth/signout", {}, None)
    assert answer.status_code == 403
    assert "movierec_access" not in answer.cookies
    assert browser.get("/user/preferences").status_code in (200, 404)


def test_signing_out_with_a_cookie_that_is_no_longer_good_clears_it(browser: Client) -> None:
    browser.cookies["movierec_access"] = issue_access_token("u", email="u@example.com", session_id="s")[:-5]
    answer = submit(browser, "/auth/signout", {}, None)
    assert answer.status_code == 200
    assert answer.cookies["movierec_access"].value == ""
