"""Someone who says what they think of recommendations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from apps.media.services import store_titles
from apps.media.titles import CatalogueTitle

SignIn = Callable[[str], dict[str, str]]

ALIEN = CatalogueTitle(
    "movie", 348, "Alien", "demo", genres=(27, 878), makers=("Ridley Scott",), cast=("Sigourney Weaver", "Ian Holm")
)
PLAYED = CatalogueTitle("tv", 900, "Played", "demo", genres=(10765,), cast=("Zoë Ölmann",))
BARE = CatalogueTitle("movie", 901, "Bare", "demo")


class Speaker:
    """Someone who gives feedback, signed in anew for each request, as the clock may have moved."""

    path = "/recommendations/feedback"

    def __init__(self, client: Client, sign_in: SignIn, user_id: str) -> None:
        self.client, self.sign_in, self.user_id = client, sign_in, user_id

    @property
    def headers(self) -> dict[str, str]:
        return self.sign_in(self.user_id)

    def say(self, kind: str, scope: str | None = None, media_id: int = 2, **more: Any) -> Any:
        """POSTs feedback on a film."""
        body = {"mediaId": str(media_id), "mediaType": "movie", "kind": kind, **more}
        return self.send(body if scope is None else {**body, "scope": scope})

    def send(self, body: Any, **headers: str) -> Any:
        headers = {**self.headers, **headers}
        return self.client.post(self.path, body, content_type="application/json", headers=headers)

    def said(self, query: str = "") -> Any:
        """The answer of the list."""
        return self.client.get(f"{self.path}{query}", headers=self.headers).json()

    def ids(self, query: str = "") -> list[str]:
        return [item["id"] for item in self.said(query)["items"]]

    def undo(self, feedback_id: str) -> Any:
        return self.client.delete(f"{self.path}/{feedback_id}", headers=self.headers)

    def one(self, feedback_id: str) -> Any:
        return self.client.get(f"{self.path}/{feedback_id}", headers=self.headers)


@pytest.fixture
def speaker(client: Client, trained: None, sign_in: SignIn) -> Speaker:
    """A person, and a catalogue with titles that the model does not know."""
    assert sum(store_titles([ALIEN, PLAYED, BARE])) == 3
    return Speaker(client, sign_in, "user-1")


@pytest.fixture
def other(client: Client, trained: None, sign_in: SignIn) -> Speaker:
    """Somebody else."""
    return Speaker(client, sign_in, "user-2")
