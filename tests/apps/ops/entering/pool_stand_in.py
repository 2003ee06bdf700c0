"""A user pool's pages and endpoints on loopback, which signs real tokens, and does as it is told.

It plays the browser's part of the pool's pages, too: `led_back` is where they lead a browser that was sent to them. It
checks what it is asked as a pool does: the client, the address to lead back to, PKCE, and each code once.
"""

from __future__ import annotations

import json
import threading
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit
from uuid import uuid4

from joserfc import jwt
from joserfc.jwk import RSAKey
from joserfc.jws import JWSRegistry

KEY, STRANGERS = RSAKey.generate_key(2048), RSAKey.generate_key(2048)
REGISTRY = JWSRegistry(algorithms=["RS256", "RS512", "HS256", "none"], strict_check_header=False)
CLIENT = "webclient"
OPS_URL = "https://movierec.example.com/ops"
CALLBACK = f"{OPS_URL}/signin/callback"
JSON = "application/x-amz-json-1.1"


@dataclass
class PoolPages:
    """A running pool: what it says of the person, and what goes wrong.

    `claims` change those of the id token (None leaves one out), `header` its header; `token` stands in for the whole
    of it. `faults` has the status and body of an endpoint that fails, `held` those that answer nothing.
    """

    id: str = field(default_factory=lambda: f"eu-north-1_{uuid4().hex}")
    address: str = ""
    groups: tuple[str, ...] = ("ops",)
    has_totp: bool = True
    enabled: bool = True
    claims: dict[str, Any] = field(default_factory=dict)
    header: dict[str, Any] = field(default_factory=dict)
    token: str = ""
    faults: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    held: set[str] = field(default_factory=set)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    stopping: threading.Event = field(default_factory=threading.Event)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def endpoints(self) -> list[str]:
        """The endpoints that were asked, in order."""
        return [name for name, _ in self.asked]

    def led_back(self, location: str, **changes: str) -> str:
        """The path of the callback that the pages lead a browser to that signed in there."""
        address = urlsplit(location)
        assert f"{address.scheme}://{address.netloc}{address.path}" == f"{self.address}/oauth2/authorize"
        query = dict(parse_qsl(address.query))
        assert (query["client_id"], query["redirect_uri"], query["response_type"]) == (CLIENT, CALLBACK, "code")
        assert (query["scope"], query["code_challenge_method"]) == ("openid email", "S256")
        code = str(uuid4())
        self.codes[code] = query
        return f"/ops/signin/callback?{urlencode({'code': code, 'state': query['state'], **changes})}"

    def answer(self, endpoint: str, form: dict[str, str]) -> tuple[int, bytes]:
        """What an endpoint says."""
        self.asked.append((endpoint, form))
        if endpoint in self.held:
            self.stopping.wait(10)
        if endpoint in self.faults:
            return self.faults[endpoint]
        return {"token": self._tokens, "revoke": lambda _: (200, b"")}[endpoint](form)

    def _tokens(self, form: dict[str, str]) -> tuple[int, bytes]:
        began = self.codes.pop(form.get("code", ""), None)
        right = {"grant_type": "authorization_code", "client_id": CLIENT, "redirect_uri": CALLBACK}
        if began is None or not right.items() <= form.items() or _challenge(form) != began["code_challenge"]:
            return 400, b'{"error":"invalid_grant"}'
        given = {
            "id_token": self.token or self.signed(began["nonce"]),
            "access_token": "a.b.c",
            "refresh_token": "refresh-1",
        }
        return 200, json.dumps({**given, "expires_in": 3600, "token_type": "Bearer"}).encode()

    def signed(self, nonce: str, key: Any = KEY) -> str:
        """An id token."""
        header = {"alg": "RS256", "kid": "id", **self.header}
        return jwt.encode(header, self.content(nonce), key, registry=REGISTRY, algorithms=[header["alg"]])

    def content(self, nonce: str) -> dict[str, Any]:
        """What a pool writes into an id token."""
        now = int(time.time())
        good = {
            "iss": f"https://cognito-idp.eu-north-1.amazonaws.com/{self.id}",
            "sub": "ann-id",
            "aud": CLIENT,
            "token_use": "id",
            "auth_time": now,
            "iat": now,
            "exp": now + 3600,
            "nonce": nonce,
            "email": "ann@example.com",
            "email_verified": True,
            "cognito:username": "ann-id",
            "cognito:groups": list(self.groups) or None,
        }
        return {name: value for name, value in {**good, **self.claims}.items() if value is not None}

    def called(self, operation: str) -> bytes:
        """What the pool's API says of its user."""
        self.asked.append((operation, {}))
        user = {
            "Username": "ann-id",
            "UserStatus": "CONFIRMED",
            "Enabled": self.enabled,
            "UserCreateDate": 1_700_000_000,
            "UserLastModifiedDate": 1_700_000_000,
            "UserAttributes": [{"Name": "sub", "Value": "ann-id"}, {"Name": "email", "Value": "ann@example.com"}],
            "UserMFASettingList": ["SOFTWARE_TOKEN_MFA"] if self.has_totp else [],
        }
        groups = {"Groups": [{"GroupName": name} for name in self.groups]}
        return json.dumps({"AdminGetUser": user, "AdminListGroupsForUser": groups}[operation]).encode()

    def keys(self) -> bytes:
        """The pool's JWKS."""
        return json.dumps(
            {"keys": [{**KEY.as_dict(private=False), "kid": "id", "use": "sig", "alg": "RS256"}]}
        ).encode()


def _challenge(form: dict[str, str]) -> str:
    return urlsafe_b64encode(sha256(form.get("code_verifier", "").encode()).digest()).rstrip(b"=").decode()


def _handler(pool: PoolPages) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            operation = self.headers.get("X-Amz-Target", "").rpartition(".")[2]
            if operation:
                self._send(200, pool.called(operation))
            else:
                self._send(*pool.answer(self.path.removeprefix("/oauth2/"), dict(parse_qsl(body))))

        def do_GET(self) -> None:
            assert self.path == f"/{pool.id}/.well-known/jwks.json"
            self._send(200, pool.keys())

        def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002  (the base class's name)
            """Says nothing."""

        def _send(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", JSON)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    return Handler


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Says nothing: who asked may have given up."""


@contextmanager
def pool_pages() -> Iterator[PoolPages]:
    """Runs a pool for the length of a block."""
    pool = PoolPages()
    http = _Http(("127.0.0.1", 0), _handler(pool))
    pool.address = f"http://127.0.0.1:{http.server_address[1]}"
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield pool
    finally:
        pool.stopping.set()
        http.shutdown()
        http.server_close()
        thread.join()
