"""A stand-in for TMDB on loopback: it answers what it was given, notes what it was asked, and fails as it is told.

    with tmdb_server() as tmdb:
        tmdb.answers("movie/603", {"id": 603, "title": "Heat"})
        tmdb.answers("discover/movie", page_two, page="2")
        tmdb.fails(too_many(retry_after="2"), times=1)
        tmdb.fails(half_body(), path="movie/603", times=2)

A path is written as behind TMDB_BASE_URL, without a slash in front; one of a daily export starts with /p/exports.
What was not given is 404 with TMDB's code 34, and a request without the key 401 with its code 7.
"""

from __future__ import annotations

import gzip
import json
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

KEY = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
BEARER = "eyJhbGciOiJIUzI1NiJ9.eyJhdWQiOiIwZjFlMmQzYyJ9.c2lnbmF0dXJlLW9mLXRoZS1rZXk"
# What is held back longer than any test may take ends by itself.
LONGEST_SECONDS = 30

INVALID_KEY = {
    "status_code": 7,
    "status_message": "Invalid API key: You must be granted a valid key.",
    "success": False,
}
NOT_FOUND = {"status_code": 34, "status_message": "The resource you requested could not be found.", "success": False}
OVER_LIMIT = {"status_code": 25, "status_message": "Your request count (#) is over the allowed limit of (40)."}
PAGE_OUTSIDE = {
    "status_code": 22,
    "status_message": "Invalid page: Pages start at 1 and max at 500. They are expected to be an integer.",
    "success": False,
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that arrived: `path` as behind the base address, `headers` with names in lower case."""

    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer in full; the server adds Content-Length."""

    status: int
    body: bytes
    headers: Mapping[str, str]

    def head(self) -> bytes:
        """The status line and the headers as they go over the wire."""
        lines = [f"HTTP/1.1 {self.status} Answer"]
        headers = {"Content-Length": str(len(self.body)), **self.headers}
        return "\r\n".join([*lines, *(f"{name}: {value}" for name, value in headers.items()), "\r\n"]).encode()


def reply(body: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Reply:
    """An answer of TMDB; bytes are sent as they are, all else as JSON."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Reply(status, content, {"Content-Type": "application/json;charset=utf-8", **(headers or {})})


# Plays a fault on an open connection: what it is given is the connection, the right answer, and the end of the server.
Fault = Callable[[socket.socket, Reply, threading.Event], None]


def answered(body: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Fault:
    """Another answer in place of the right one."""
    wrong = reply(body, status, headers)

    def play(connection: socket.socket, right: Reply, stopping: threading.Event) -> None:
        connection.sendall(wrong.head() + wrong.body)

    return play


def too_many(retry_after: str | None = None) -> Fault:
    """429 with TMDB's code 25; `retry_after` is the header's text, seconds or a date."""
    return answered(OVER_LIMIT, 429, {"Retry-After": retry_after} if retry_after is not None else {})


def status(code: int, body: Any = b"", headers: Mapping[str, str] | None = None) -> Fault:
    """An answer with this status, such as 500, 502 or 503."""
    return answered(body, code, headers)


def refused_key() -> Fault:
    """401 with TMDB's code 7."""
    return answered(INVALID_KEY, 401)


def garbage() -> Fault:
    """200 with bytes that are no JSON."""
    return answered(b"\x00\xff{]not json", 200)


def html() -> Fault:
    """200 with a page of HTML, as portals of hotels have."""
    return answered(b"<html><body>Sign in</body></html>", 200, {"Content-Type": "text/html"})


def wrong_types(body: Any = None) -> Fault:
    """200 with JSON of another shape."""
    return answered({"results": 7} if body is None else body)


def huge(size: int) -> Fault:
    """200 with a JSON text of `size` bytes."""
    return answered(b'"' + b"a" * (size - 2) + b'"')


def bomb(size: int) -> Fault:
    """200 with few bytes that gzip expands to a JSON text of `size` bytes."""
    return answered(gzip.compress(b'"' + b"a" * (size - 2) + b'"'), 200, {"Content-Encoding": "gzip"})


def bad_gzip() -> Fault:
    """200 that says it is gzip, and is not."""
    return answered(b'{"id": 603}', 200, {"Content-Encoding": "gzip"})


def torn_gzip() -> Fault:
    """200 with a gzip stream that ends in the middle, though the length is right."""
    return answered(gzip.compress(b'{"id": 603, "title": "Heat"}' * 20)[:-12], 200, {"Content-Encoding": "gzip"})


def redirect(to: str) -> Fault:
    """302 to another address."""
    return answered(b"", 302, {"Location": to})


def not_http() -> Fault:
    """Bytes that are not HTTP."""

    def play(connection: socket.socket, right: Reply, stopping: threading.Event) -> None:
        connection.sendall(b"220 mail.example.com ready\r\n")
        _end(connection)

    return play


def closes() -> Fault:
    """The connection ends without an answer."""

    def play(connection: socket.socket, right: Reply, stopping: threading.Event) -> None:
        _end(connection)

    return play


def half_body() -> Fault:
    """The right answer, of which the second half is not sent."""

    def play(connection: socket.socket, right: Reply, stopping: threading.Event) -> None:
        connection.sendall(right.head() + right.body[: len(right.body) // 2])
        _end(connection)

    return play


def hangs(released: threading.Event | None = None) -> Fault:
    """No answer until `released` or the end of the server; then the right one."""

    def play(connection: socket.socket, right: Reply, stopping: threading.Event) -> None:
        waited = released or stopping
        for _ in range(LONGEST_SECONDS * 100):
            if waited.wait(0.01) or stopping.is_set():
                break
        connection.sendall(right.head() + right.body)

    return play


def drips(*, head: bool = False, gap: float = 0.02) -> Fault:
    """The right answer's body a byte at a time, `gap` seconds apart; with `head` its headers, too."""

    def play(connection: socket.socket, right: Reply, stopping: threading.Event) -> None:
        slow = (right.head() if head else b"") + right.body
        connection.sendall(b"" if head else right.head())
        for byte in slow:
            if stopping.wait(gap):
                return
            connection.sendall(bytes((byte,)))

    return play


def _end(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)


@dataclass
class _Planned:
    fault: Fault
    path: str | None
    left: int | None

    def meets(self, asked: Asked) -> bool:
        return self.path in (None, asked.path) and self.left != 0


class TmdbServer:
    """A running server. `requests` are those that arrived, `most_at_once` how many were being answered together."""

    key = KEY
    bearer = BEARER

    def __init__(self, port: int) -> None:
        self.base_url = f"http://127.0.0.1:{port}/3"
        self.export_url = f"http://127.0.0.1:{port}/p/exports"
        self.requests: list[Asked] = []
        self.connections = 0
        self.most_at_once = 0
        self.keys = {KEY, BEARER}
        self.stopping = threading.Event()
        self._given: dict[tuple[str, frozenset[tuple[str, str]]], Any] = {}
        self._faults: list[_Planned] = []
        self._open: set[socket.socket] = set()
        self._at_once = 0
        self._lock = threading.Lock()

    def answers(self, path: str, body: Any, code: int = 200, **query: str) -> None:
        """Gives the answer to a path, where the request has at least this query; the closest query counts.

        `body` is JSON, bytes, or a function of the request that makes either.
        """
        self._given[path.strip("/"), frozenset(query.items())] = (body, code)

    def replays(self, recordings: Path) -> int:
        """Gives every answer of a file of recordings, and says how many there were."""
        lines = [json.loads(line) for line in recordings.read_text("utf-8").splitlines() if line.strip()]
        for line in lines:
            query = {name: str(value) for name, value in line["query"].items() if name != "api_key"}
            path = line["path"].strip("/").removeprefix("3/")
            self._given[path, frozenset(query.items())] = (line["body"], line["status"])
        return len(lines)

    def exports(self, name: str, lines: bytes) -> None:
        """Gives a daily export, such as movie_ids_05_15_2024.json.gz, of these uncompressed lines."""
        self.answers(f"p/exports/{name}", gzip.compress(lines))

    def fails(self, fault: Fault, *, path: str | None = None, times: int | None = None) -> None:
        """Plays a fault for the next `times` requests (None: for all) to a path (None: to any), after earlier ones."""
        with self._lock:
            self._faults.append(_Planned(fault, path, times))

    def recovers(self) -> None:
        """Ends all faults."""
        with self._lock:
            self._faults.clear()

    def asked(self, path: str | None = None) -> list[Asked]:
        """The requests to a path, or all."""
        return [each for each in list(self.requests) if path in (None, each.path)]

    def goes_down(self) -> None:
        """Cuts every connection that is open now."""
        with self._lock:
            connections = list(self._open)
        for connection in connections:
            _end(connection)

    def opened(self, connection: socket.socket) -> None:
        """Notes a connection."""
        with self._lock:
            self.connections += 1
            self._open.add(connection)

    def closed(self, connection: socket.socket) -> None:
        """Notes the end of a connection."""
        with self._lock:
            self._open.discard(connection)

    def play(self, connection: socket.socket, asked: Asked) -> None:
        """Notes a request and answers it."""
        with self._lock:
            self.requests.append(asked)
            self._at_once += 1
            self.most_at_once = max(self.most_at_once, self._at_once)
            planned = next((each for each in self._faults if each.meets(asked)), None)
            if planned and planned.left is not None:
                planned.left -= 1
        try:
            right = self._right(asked)
            if planned:
                planned.fault(connection, right, self.stopping)
            else:
                connection.sendall(right.head() + right.body)
        finally:
            with self._lock:
                self._at_once -= 1

    def _right(self, asked: Asked) -> Reply:
        export = asked.path.startswith("p/exports/")
        given = asked.headers.get("authorization", "").removeprefix("Bearer ") or asked.query.get("api_key")
        if not export and given not in self.keys:
            return reply(INVALID_KEY, 401)
        query = set(asked.query.items())
        fitting = [known for path, known in self._given if path == asked.path and known <= query]
        if not fitting:
            return reply(NOT_FOUND, 404)
        body, code = self._given[asked.path, max(fitting, key=len)]
        right = reply(body(asked) if callable(body) else body, code)
        if export or "gzip" not in asked.headers.get("accept-encoding", ""):
            return right
        return Reply(right.status, gzip.compress(right.body, 1), {**right.headers, "Content-Encoding": "gzip"})


def _handler(tmdb: TmdbServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def setup(self) -> None:
            super().setup()
            tmdb.opened(self.connection)

        def finish(self) -> None:
            tmdb.closed(self.connection)
            super().finish()

        def do_GET(self) -> None:
            address = urlsplit(self.path)
            path = address.path.strip("/").removeprefix("3/")
            headers = {name.lower(): value for name, value in self.headers.items()}
            query = dict(parse_qsl(address.query, keep_blank_values=True))
            tmdb.play(self.connection, Asked(path, query, headers))

        def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002  (the base class's name)
            """Says nothing."""

    return Handler


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    # Hanging answers end with their process; nobody waits for them.
    block_on_close = False
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Says nothing: clients may hang up on what is meant to go wrong."""


@contextmanager
def tmdb_server() -> Iterator[TmdbServer]:
    """Runs a server for the length of a block."""
    http = _Http(("127.0.0.1", 0), BaseHTTPRequestHandler)
    tmdb = TmdbServer(http.server_address[1])
    http.RequestHandlerClass = _handler(tmdb)
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield tmdb
    finally:
        tmdb.stopping.set()
        http.shutdown()
        http.server_close()
        thread.join()
        tmdb.goes_down()


@contextmanager
def closed_port() -> Iterator[str]:
    """An address that nobody listens at."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{held.getsockname()[1]}/3"
