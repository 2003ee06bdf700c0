"""Issuers of tokens as tests need them: ours and a user pool's, with keys in the tests' hands.

Tokens are put together from bytes here, without the library that the service checks them with, so that they can be
wrong in every way. The pool's keys are given out by a server on loopback.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from time import time
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from joserfc.jwk import RSAKey

POOL_ID = "eu-north-1_Test00000"
POOL_ISSUER = f"https://cognito-idp.eu-north-1.amazonaws.com/{POOL_ID}"
CLIENT_ID = "client-1"

Sign = Callable[[bytes], bytes]
Json = dict[str, Any]


@cache
def private_key(name: str) -> RSAPrivateKey:
    """The same key for the same name, all through a run; making one takes long."""
    return generate_private_key(65537, 2048)


def public_jwk(key: RSAPrivateKey, kid: str) -> Json:
    """A key as a JWKS holds it."""
    made = RSAKey.import_key(key.public_key()).as_dict(private=False)
    return {**made, "kid": kid, "alg": "RS256", "use": "sig"}


def b64(data: bytes) -> str:
    """Base64url without padding."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    """The bytes behind base64url without padding."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def encoded(value: Json | bytes) -> str:
    """A part of a token: compact JSON, or bytes as they are."""
    return b64(value if isinstance(value, bytes) else json.dumps(value, separators=(",", ":")).encode())


def compact(header: Json | bytes, payload: Json | bytes, sign: Sign) -> str:
    """A token whose third part is what `sign` makes of the first two."""
    signed = f"{encoded(header)}.{encoded(payload)}"
    return f"{signed}.{b64(sign(signed.encode()))}"


def rs(key: RSAPrivateKey, digest: hashes.HashAlgorithm | None = None) -> Sign:
    """Signs as RS256, or with another digest as RS384 and RS512 do."""
    return lambda data: key.sign(data, padding.PKCS1v15(), digest or hashes.SHA256())


def ps256(key: RSAPrivateKey) -> Sign:
    """Signs as PS256."""
    scheme = padding.PSS(padding.MGF1(hashes.SHA256()), padding.PSS.DIGEST_LENGTH)
    return lambda data: key.sign(data, scheme, hashes.SHA256())


def hs(secret: bytes, bits: int = 256) -> Sign:
    """Signs as HS256, HS384 or HS512."""
    return lambda data: hmac.new(secret, data, getattr(hashlib, f"sha{bits}")).digest()


def unsigned(data: bytes) -> bytes:
    """The empty signature of alg none."""
    return b""


@dataclass(frozen=True)
class Issuer:
    """Whose tokens the service takes: its key, the header and the claims of a good access token.

    `audience` is the client they are for, `refresh_token` what a refresh token of it looks like.
    """

    key: RSAPrivateKey
    header: Json
    claims: Json
    audience: str
    refresh_token: str

    def access(self, **changes: Any) -> str:
        """A rightly signed access token with claims changed; None leaves one out."""
        return self.signed({name: value for name, value in {**self.claims, **changes}.items() if value is not None})

    def signed(self, payload: Json | bytes, **header: Any) -> str:
        """A rightly signed token with any payload, and its header changed."""
        return compact({**self.header, **header}, payload, rs(self.key))

    def forged(self, key: RSAPrivateKey, **header: Any) -> str:
        """The good claims, signed by a stranger."""
        return compact({**self.header, **header}, self.claims, rs(key))


def read_token(token: str) -> tuple[Json, Json]:
    """Header and claims, unchecked."""
    header, payload, _ = token.split(".")
    return json.loads(unb64(header)), json.loads(unb64(payload))


def pool_claims(**changes: Any) -> Json:
    """The claims of an access token as Cognito writes them."""
    now = int(time())
    return {
        "sub": "7c2f6f5e-0d11-4b8e-9f5a-3c1d2e4f5a6b",
        "iss": POOL_ISSUER,
        "client_id": CLIENT_ID,
        "origin_jti": "5f0c9a52-6d0a-4a55-8d8c-0a4f5b1c2d3e",
        "event_id": "0f1e2d3c-4b5a-4978-8695-a4b3c2d1e0f9",
        "token_use": "access",
        "scope": "aws.cognito.signin.user.admin",
        "auth_time": now,
        "exp": now + 3600,
        "iat": now,
        "jti": "9a8b7c6d-5e4f-4a3b-8c2d-1e0f9a8b7c6d",
        "username": "7c2f6f5e-0d11-4b8e-9f5a-3c1d2e4f5a6b",
        **changes,
    }


@dataclass
class KeyServer:
    """A JWKS address that counts its readers; `keys` may change, and while `down` it answers 503."""

    address: str
    keys: list[Json] = field(default_factory=list)
    down: bool = False
    asked: list[str] = field(default_factory=list)


@contextmanager
def key_server(*keys: Json) -> Iterator[KeyServer]:
    """Serves a JWKS on loopback under every path."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            state.asked.append(self.path)
            body = json.dumps({"keys": state.keys}).encode()
            self.send_response(503 if state.down else 200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Says nothing on the terminal."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state = KeyServer(f"http://127.0.0.1:{server.server_port}", list(keys))
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
