"""What the tests of the identity endpoints share: calls with a token, and a browser."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from apps.accounts.providers import provider

CREDENTIALS = {"email": "ann@example.com", "password": "correct horse battery"}


@pytest.fixture
def call(client: Client, cheap_scrypt: None) -> Callable[..., Any]:
    """Sends a JSON body by a method to a path, with an access token where one is given."""

    def send(method: str, path: str, body: Any = None, token: str = "") -> Any:
        headers = {"authorization": f"Bearer {token}"} if token else {}
        sender = getattr(client, method.lower())
        if method == "GET":
            return sender(path, headers=headers)
        return sender(path, body or {}, content_type="application/json", headers=headers)

    return send


@pytest.fixture
def token(call: Callable[..., Any], ann: str) -> str:
    """The access token of a sign-in."""
    return str(call("POST", "/auth/signin", CREDENTIALS).json()["accessToken"])


class Browser:
    """A person's browser: it keeps cookies, sends CSRF's token, and asks for pages."""

    def __init__(self) -> None:
        self.client = Client(enforce_csrf_checks=True, headers={"accept": "text/html"})
        page = self.client.get("/auth/signin").content.decode()
        (self.csrf,) = set(re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', page))

    def send(self, method: str, path: str, body: Any, *, csrf: bool = True) -> Any:
        headers = {"x-csrftoken": self.csrf} if csrf else {}
        return getattr(self.client, method.lower())(path, body, content_type="application/json", headers=headers)

    @property
    def is_signed_in(self) -> bool:
        return "movierec_access" in self.client.cookies and bool(self.client.cookies["movierec_access"].value)


@pytest.fixture
def browser(tables: None, cheap_scrypt: None) -> Browser:
    """A browser that nobody signed in with."""
    return Browser()


@pytest.fixture
def signed_in_browser(browser: Browser, ann: str) -> Browser:
    """A browser that ann signed in with."""
    assert browser.send("POST", "/auth/signin", CREDENTIALS).status_code == 200
    return browser


@pytest.fixture
def asking_provider(settings: Any) -> Iterator[None]:
    """A provider with the two challenges that the local one never makes."""
    settings.IDENTITY_PROVIDERS = {"asking": "tests.apps.accounts.api.asking.AskingProvider"}
    settings.IDENTITY_PROVIDER = "asking"
    provider.cache_clear()
    yield
    provider.cache_clear()
