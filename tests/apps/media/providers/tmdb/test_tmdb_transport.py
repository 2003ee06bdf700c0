from __future__ import annotations

import gc
import ssl
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from apps.media.providers.tmdb import transport as transport_module
from apps.media.providers.tmdb.transport import Transport, TransportFault
from movierec.clock import Deadline
from tests.stand_ins import tmdb_server as faults
from tests.stand_ins.clock import StillClock
from tests.stand_ins.tmdb_server import TmdbServer


def certificate(folder: Path, host: x509.GeneralName) -> Path:
    """A file with a certificate that signs itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "stand-in")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, now - timedelta(days=1), now + timedelta(days=1))
    signed = builder.add_extension(x509.SubjectAlternativeName([host]), critical=False).sign(key, hashes.SHA256())
    plain = (serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file = folder / "certificate.pem"
    file.write_bytes(
        signed.public_bytes(serialization.Encoding.PEM) + key.private_bytes(serialization.Encoding.PEM, *plain)
    )
    return file


class _Hello(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_: Any) -> None:
        pass


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, *_: Any) -> None:
        pass


@pytest.fixture
def https() -> Iterator[Callable[[Path], str]]:
    """Starts a server with a certificate's file and answers its address."""
    started: list[tuple[_Quiet, Thread]] = []

    def start(file: Path) -> str:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        server = _Quiet(("127.0.0.1", 0), _Hello)
        # The handshake is left to the threads of the connections.
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        started.append((server, thread))
        return f"https://127.0.0.1:{server.server_port}/3"

    yield start
    for server, thread in started:
        server.shutdown()
        server.server_close()
        thread.join()


def get(transport: Transport, clock: StillClock, most_bytes: int = 1000) -> transport_module.Answer:
    return transport.get("/movie/603", {}, Deadline(clock, 3), most_bytes=most_bytes)


def test_a_certificate_that_is_trusted_is_taken(
    https: Callable[[Path], str], clock: StillClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = certificate(tmp_path, x509.IPAddress(ip_address("127.0.0.1")))
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    transport = Transport(https(file), clock)
    assert [get(transport, clock).body for _ in range(2)] == [b"{}", b"{}"]


@pytest.mark.parametrize("wrong", ["unknown", "another host"])
def test_another_certificate_is_refused(
    https: Callable[[Path], str], clock: StillClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wrong: str
) -> None:
    host = x509.IPAddress(ip_address("127.0.0.1" if wrong == "unknown" else "127.0.0.2"))
    file = certificate(tmp_path, host)
    if wrong == "another host":
        monkeypatch.setenv("SSL_CERT_FILE", str(file))
    with pytest.raises(TransportFault, match="SSLCertVerificationError"):
        get(Transport(https(file), clock), clock)


def test_an_answer_of_just_the_most_bytes_is_taken(tmdb: TmdbServer, clock: StillClock) -> None:
    transport = Transport(tmdb.base_url, clock)
    tmdb.fails(faults.huge(1000), times=1)
    assert len(get(transport, clock).body) == 1000
    tmdb.fails(faults.bomb(1000), times=1)
    assert len(get(transport, clock).body) == 1000
    tmdb.fails(faults.huge(1001))
    with pytest.raises(TransportFault, match="more than 1000 bytes"):
        get(transport, clock)


def test_after_half_an_answer_the_connection_is_not_used_again(tmdb: TmdbServer, clock: StillClock) -> None:
    transport = Transport(tmdb.base_url, clock)
    tmdb.fails(faults.huge(200_000), times=1)
    with pytest.raises(TransportFault):
        get(transport, clock)
    assert get(transport, clock).status == 401
    assert tmdb.connections == 2


@pytest.mark.parametrize("fault", [faults.half_body(), faults.torn_gzip()])
def test_half_an_answer_is_a_fault(tmdb: TmdbServer, clock: StillClock, fault: faults.Fault) -> None:
    tmdb.fails(fault)
    with pytest.raises(TransportFault, match="half an answer"):
        get(Transport(tmdb.base_url, clock), clock)


def test_a_fault_keeps_nothing_of_what_was_said(tmdb: TmdbServer, clock: StillClock) -> None:
    tmdb.fails(faults.not_http())
    with pytest.raises(TransportFault, match="BadStatusLine") as raised:
        get(Transport(tmdb.base_url, clock), clock)
    assert raised.value.__cause__ is raised.value.__context__ is None


def test_chunks_and_answers_without_a_length_are_read(tmdb: TmdbServer, clock: StillClock) -> None:
    def unbounded(connection: Any, right: Any, stopping: Any) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{}")
        connection.shutdown(2)

    def chunked(connection: Any, right: Any, stopping: Any) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n1\r\n}\r\n0\r\n\r\n")

    transport = Transport(tmdb.base_url, clock)
    for fault in (unbounded, chunked, chunked):
        tmdb.fails(fault, times=1)
        assert get(transport, clock).body == b"{}"
    assert tmdb.connections == 2


def test_each_address_of_the_server_is_tried(
    tmdb: TmdbServer, clock: StillClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = transport_module.socket.getaddrinfo("127.0.0.1", int(tmdb.base_url.rsplit(":")[-1].split("/")[0]))[0]
    with faults.closed_port() as closed:
        dead = (*found[:4], ("127.0.0.1", int(closed.rsplit(":")[-1].split("/")[0])))
        monkeypatch.setattr(transport_module.socket, "getaddrinfo", lambda *_, **__: [dead, found])
        assert get(Transport(tmdb.base_url, clock), clock).status == 401
        monkeypatch.setattr(transport_module.socket, "getaddrinfo", lambda *_, **__: [dead, dead])
        with pytest.raises(TransportFault, match="ConnectionRefusedError"):
            get(Transport(tmdb.base_url, clock), clock)


def test_a_host_without_an_address_is_a_fault(clock: StillClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport_module.socket, "getaddrinfo", lambda *_, **__: [])
    with pytest.raises(TransportFault, match="OSError"):
        get(Transport("https://tmdb.example", clock), clock)


def test_connections_end_with_their_transport(tmdb: TmdbServer, clock: StillClock) -> None:
    transport = Transport(tmdb.base_url, clock)
    get(transport, clock)
    (connection,) = transport._idle
    del transport
    gc.collect()
    assert connection.bounded.opened.fileno() == -1
