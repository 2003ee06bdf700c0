"""What DynamoDB does on a bad day, and how often it was asked."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse

from movierec.dynamo import backoff
from movierec.dynamo.connection import shared_connection

Answer = dict[str, Any] | None
Responder = Callable[[str, dict[str, Any]], Answer]


class _Raw:
    """The body of an HTTP response as botocore reads it."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self._content


@pytest.fixture
def answer_for_dynamodb() -> Iterator[Callable[[Responder], None]]:
    """Lets a function see each request's operation and body before it is sent; what it returns is the answer."""
    events = shared_connection().client.meta.events
    handlers = []

    def install(responder: Responder) -> None:
        def handler(request: Any, event_name: str, **_: Any) -> AWSResponse | None:
            answer = responder(event_name.rpartition(".")[2], json.loads(request.body))
            if answer is None:
                return None
            return AWSResponse(request.url, 200, {}, _Raw(json.dumps(answer).encode()))

        events.register_first("before-send.dynamodb", handler)
        handlers.append(handler)

    yield install
    for handler in handlers:
        events.unregister("before-send.dynamodb", handler)


@pytest.fixture
def dynamodb_calls(answer_for_dynamodb: Callable[[Responder], None]) -> list[tuple[str, dict[str, Any]]]:
    """(operation, request) of every request from here on."""
    calls: list[tuple[str, dict[str, Any]]] = []
    answer_for_dynamodb(lambda operation, request: calls.append((operation, request)))
    return calls


@pytest.fixture
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pauses between tries of a millisecond at most."""
    monkeypatch.setattr(backoff, "LONGEST_PAUSE_SECONDS", 0.001)
