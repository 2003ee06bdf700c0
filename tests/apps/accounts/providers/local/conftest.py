"""What the tests of the local provider share: the operations it asks of DynamoDB, and key rings apart."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from apps.accounts.providers.local import keys
from apps.accounts.providers.local.keys import KeyRing
from movierec.dynamo.connection import shared_connection


@pytest.fixture
def operations(tables: None) -> Iterator[list[str]]:
    """The names of the DynamoDB operations from here on."""
    seen: list[str] = []

    def note(request: Any, event_name: str, **_: Any) -> None:
        seen.append(event_name.rpartition(".")[2])

    events = shared_connection().client.meta.events
    events.register_first("before-send.dynamodb", note)
    yield seen
    events.unregister("before-send.dynamodb", note)


@pytest.fixture
def key_file(tmp_path: Path, settings: Settings) -> Path:
    """The place of a signing key that is not there yet."""
    settings.TOKEN_KEY_FILE = tmp_path / "keys" / "token_key.pem"
    return tmp_path / "keys" / "token_key.pem"


@pytest.fixture
def new_process(monkeypatch: pytest.MonkeyPatch) -> Callable[[], KeyRing]:
    """Forgets the signing keys, as a process does that starts anew; answers its ring."""

    def forget() -> KeyRing:
        monkeypatch.setattr(keys, "_ring", KeyRing(keys._read))
        return keys._ring

    return forget
