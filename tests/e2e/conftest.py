"""A real server over the embedded AWS, as `make run` starts it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, Queue
from threading import Thread
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

ROOT = Path(__file__).resolve().parents[2]
EMULATOR = ROOT / ".venv-aws" / "bin" / "python"
START_SECONDS = 180


@dataclass(frozen=True)
class Answer:
    """What the server answered; `body` is the JSON of it."""

    status: int
    headers: dict[str, str]
    body: Any


class Server:
    """A running `manage.py runserver` whose terminal output is kept."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.lines: list[str] = []
        self._queue: Queue[str] = Queue()
        self.address = ""
        self._reader = Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self._queue.put(line)

    def wait_for(self, pattern: str, seconds: float = 20) -> re.Match[str]:
        """The next line of the terminal that matches."""
        while True:
            try:
                line = self._queue.get(timeout=seconds)
            except Empty:
                raise AssertionError(f"no line like {pattern!r} in:\n{''.join(self.lines)}") from None
            self.lines.append(line)
            if found := re.search(pattern, line):
                return found

    def call(self, method: str, path: str, body: Any = None, token: str | None = None) -> Answer:
        """One request of a program."""
        data = None if body is None else json.dumps(body).encode()
        headers = {"Accept": "application/json", "Content-Type": "application/json"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        request = Request(self.address + path, data=data, headers=headers, method=method)  # noqa: S310
        try:
            with urlopen(request, timeout=30) as response:  # noqa: S310
                return Answer(response.status, dict(response.headers), json.loads(response.read() or "null"))
        except HTTPError as error:
            with error:
                return Answer(error.code, dict(error.headers), json.loads(error.read() or "null"))

    def close(self) -> None:
        """Ends the process if it still runs, and reads its output to the end."""
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(timeout=30)
        self._reader.join()
        assert self.process.stdout
        self.process.stdout.close()

    def stop(self) -> int:
        """Ctrl-C; the exit code."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(timeout=30)


@contextmanager
def running(state_dir: Path, **environment: str) -> Iterator[Server]:
    """A server on a free port that keeps its state in `state_dir`."""
    # A shell makes what it runs in the background ignore Ctrl-C, and children inherit that; a handler they do not.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "RATE_", "EMAIL_"))}
    process = subprocess.Popen(
        [sys.executable, "-u", "manage.py", "runserver", "--noreload", "127.0.0.1:0"],
        cwd=ROOT,
        env={
            **kept,
            "DJANGO_SETTINGS_MODULE": "movierec.settings",
            "STATE_DIR": str(state_dir),
            **environment,
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    server = Server(process)
    try:
        server.address = server.wait_for(r"serves at (http://\S+)", START_SECONDS).group(1)
        yield server
    finally:
        server.close()


@pytest.fixture(scope="session")
def state_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The state of one copy of the service, shared by the tests of the walk."""
    if not EMULATOR.exists():
        pytest.skip("the embedded AWS is not installed; `make test` installs it")
    return tmp_path_factory.mktemp("state")
