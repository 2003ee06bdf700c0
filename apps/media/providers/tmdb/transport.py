"""HTTP requests that end in time, whatever the other side does.

Every wait for the network (for a connection, for each byte of the head and of the body) ends with one deadline, so that
a server which drips cannot hold a request for longer. Nothing here logs, and no message holds an address, because
addresses hold keys.
"""

from __future__ import annotations

import io
import select
import socket
import ssl
import weakref
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from http.client import HTTPConnection, HTTPException, HTTPResponse
from threading import Lock
from typing import Any, Final
from urllib.parse import urlsplit

from movierec.clock import Clock, Deadline

CONNECT_SECONDS: Final = 2.0
READ_SECONDS: Final = 5.0
# A connection that lay idle for longer may have been cut on its way without a word.
IDLE_SECONDS: Final = 30.0
_CHUNK_BYTES: Final = 64 * 1024


class TransportFault(Exception):
    """No whole answer came; the message is a phrase that says why."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer of any status, its body decoded. Names of headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Transport:
    """Asks one server, from several threads, over connections that are kept between requests and shared by all.

    `address` is an http or https address with the first part of every path.
    """

    def __init__(self, address: str, clock: Clock) -> None:
        parts = urlsplit(address)
        self._secure = parts.scheme == "https"
        self._host = parts.hostname or ""
        self._port = parts.port or (443 if self._secure else 80)
        self._named = parts.netloc
        self._prefix = parts.path
        self._clock = clock
        self._lock = Lock()
        self._idle: list[_Connection] = []
        weakref.finalize(self, _close_all, self._idle)

    def get(self, target: str, headers: Mapping[str, str], deadline: Deadline, *, most_bytes: int) -> Answer:
        """Asks for a path with its query. Redirects are answers like others.

        Raises TransportFault: no connection, no time, not HTTP, half a body, or one of more than `most_bytes`.
        """
        try:
            return self._exchanged(target, headers, deadline, most_bytes)
        except TimeoutError:
            fault = "no answer in time"
        except (OSError, HTTPException, zlib.error) as error:
            fault = f"no whole answer, {type(error).__name__}"
        # Outside the handler: the first error may quote what was sent.
        raise TransportFault(fault)

    def _exchanged(self, target: str, headers: Mapping[str, str], deadline: Deadline, most_bytes: int) -> Answer:
        with self._connection(deadline) as connection:
            connection.request("GET", self._prefix + target, headers={"Host": self._named, **headers})
            response = connection.getresponse()
            body = _read(response, most_bytes)
        found = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, found, _decoded(body, found.get("content-encoding", ""), most_bytes))

    @contextmanager
    def _connection(self, deadline: Deadline) -> Iterator[_Connection]:
        """A connection for one request, which is kept afterwards if all of the answer was read."""
        connection = self._kept() or _Connection(self._host, self._connected(deadline))
        connection.bounded.deadline = deadline
        whole = False
        try:
            yield connection
            whole = connection.sock is not None
        finally:
            if whole:
                self._keep(connection)
            else:
                connection.close()

    def _kept(self) -> _Connection | None:
        while True:
            with self._lock:
                if not self._idle:
                    return None
                connection = self._idle.pop()
            if 0 <= self._clock.since_1970() - connection.idle_since < IDLE_SECONDS and connection.is_quiet():
                return connection
            connection.close()

    def _keep(self, connection: _Connection) -> None:
        connection.idle_since = self._clock.since_1970()
        with self._lock:
            self._idle.append(connection)

    def _connected(self, deadline: Deadline) -> socket.socket:
        """A socket to the first of the server's addresses that takes one. Raises OSError."""
        problem: OSError | None = None
        for family, kind, protocol, _, place in socket.getaddrinfo(self._host, self._port, type=socket.SOCK_STREAM):
            seconds = deadline.at_most(CONNECT_SECONDS)
            connected = socket.socket(family, kind, protocol)
            try:
                connected.settimeout(seconds)
                connected.connect(place)
                connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                return self._tls.wrap_socket(connected, server_hostname=self._host) if self._secure else connected
            except OSError as error:
                connected.close()
                problem = error
        raise problem or OSError("the server has no address")

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        context = ssl.create_default_context()
        context.set_alpn_protocols(["http/1.1"])
        return context


class _Connection(HTTPConnection):
    """A connection over a socket that is open."""

    def __init__(self, host: str, opened: socket.socket) -> None:
        super().__init__(host)
        self.bounded = _Bounded(opened)
        self.sock: Any = self.bounded
        self.idle_since = 0.0

    def is_quiet(self) -> bool:
        """Whether the server neither closed the idle connection nor said anything on it."""
        events = select.poll()
        events.register(self.bounded.opened, select.POLLIN)
        return not events.poll(0)


class _Bounded:
    """What http.client uses of a socket, with waits that end with the deadline of the request under way."""

    deadline: Deadline

    def __init__(self, opened: socket.socket) -> None:
        self.opened = opened

    def sendall(self, content: bytes) -> None:
        self.opened.settimeout(self.deadline.at_most(READ_SECONDS))
        self.opened.sendall(content)

    def makefile(self, mode: str) -> io.BufferedReader:
        return io.BufferedReader(_Reader(self.opened, self.deadline))

    def close(self) -> None:
        self.opened.close()


class _Reader(io.RawIOBase):
    """The bytes that arrive on a socket before a deadline."""

    def __init__(self, opened: socket.socket, deadline: Deadline) -> None:
        self._socket = opened
        self._bytes = opened.makefile("rb", buffering=0)
        self._deadline = deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._socket.settimeout(self._deadline.at_most(READ_SECONDS))
        return self._bytes.readinto(buffer)

    def close(self) -> None:
        self._bytes.close()
        super().close()


def _close_all(connections: list[_Connection]) -> None:
    for connection in connections:
        connection.close()


def _read(response: HTTPResponse, most_bytes: int) -> bytes:
    body = bytearray()
    while chunk := response.read(_CHUNK_BYTES):
        body += chunk
        if len(body) > most_bytes:
            raise TransportFault(f"an answer of more than {most_bytes} bytes")
    if response.length:
        raise TransportFault("half an answer")
    return bytes(body)


def _decoded(body: bytes, encoding: str, most_bytes: int) -> bytes:
    if encoding in ("", "identity"):
        return body
    if encoding != "gzip":
        raise TransportFault("an answer in an encoding that was not asked for")
    reader = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
    decoded = reader.decompress(body, most_bytes + 1)
    if len(decoded) > most_bytes:
        raise TransportFault(f"an answer of more than {most_bytes} bytes")
    if not reader.eof:
        raise TransportFault("half an answer")
    return decoded
