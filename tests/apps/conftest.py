"""What the apps' tests share: sight of the calls to DynamoDB."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from movierec.dynamo.connection import shared_connection


@pytest.fixture
def operations(tables: None) -> Iterator[list[str]]:
    """The names of the DynamoDB operations sent since the test began or cleared the list."""
    sent: list[str] = []

    def note(model: Any, **_: Any) -> None:
        sent.append(model.name)

    events = shared_connection().client.meta.events
    events.register("before-call.dynamodb", note)
    yield sent
    events.unregister("before-call.dynamodb", note)
