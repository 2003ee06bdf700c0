from __future__ import annotations

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from apps.accounts.providers.local import signing_key
from apps.accounts.providers.local.signing_key import UnusableKey, key_of, new_pem


def pem(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey, password: bytes = b"") -> bytes:
    lock = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, lock)


UNUSABLE = {
    "empty": b"",
    "no PEM": b"hello",
    "too small": pem(rsa.generate_private_key(65537, 1024)),  # noqa: S505  (it is there to be refused)
    "another kind": pem(ec.generate_private_key(ec.SECP256R1())),
    "encrypted": pem(rsa.generate_private_key(65537, 2048), b"secret"),
}


@pytest.mark.parametrize("name", UNUSABLE)
def test_other_texts_are_no_key(name: str) -> None:
    with pytest.raises(UnusableKey):
        key_of(UNUSABLE[name])


def test_a_key_is_read_from_its_pem() -> None:
    text = new_pem()
    key = key_of(text)
    assert key.private.key_size == 2048
    assert key.kid == signing_key.thumbprint(key.public)
    assert jwt.get_unverified_header(f"{key.header}.e30.AA") == {"alg": "RS256", "kid": key.kid, "typ": "JWT"}
    assert key_of(text) is key


def test_the_public_key_as_a_json_web_key() -> None:
    key = key_of(new_pem())
    jwk = key.jwk()
    assert set(jwk) == {"kty", "n", "e", "kid", "alg", "use"}
    assert (jwk["kty"], jwk["e"], jwk["kid"], jwk["alg"], jwk["use"]) == ("RSA", "AQAB", key.kid, "RS256", "sig")
    assert jwt.PyJWK(jwk).key.public_numbers() == key.public.public_numbers()


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
    assert signing_key.thumbprint(key) == "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"
