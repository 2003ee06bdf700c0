"""The pages of an account: each is there for a person in a browser, and leads on."""

from __future__ import annotations

import re
from urllib.parse import urlencode

import pytest
from django.test import Client

from apps.accounts.services import create_confirmed_account

HTML = {"accept": "text/html"}
CREDENTIALS = {"email": "ann@example.com", "password": "correct horse battery"}


@pytest.fixture
def person(client: Client, cheap_scrypt: None) -> Client:
    """The browser of a person who is signed in."""
    create_confirmed_account(CREDENTIALS["email"], CREDENTIALS["password"], "ann-id")
    answer = client.post("/auth/signin", CREDENTIALS, content_type="application/json", headers=HTML)
    assert answer.status_code == 200
    return client


def test_every_page_of_the_account_opens(person: Client) -> None:
    front = person.get("/", headers=HTML).content.decode()
    addresses = re.findall(r'href="(/(?:user|auth)[^"]*)"', front)
    assert len(addresses) >= 9
    opened = {address: person.get(address, headers=HTML).status_code for address in addresses}
    assert {address: status for address, status in opened.items() if status != 200} == {"/user/preferences": 404}


@pytest.mark.parametrize(
    ("path", "fields", "button"),
    [
        ("/auth/password", ["oldPassword", "newPassword"], "Change password"),
        ("/user/profile", ["displayName", "username"], "Change profile"),
        ("/user", ["password", "code", "recoveryCode"], "Delete account"),
        ("/auth/mfa/totp/confirm", ["code"], "Confirm second factor"),
        ("/auth/mfa/totp", ["password"], "Set up a second factor"),
        ("/auth/mfa/recovery-codes", ["password", "code", "recoveryCode"], "New recovery codes"),
    ],
)
def test_the_pages_ask_in_labelled_inputs(person: Client, path: str, fields: list[str], button: str) -> None:
    page = person.get(path, headers=HTML).content.decode()
    names = re.findall(r'<input id="[\w-]+" name="(\w+)"', page)
    labels = re.findall(r'<label for="[\w-]+-(\w+)"', page)
    assert (names, labels) == (fields, fields)
    assert f">{button}</button>" in page
    assert "<textarea" not in page


@pytest.mark.parametrize("path", ["/auth/sessions", "/auth/mfa/totp", "/auth/password", "/user/profile", "/user"])
def test_strangers_are_shown_the_way_in(client: Client, path: str) -> None:
    answer = client.get(path, headers=HTML)
    page = answer.content.decode()
    assert answer.status_code == 401
    assert '<h2 id="outcome" tabindex="-1">Please sign in first</h2>' in page
    assert not re.findall(r'<input id="', page)


@pytest.mark.parametrize(
    ("path", "ways"),
    [
        ("/auth/signin", ["/auth/forgot", "/auth/signup"]),
        ("/auth/login", ["/auth/forgot", "/auth/signup"]),
        ("/auth/signup", ["/auth/resend", "/auth/signin"]),
        ("/auth/resend", ["/auth/signup", "/auth/signin"]),
        ("/auth/forgot", ["/auth/reset", "/auth/signin"]),
        ("/auth/reset", ["/auth/forgot", "/auth/signin"]),
        ("/auth/challenge", ["/auth/signin"]),
    ],
)
def test_each_page_leads_to_the_next(client: Client, path: str, ways: list[str]) -> None:
    page = client.get(path, headers=HTML).content.decode()
    found = re.search(r'<p class="ways-on">(.*?)</p>', page)
    assert found
    assert re.findall(r'href="([^"]+)"', found.group(1)) == ways


def test_who_asked_for_a_code_is_sent_on_and_not_asked_again(person: Client) -> None:
    body = {"email": CREDENTIALS["email"]}
    page = person.post("/auth/forgot", body, content_type="application/json", headers=HTML).content.decode()
    assert 'action="/auth/forgot"' not in page
    assert '<a href="/auth/reset">Enter the code and a new password</a>' in page


def test_who_asked_for_deletion_is_told_how_to_take_it_back(person: Client) -> None:
    token = person.cookies["csrftoken"].value
    body = {"password": CREDENTIALS["password"]}
    headers = {**HTML, "x-csrftoken": token}
    page = person.delete("/user", body, content_type="application/json", headers=headers).content.decode()
    assert 'action="/user"' not in page
    assert '<a href="/auth/signin?restore=true">' in page
    refused = person.post("/auth/signin", CREDENTIALS, content_type="application/json", headers=HTML)
    assert refused.status_code == 403
    assert '<label for="post-1-restore">Keep my account</label>' in refused.content.decode()


def test_ordinary_sign_ins_are_not_bothered_with_it(client: Client) -> None:
    assert "restore" not in client.get("/auth/signin", headers=HTML).content.decode()


@pytest.mark.parametrize(
    ("following", "shown"),
    [
        ("/media/movie/603", True),
        ("/nowhere", False),
        ("//evil.example/media", False),
        ("/\\evil.example", False),
        ("https://evil.example/media", False),
        ("javascript:alert(1)", False),
        ("media", False),
        ("", False),
    ],
)
def test_after_the_sign_in_a_link_leads_back_to_paths_of_our_own(person: Client, following: str, shown: bool) -> None:
    address = f"/auth/signin?{urlencode({'next': following})}"
    page = person.post(address, CREDENTIALS, content_type="application/json", headers=HTML).content.decode()
    assert ('<a class="button" href="/media/movie/603">Back to where you were</a>' in page) == shown
    assert ("Back to where you were" in page) == shown
