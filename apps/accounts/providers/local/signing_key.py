"""RSA keys that sign tokens: made, read from PEM, and named."""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import jwt
import orjson
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey, generate_private_key

ALGORITHM = "RS256"
KEY_BITS = 2048
PUBLIC_EXPONENT = 65537
WANTED = f"an unencrypted RSA key of at least {KEY_BITS} bits in PEM"


class UnusableKey(Exception):
    """The text is not what WANTED says."""


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A key pair, its id (the RFC 7638 thumbprint) and the encoded header of all its tokens.

    `since` is when it became the current key, in seconds since 1970; 0 where that is long ago or not known.
    """

    private: RSAPrivateKey
    public: RSAPublicKey
    kid: str
    header: str
    since: float = field(default=0.0, compare=False)

    def jwk(self) -> dict[str, Any]:
        """The public key as a JSON Web Key."""
        return {**_public_parts(self.public), "kid": self.kid, "alg": ALGORITHM, "use": "sig"}


# The keys are read again every few minutes, and are almost always the same.
@lru_cache(maxsize=4)
def key_of(pem: bytes) -> SigningKey:
    """The key in a PEM text. Raises UnusableKey."""
    private = _private_key(pem)
    kid = thumbprint(private.public_key())
    header, _, _ = jwt.encode({}, private, algorithm=ALGORITHM, headers={"kid": kid}).partition(".")
    return SigningKey(private, private.public_key(), kid, header)


def _private_key(pem: bytes) -> RSAPrivateKey:
    try:
        key = serialization.load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise UnusableKey from error
    if not isinstance(key, RSAPrivateKey) or key.key_size < KEY_BITS:
        raise UnusableKey
    return key


def new_pem() -> bytes:
    """A new key in PEM."""
    return generate_private_key(PUBLIC_EXPONENT, KEY_BITS).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def thumbprint(key: RSAPublicKey) -> str:
    """The key's id as RFC 7638 computes it: SHA-256 of the canonical JWK, in base64url."""
    canonical = orjson.dumps(_public_parts(key))
    return urlsafe_b64encode(hashlib.sha256(canonical).digest()).rstrip(b"=").decode()


def _public_parts(key: RSAPublicKey) -> dict[str, Any]:
    jwk = jwt.algorithms.RSAAlgorithm.to_jwk(key, as_dict=True)
    return {name: jwk[name] for name in ("e", "kty", "n")}
