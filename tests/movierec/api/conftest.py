"""Small services of our own making over the shared pieces, and a DynamoDB that can be moved away."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import path

from movierec.api.not_found import unknown_path
from movierec.dynamo.connection import shared_connection

# Port 1 of this machine: nothing listens there.
CLOSED_PORT = "http://127.0.0.1:1/"


@pytest.fixture
def serve(client: Client, settings: Any) -> Callable[[dict[str, Any]], Client]:
    """Serves views by path, with the service's middleware and settings, and answers a client of them."""

    def start(views: dict[str, Any]) -> Client:
        addresses = {
            "urlpatterns": [path(address, view.as_view()) for address, view in views.items()],
            "handler404": staticmethod(unknown_path),
        }
        settings.ROOT_URLCONF = type("Addresses", (), addresses)
        return client

    return start


@pytest.fixture
def move_dynamodb() -> Iterator[Callable[[str], None]]:
    """Sends every request for DynamoDB to another address until the test ends."""
    events = shared_connection().client.meta.events
    handlers = []

    def move(address: str) -> None:
        def redirect(request: Any, **_: Any) -> None:
            request.url = address

        events.register("before-sign.dynamodb", redirect)
        handlers.append(redirect)

    yield move
    for handler in handlers:
        events.unregister("before-sign.dynamodb", handler)


@pytest.fixture
def no_dynamodb(move_dynamodb: Callable[[str], None]) -> Callable[[], None]:
    """Makes DynamoDB's address one where nobody listens, from the call on."""
    return lambda: move_dynamodb(CLOSED_PORT)
