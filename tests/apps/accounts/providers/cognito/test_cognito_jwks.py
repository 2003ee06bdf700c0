from __future__ import annotations

import gzip
import json
import logging
import threading
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import time_machine
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from joserfc.jwk import ECKey, OctKey, RSAKey
from jwt.algorithms import RSAAlgorithm

from apps.accounts.providers.cognito.jwks import JwksUnreadable, KeyCache, key_cache
from apps.accounts.providers.cognito.pool import jwks_url
from movierec.api.errors import Unavailable
from tests.apps.accounts.providers.cognito.loopback import Loopback, Planned, loopback

NOW = 1_800_000_000
FIRST, SECOND = RSAKey.generate_key(2048), RSAKey.generate_key(2048)
SMALL = RSAAlgorithm.to_jwk(generate_private_key(65537, 1024).public_key(), as_dict=True)  # noqa: S505  (too short)


def jwk(key: Any = FIRST, *, private: bool = False, **changes: Any) -> dict[str, Any]:
    """A key as a pool publishes it; a change to None leaves the member out."""
    members = {**key.as_dict(private=private), "kid": "first", "use": "sig", "alg": "RS256", **changes}
    return {name: value for name, value in members.items() if value is not None}


def document(*keys: dict[str, Any]) -> Planned:
    return Planned(body=json.dumps({"keys": list(keys)}).encode())


@pytest.fixture
def server(settings: Any) -> Iterator[Loopback]:
    """A real JWKS server with one key, for a pool that no other test has."""
    with loopback() as running:
        settings.AWS_ENDPOINT_URL = running.endpoint
        settings.COGNITO_USER_POOL_ID = f"eu-north-1_{uuid.uuid4().hex}"
        running.plan = lambda _: document(jwk())
        yield running


@pytest.fixture
def keys(server: Loopback) -> KeyCache:
    return key_cache()


@pytest.fixture
def clock() -> Iterator[time_machine.Coordinates]:
    with time_machine.travel(NOW, tick=False) as coordinates:
        yield coordinates


def storm(keys: KeyCache) -> None:
    """Four hundred unknown key ids in sixteen threads that begin together."""
    together = threading.Barrier(16)

    def ask(_: int) -> None:
        together.wait()
        for _ in range(25):
            assert keys.find(uuid.uuid4().hex) is None

    with ThreadPoolExecutor(16) as threads:
        list(threads.map(ask, range(16)))


def test_keys_are_read_once_at_the_pools_address(server: Loopback, keys: KeyCache, settings: Any) -> None:
    for _ in range(3):
        found = keys.find("first")
        assert found
        assert found.public_numbers() == FIRST.public_key.public_numbers()
    assert server.asked == [f"/{settings.COGNITO_USER_POOL_ID}/.well-known/jwks.json"]
    assert key_cache() is keys


def test_unknown_ids_have_them_read_once_a_minute(
    server: Loopback, keys: KeyCache, clock: time_machine.Coordinates
) -> None:
    keys.find("first")
    storm(keys)
    assert len(server.asked) == 1
    for minute in (1, 2):
        clock.shift(60)
        storm(keys)
        assert len(server.asked) == 1 + minute


def test_threads_that_begin_together_read_them_once(server: Loopback, keys: KeyCache) -> None:
    storm(keys)
    assert len(server.asked) == 1


def test_a_key_that_is_new_at_the_pool_is_found(
    server: Loopback, keys: KeyCache, clock: time_machine.Coordinates
) -> None:
    keys.find("first")
    server.plan = lambda _: document(jwk(), jwk(SECOND, kid="second"))
    clock.shift(59)
    assert keys.find("second") is None
    clock.shift(1)
    assert keys.find("second")


def test_after_an_hour_they_are_read_again_and_a_withdrawn_key_is_gone(
    server: Loopback, keys: KeyCache, clock: time_machine.Coordinates
) -> None:
    assert keys.find("first")
    server.plan = lambda _: document(jwk(SECOND, kid="second"))
    clock.shift(3599)
    assert keys.find("first")
    clock.shift(1)
    assert keys.find("first") is None
    assert len(server.asked) == 2


def test_while_their_address_is_down_they_are_used_on(
    server: Loopback, keys: KeyCache, clock: time_machine.Coordinates, caplog: pytest.LogCaptureFixture
) -> None:
    keys.find("first")
    server.plan = lambda _: Planned(503)
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            clock.shift(3600)
            assert all(keys.find("first") for _ in range(10))
    assert len(server.asked) == 4
    assert caplog.messages == ["The keys of the user pool cannot be read: HTTP status 503"] * 3
    server.plan = lambda _: document(jwk(SECOND, kid="second"))
    clock.shift(60)
    assert keys.find("second")


