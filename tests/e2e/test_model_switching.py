"""Models that are published, damaged, activated and rolled back under a stream of requests to a real server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import copytree
from threading import Event, Thread
from time import monotonic
from typing import Any

import pytest

from apps.recommendations.engine.manifest import MANIFEST, sealed
from apps.recommendations.publishing import activate, publish, rollback
from apps.recommendations.stores.configured import configured_store
from apps.recommendations.stores.pointer import Pointer
from tests.e2e.conftest import Answer, Server, running

pytestmark = pytest.mark.embedded

ACCOUNT = {"email": "switcher@example.com", "password": "correct horse battery staple"}
FAST = {"MODEL_CHECK_SECONDS": "1", "RATE_LIMITS": "auth=1000000,user=1000000,recommendations=1000000"}
SECONDS = 60


def copy_as(version: str, folder: Path, destination: Path) -> Path:
    """A model folder with the same content under another version."""
    copy = copytree(folder, destination / version)
    manifest = json.loads((copy / MANIFEST).read_bytes())
    manifest.pop("seal")
    (copy / MANIFEST).write_bytes(sealed({**manifest, "version": version}))
    return copy


def point_at(version: str) -> None:
    """Activates a version as it is, damaged or not."""

    def moved(now: Pointer | None) -> Pointer:
        assert now
        return Pointer(version, now.activated_at, (now.version, *now.previous))

    configured_store().move_pointer(moved)


def signed_in(server: Server) -> str:
    assert server.call("POST", "/auth/signup", ACCOUNT).status == 200
    code = server.wait_for(r"\b(\d{6})\b").group(1)
    assert server.call("POST", "/auth/signup", {"email": ACCOUNT["email"], "code": code}).status == 200
    return str(server.call("POST", "/auth/signin", ACCOUNT).body["AccessToken"])


class Stream:
    """Requests for recommendations without a pause, and what they were answered."""

    def __init__(self, server: Server, token: str) -> None:
        self._server, self._token = server, token
        self._over = Event()
        self.answers: list[Answer] = []

    def _ask(self) -> None:
        while not self._over.is_set():
            self.answers.append(self._server.call("POST", "/recommendations", {"limit": 9}, self._token))

    @contextmanager
    def flowing(self) -> Iterator[None]:
        threads = [Thread(target=self._ask) for _ in range(2)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._over.set()
            for thread in threads:
                thread.join()


def metadata_once(server: Server, token: str, **wanted: Any) -> dict[str, Any]:
    """What answers say of themselves as soon as it has the `wanted` entries."""
    end = monotonic() + SECONDS
    while monotonic() < end:
        answer = server.call("POST", "/recommendations", {}, token)
        assert answer.status == 200, answer.body
        found = answer.body["metadata"]
        if wanted.items() <= found.items():
            return dict(found)
    raise AssertionError(f"nothing like {wanted} within {SECONDS} seconds; the last was {found}")


def health(server: Server) -> dict[str, Any]:
    return dict(server.call("GET", "/health").body)


def test_no_request_fails_while_models_come_and_go(state_dir: Path, tmp_path: Path, settings: Any) -> None:
    state = tmp_path / "state"
    settings.MODEL_STORE = str(state / "models")
    with running(state, **FAST) as server:
        token = signed_in(server)
        pointer = configured_store().pointer()
        assert pointer
        first = pointer.version
        copies = {name: copy_as(name, state / "models" / first, tmp_path) for name in ("v-2", "v-3", "v-4")}
        stream = Stream(server, token)
        with stream.flowing():
            metadata_once(server, token, modelVersion=first, fallbackUsed=False)

            publish(copies["v-2"])
            metadata_once(server, token, modelVersion="v-2", fallbackUsed=False)

            # Cut and flipped under the process that serves from them.
            for path in (state / "models" / "v-2").iterdir():
                path.write_bytes(path.read_bytes()[:100][::-1])
            publish(copies["v-3"])
            metadata_once(server, token, modelVersion="v-3", fallbackUsed=False)

            publish(copies["v-4"], activate=False)
            titles = state / "models" / "v-4" / "titles.jsonl"
            titles.write_bytes(titles.read_bytes()[:-10])
            point_at("v-4")
            metadata_once(server, token, modelVersion="v-3", fallbackUsed=True)
            degraded = health(server)
            assert (degraded["status"], degraded["checks"]["model"]["wanted"]) == ("degraded", "v-4")
            assert "recommendations come from model v-3 because model v-4 cannot be used" in degraded["summary"]

            publish(copies["v-4"])
            metadata_once(server, token, modelVersion="v-4", fallbackUsed=False)
            assert rollback() == "v-3"
            metadata_once(server, token, modelVersion="v-3", fallbackUsed=False)
            activate(first)
            metadata_once(server, token, modelVersion=first, fallbackUsed=False)
            assert health(server)["status"] == "healthy"
        assert server.stop() == 0
    assert {answer.status for answer in stream.answers} == {200}
    assert all(len(answer.body["items"]) == 9 for answer in stream.answers)
    assert {answer.body["metadata"]["modelVersion"] for answer in stream.answers} == {first, "v-2", "v-3", "v-4"}

    # A process that starts while the active model is damaged serves from the one before; v-2 is passed over, too.
    (state / "models" / first / MANIFEST).write_bytes(b"{}")
    with running(state, **FAST) as server:
        token = str(server.call("POST", "/auth/signin", ACCOUNT).body["AccessToken"])
        found = metadata_once(server, token)
        assert (found["modelVersion"], found["fallbackUsed"]) == ("v-3", True)
        assert health(server)["checks"]["model"] == {"status": "degraded", "version": "v-3", "wanted": first}
        server.stop()
        assert "Training" not in "".join(server.lines)
