"""The local provider's signing key: one RSA key in a file, made when it is first needed."""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from functools import cache
from threading import Lock

import jwt
import orjson
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey, generate_private_key
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from movierec.secret_files import read_or_create

ALGORITHM = "RS256"
KEY_BITS = 2048
PUBLIC_EXPONENT = 65537

_lock = Lock()


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A key pair, its id (the RFC 7638 thumbprint) and the encoded header of all its tokens."""

    private: RSAPrivateKey
    public: RSAPublicKey
    kid: str
    header: str


def signing_key() -> SigningKey:
    """The key of settings.TOKEN_KEY_FILE, read once a process.

    Raises ImproperlyConfigured when the file cannot be used.
    """
    with _lock:
        return _load()


@cache
def _load() -> SigningKey:
    private = _private_key(read_or_create(settings.TOKEN_KEY_FILE, _new_pem))
    kid = thumbprint(private.public_key())
    header, _, _ = jwt.encode({}, private, algorithm=ALGORITHM, headers={"kid": kid}).partition(".")
    return SigningKey(private, private.public_key(), kid, header)


def _private_key(pem: bytes) -> RSAPrivateKey:
    try:
        key = serialization.load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise _unusable() from error
    if not isinstance(key, RSAPrivateKey) or key.key_size < KEY_BITS:
        raise _unusable()
    return key


def _unusable() -> ImproperlyConfigured:
    return ImproperlyConfigured(
        f"{settings.TOKEN_KEY_FILE} is not an unencrypted RSA key of at least {KEY_BITS} bits in PEM; "
        "remove it to have a new one made (everyone signs in again)."
    )


def _new_pem() -> bytes:
    return generate_private_key(PUBLIC_EXPONENT, KEY_BITS).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def thumbprint(key: RSAPublicKey) -> str:
    """The key's id as RFC 7638 computes it: SHA-256 of the canonical JWK, in base64url."""
    jwk = jwt.algorithms.RSAAlgorithm.to_jwk(key, as_dict=True)
    canonical = orjson.dumps({name: jwk[name] for name in ("e", "kty", "n")})
    return urlsafe_b64encode(hashlib.sha256(canonical).digest()).rstrip(b"=").decode()