def test_nobody_waits_for_a_renewal_with_a_key_at_hand(
    server: Loopback, keys: KeyCache, clock: time_machine.Coordinates
) -> None:
    keys.find("first")
    come, reading = threading.Event(), threading.Event()

    def hold(_: str) -> Planned:
        reading.set()
        answer = document(jwk())
        answer.hold = come
        return answer

    server.plan = hold
    clock.shift(3600)
    with ThreadPoolExecutor(1) as thread:
        renewing = thread.submit(keys.find, "first")
        assert reading.wait(5)
        assert keys.find("first")
        assert not renewing.done()
        come.set()
        assert renewing.result(5)


def test_without_any_key_nobody_is_served(server: Loopback, keys: KeyCache, clock: time_machine.Coordinates) -> None:
    server.plan = lambda _: Planned(500)
    for _ in range(5):
        with pytest.raises(Unavailable):
            keys.find("first")
        with pytest.raises(Unavailable):
            keys.published()
    assert len(server.asked) == 1
    server.plan = lambda _: document(jwk())
    clock.shift(5)
    assert keys.find("first")


def test_only_the_public_members_are_published(server: Loopback, keys: KeyCache) -> None:
    server.plan = lambda _: document(jwk(extra="x", x5u="https://attacker.example"))
    public = FIRST.as_dict(private=False)
    assert keys.published() == [
        {"kty": "RSA", "alg": "RS256", "use": "sig", "kid": "first", "n": public["n"], "e": public["e"]}
    ]


def test_publishing_reads_them_once_an_hour(server: Loopback, keys: KeyCache, clock: time_machine.Coordinates) -> None:
    for _ in range(3):
        keys.published()
        clock.shift(1199)
    assert len(server.asked) == 1
    clock.shift(3)
    keys.published()
    assert len(server.asked) == 2


UNUSABLE: dict[str, dict[str, Any]] = {
    "of an elliptic curve": jwk(ECKey.generate_key("P-256")),
    "a shared secret": jwk(OctKey.generate_key(256)),
    "too short": {**jwk(), "n": SMALL["n"]},
    "for encryption": jwk(use="enc"),
    "for another algorithm": jwk(alg="RS512"),
    "without an id": jwk(kid=None),
    "with a number as its id": jwk(kid=1),
    "without a modulus": jwk(n=None),
    "private": jwk(private=True),
}


@pytest.mark.parametrize("name", UNUSABLE)
def test_a_key_that_must_not_be_used_is_passed_over(server: Loopback, keys: KeyCache, name: str) -> None:
    server.plan = lambda _: document({**UNUSABLE[name]}, jwk(SECOND, kid="second"))
    assert keys.find("second")
    assert [published["kid"] for published in keys.published()] == ["second"]


def test_use_and_algorithm_may_be_left_out(server: Loopback, keys: KeyCache) -> None:
    server.plan = lambda _: document(jwk(use=None, alg=None))
    assert keys.find("first")


GOOD = document(jwk()).body
BAD_ANSWERS: dict[str, tuple[Callable[[str], Planned], str]] = {
    "an error": (lambda _: Planned(404, GOOD), "HTTP status 404"),
    "a redirect": (lambda _: Planned(302, GOOD, {"Location": "/elsewhere"}), "HTTP status 302"),
    "too much": (lambda _: Planned(200, GOOD + b" " * 65536), "more than 65536 bytes"),
    "compressed": (
        lambda _: Planned(200, gzip.compress(GOOD), {"Content-Encoding": "gzip"}),
        "not a set of JSON Web Keys",
    ),
    "no JSON": (lambda _: Planned(200, b"<html>"), "not a set of JSON Web Keys"),
    "a list": (lambda _: Planned(200, b"[]"), "not a set of JSON Web Keys"),
    "no keys": (lambda _: Planned(200, b'{"keys": 1}'), "not a set of JSON Web Keys"),
    "keys that are no objects": (lambda _: Planned(200, b'{"keys": [1]}'), "no RSA key for signatures"),
    "an empty set": (lambda _: Planned(200, b'{"keys": []}'), "no RSA key for signatures"),
    "a closed connection": (lambda _: Planned(cut=True), "ProtocolError"),
}


@pytest.mark.parametrize("name", BAD_ANSWERS)
def test_a_bad_answer_is_named_and_leaves_the_keys_as_they_were(server: Loopback, keys: KeyCache, name: str) -> None:
    assert keys.find("first")
    plan, reason = BAD_ANSWERS[name]
    server.plan = plan
    with pytest.raises(JwksUnreadable, match=reason):
        keys.read()
    assert keys.find("first")
    assert len(server.asked) == 2


def test_without_a_stand_in_they_are_the_pools_own_address(settings: Any) -> None:
    settings.AWS_ENDPOINT_URL = ""
    settings.COGNITO_USER_POOL_ID = "eu-north-1_AbCdEfGhI"
    assert jwks_url() == "https://cognito-idp.eu-north-1.amazonaws.com/eu-north-1_AbCdEfGhI/.well-known/jwks.json"
