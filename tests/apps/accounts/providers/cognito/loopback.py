"""Small servers on loopback that answer as planned."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Planned:
    """An answer: `hold` keeps it back until the event is set, `cut` closes the connection instead."""

    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=dict)
    hold: threading.Event | None = None
    cut: bool = False


@dataclass
class Loopback:
    """A running server: its address, the paths or operations it was asked for, and what it answers to them."""

    endpoint: str = ""
    asked: list[str] = field(default_factory=list)
    plan: Callable[[str], Planned] = lambda _: Planned()


def refusal(code: str, message: str = "", status: int = 400) -> Planned:
    """An error in the wire format of Cognito."""
    body = json.dumps({"__type": code, "message": message}).encode()
    return Planned(status, body, {"Content-Type": "application/x-amz-json-1.1", "x-amzn-errortype": code})


def one_after_the_other(*answers: Planned) -> Callable[[str], Planned]:
    """A plan that ends with the last answer for good."""
    waiting = list(answers)
    return lambda _: waiting.pop(0) if len(waiting) > 1 else waiting[0]


def _handler(server: Loopback) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self._answer(self.headers["X-Amz-Target"].rpartition(".")[2])

        def do_GET(self) -> None:
            self._answer(self.path)

        def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002  (the base class's name)
            """Says nothing."""

        def _answer(self, asked: str) -> None:
            server.asked.append(asked)
            planned = server.plan(asked)
            if planned.hold:
                planned.hold.wait(10)
            if planned.cut:
                self.close_connection = True
                return
            self.send_response(planned.status)
            for name, value in {**planned.headers, "Content-Length": str(len(planned.body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(planned.body)

    return Handler


@contextmanager
def loopback() -> Iterator[Loopback]:
    """Runs a server for the length of a block."""
    server = Loopback()
    http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(server))
    http.daemon_threads = True
    server.endpoint = f"http://127.0.0.1:{http.server_address[1]}"
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        http.shutdown()
        http.server_close()
        thread.join()
