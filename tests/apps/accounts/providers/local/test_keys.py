from __future__ import annotations

from pathlib import Path

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from django.core.exceptions import ImproperlyConfigured
from pytest_django.fixtures import Settings

from apps.accounts.providers.local import keys


@pytest.fixture
def key_file(tmp_path: Path, settings: Settings) -> Path:
    settings.TOKEN_KEY_FILE = tmp_path / "keys" / "token_key.pem"
    return tmp_path / "keys" / "token_key.pem"


def pem(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey, password: bytes = b"") -> bytes:
    lock = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, lock)


def test_the_key_is_made_once_and_for_its_owner_only(key_file: Path) -> None:
    first = keys._load.__wrapped__()
    assert key_file.stat().st_mode & 0o777 == 0o600
    assert first.private.key_size == 2048
    assert keys._load.__wrapped__().kid == first.kid


def test_the_process_reads_the_file_once() -> None:
    assert keys.signing_key() is keys.signing_key()


BAD_FILES = {
    "empty": b"",
    "no PEM": b"hello",
    "too small": pem(rsa.generate_private_key(65537, 1024)),  # noqa: S505  (it is there to be refused)
    "another kind": pem(ec.generate_private_key(ec.SECP256R1())),
    "encrypted": pem(rsa.generate_private_key(65537, 2048), b"secret"),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_an_unusable_file_is_named_with_its_remedy(key_file: Path, name: str) -> None:
    key_file.parent.mkdir()
    key_file.write_bytes(BAD_FILES[name])
    with pytest.raises(ImproperlyConfigured) as caught:
        keys._load.__wrapped__()
    assert str(key_file) in str(caught.value)
    assert "remove it" in str(caught.value)
    assert key_file.read_bytes() == BAD_FILES[name]


def test_the_key_id_is_the_thumbprint_of_rfc_7638() -> None:
    jwk = {
        "kty": "RSA",
        "e": "AQAB",
        "n": "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZ"
        "CiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnY"
        "b9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls"
        "1jF44-csFCur-kEgU8awapJzKnqDKgw",
    }
    key = jwt.algorithms.RSAAlgorithm.from_jwk(jwk)
    assert isinstance(key, rsa.RSAPublicKey)
    assert keys.thumbprint(key) == "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"
