"""The pool's public keys, kept in the process.

They are read again after an hour, or for an unknown key id at most once a minute however many tokens name one.
While their address is down, the keys read last go on being used.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from threading import Lock
from time import time
from typing import Any

import orjson
import urllib3
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from django.conf import settings
from jwt.algorithms import RSAAlgorithm
from jwt.exceptions import InvalidKeyError

from apps.accounts.providers.cognito.pool import jwks_url, pool_id
from movierec.api.errors import Unavailable

logger = logging.getLogger(__name__)

CONNECT_TIMEOUT_SECONDS = 1
READ_TIMEOUT_SECONDS = 2
MAX_BYTES = 64 * 1024
MIN_KEY_BITS = 2048
# Without any key nobody can be served, so a first reading that failed is repeated sooner.
FIRST_RETRY_SECONDS = 5

_pool_manager = urllib3.PoolManager(retries=False)


class JwksUnreadable(Exception):
    """The keys cannot be read; the message is the reason."""


@dataclass(frozen=True, slots=True)
class _Held:
    """The keys by their ids, as verifiers and as published, and when they were read (seconds since 1970)."""

    keys: Mapping[str, RSAPublicKey] = field(default_factory=dict)
    published: tuple[dict[str, Any], ...] = ()
    read_at: float = 0.0

    def is_fresh(self) -> bool:
        return time() - self.read_at < settings.JWKS_MAX_AGE_SECONDS


class KeyCache:
    """The keys of one pool, for all threads."""

    def __init__(self) -> None:
        self._held = _Held()
        self._tried_at = 0.0
        self._lock = Lock()

    def find(self, kid: str) -> RSAPublicKey | None:
        """The key with this id, None when the pool has none. Raises Unavailable when no keys could ever be read."""
        known = kid in self._held.keys
        if not known or not self._held.is_fresh():
            self._renew(wait=not known)
        self._refuse_empty()
        return self._held.keys.get(kid)

    def published(self) -> list[dict[str, Any]]:
        """The keys as JSON Web Keys. Raises Unavailable as `find` does."""
        if not self._held.is_fresh():
            self._renew(wait=not self._held.keys)
        self._refuse_empty()
        return list(self._held.published)

    def read(self) -> None:
        """Reads the keys now. Raises JwksUnreadable, and keeps those it has."""
        self._tried_at = time()
        published = _usable(_fetch(jwks_url()))
        self._held = _Held({jwk["kid"]: key for jwk, key in published}, tuple(jwk for jwk, _ in published), time())

    def _refuse_empty(self) -> None:
        if not self._held.keys:
            raise Unavailable

    def _renew(self, *, wait: bool) -> None:
        """Reads the keys unless that was just tried; `wait` for another thread that is reading them."""
        if not self._lock.acquire(blocking=wait):
            return
        try:
            pause = settings.JWKS_RETRY_SECONDS if self._held.keys else FIRST_RETRY_SECONDS
            if time() - self._tried_at >= pause:
                self.read()
        except JwksUnreadable as error:
            logger.warning("The keys of the user pool cannot be read: %s", error)
        finally:
            self._lock.release()


def key_cache() -> KeyCache:
    """The keys of the configured pool."""
    return _cache_of(pool_id(), settings.AWS_ENDPOINT_URL)


@cache
def _cache_of(_pool: str, _endpoint: str) -> KeyCache:
    return KeyCache()


def _fetch(url: str) -> bytes:
    try:
        response = _pool_manager.request(
            "GET",
            url,
            headers={"Accept-Encoding": "identity"},
            timeout=urllib3.Timeout(connect=CONNECT_TIMEOUT_SECONDS, read=READ_TIMEOUT_SECONDS),
            redirect=False,
            preload_content=False,
        )
        try:
            body = response.read(MAX_BYTES + 1, decode_content=False)
        finally:
            response.close()
    except urllib3.exceptions.HTTPError as error:
        raise JwksUnreadable(f"{type(error).__name__}") from error
    if response.status != 200:
        raise JwksUnreadable(f"HTTP status {response.status}")
    if len(body) > MAX_BYTES:
        raise JwksUnreadable(f"more than {MAX_BYTES} bytes")
    return body


def _usable(body: bytes) -> list[tuple[dict[str, Any], RSAPublicKey]]:
    """The keys that sign with RS256, with what of each is published. Raises JwksUnreadable when there is none."""
    try:
        keys = orjson.loads(body)["keys"]
        found = list(_rsa_keys(keys))
    except (orjson.JSONDecodeError, KeyError, TypeError) as error:
        raise JwksUnreadable("not a set of JSON Web Keys") from error
    if not found:
        raise JwksUnreadable("no RSA key for signatures")
    return found


def _rsa_keys(keys: list[Any]) -> Iterator[tuple[dict[str, Any], RSAPublicKey]]:
    for jwk in keys:
        key = _rsa_key(jwk) if isinstance(jwk, dict) else None
        if key is not None:
            names = {"kty": "RSA", "alg": "RS256", "use": "sig"}
            yield {**names, "kid": jwk["kid"], "n": jwk["n"], "e": jwk["e"]}, key


def _rsa_key(jwk: dict[str, Any]) -> RSAPublicKey | None:
    signs = jwk.get("kty") == "RSA" and jwk.get("use", "sig") == "sig" and jwk.get("alg", "RS256") == "RS256"
    if not signs or not isinstance(jwk.get("kid"), str):
        return None
    try:
        key = RSAAlgorithm.from_jwk(jwk)
    except (InvalidKeyError, ValueError):
        return None
    return key if isinstance(key, RSAPublicKey) and key.key_size >= MIN_KEY_BITS else None
