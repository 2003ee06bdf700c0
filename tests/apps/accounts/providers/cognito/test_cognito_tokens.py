"""Access tokens of a pool, signed by a second library and checked with keys from a real JWKS server."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey
from joserfc.jws import JWSRegistry

from apps.accounts.providers.cognito.tokens import verified_claims
from apps.accounts.providers.interface import Claims
from movierec.api.errors import Unauthorized, Unavailable
from tests.apps.accounts.providers.cognito.loopback import Loopback, Planned, loopback

NOW = 1_800_000_000
KEY, IDS, STRANGERS, CURVE = (
    RSAKey.generate_key(2048),
    RSAKey.generate_key(2048),
    RSAKey.generate_key(2048),
    ECKey.generate_key("P-256"),
)
POOL = f"eu-north-1_{uuid.uuid4().hex}"
ISSUER = f"https://cognito-idp.eu-north-1.amazonaws.com/{POOL}"
REGISTRY = JWSRegistry(algorithms=["RS256", "RS512", "PS256", "ES256"], strict_check_header=False)


def published(kid: str, key: RSAKey) -> dict[str, Any]:
    return {**key.as_dict(private=False), "kid": kid, "use": "sig", "alg": "RS256"}


@pytest.fixture(scope="module")
def running() -> Iterator[Loopback]:
    with loopback() as server:
        body = json.dumps({"keys": [published("access", KEY), published("id", IDS)]}).encode()
        server.plan = lambda _: Planned(body=body)
        yield server


@pytest.fixture(autouse=True)
def pool(running: Loopback, settings: Any) -> None:
    """A pool with two clients of ours, and the key of its id tokens beside that of its access tokens."""
    settings.AWS_ENDPOINT_URL = running.endpoint
    settings.COGNITO_USER_POOL_ID = POOL
    settings.COGNITO_CLIENT_IDS = ("web", "api")


def claims(**changes: Any) -> dict[str, Any]:
    """What a pool writes into an access token; a change to None leaves the claim out."""
    now = int(time.time())
    good = {
        "sub": "user-1",
        "iss": ISSUER,
        "client_id": "web",
        "origin_jti": "session-1",
        "event_id": "event-1",
        "token_use": "access",
        "scope": "aws.cognito.signin.user.admin",
        "auth_time": now - 600,
        "exp": now + 3600,
        "iat": now,
        "jti": "jti-1",
        "username": "user-1",
    }
    return {name: value for name, value in {**good, **changes}.items() if value is not None}


def signed(content: dict[str, Any], header: dict[str, Any] | None = None, key: Any = KEY) -> str:
    named = {"alg": "RS256", "kid": "access", **(header or {})}
    kept = {name: value for name, value in named.items() if value is not None}
    return jwt.encode(kept, content, key, registry=REGISTRY)


def segment(content: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()


def by_hand(header: Any, content: Any) -> str:
    """A token with any header, signed by the pool's own key."""
    head = f"{segment(header)}.{segment(content)}"
    signature = KEY.private_key.sign(head.encode(), PKCS1v15(), hashes.SHA256())
    return f"{head}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def with_hs256(secret: bytes) -> str:
    head = f"{segment({'alg': 'HS256', 'typ': 'JWT', 'kid': 'access'})}.{segment(claims())}"
    mac = hmac.new(secret, head.encode(), hashlib.sha256).digest()
    return f"{head}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"


def own(**header: Any) -> dict[str, Any]:
    return {"alg": "RS256", "kid": "access", **header}


def in_seconds(seconds: int) -> int:
    return int(time.time()) + seconds


def changed_content() -> str:
    header, _, signature = signed(claims()).split(".")
    return f"{header}.{segment(claims(sub='someone-else'))}.{signature}"


ATTACKS: dict[str, Callable[[], str]] = {
    "alg none": lambda: f"{segment({'alg': 'none', 'kid': 'access'})}.{segment(claims())}.",
    "alg None": lambda: f"{segment({'alg': 'None', 'kid': 'access'})}.{segment(claims())}.AA",
    "no alg": lambda: by_hand({"kid": "access"}, claims()),
    "HS256 with the public key in PEM": lambda: with_hs256(KEY.as_pem(private=False)),
    "HS256 with the public key in DER": lambda: with_hs256(KEY.as_der(private=False)),
    "HS256 with the modulus": lambda: with_hs256(KEY.as_dict(private=False)["n"].encode()),
    "RS512 by the pool": lambda: signed(claims(), {"alg": "RS512"}),
    "PS256 by the pool": lambda: signed(claims(), {"alg": "PS256"}),
    "ES256": lambda: signed(claims(), {"alg": "ES256"}, CURVE),
    "a stranger's key under the pool's id": lambda: signed(claims(), key=STRANGERS),
    "the other key of the pool under this id": lambda: signed(claims(), key=IDS),
    "an unknown kid": lambda: signed(claims(), {"kid": "other"}),
    "no kid": lambda: signed(claims(), {"kid": None}),
    "a kid that is a path": lambda: signed(claims(), {"kid": "../../../../dev/null"}),
    "a kid that is a number": lambda: by_hand(own(kid=1), claims()),
    "a kid that is a list": lambda: by_hand(own(kid=["access"]), claims()),
    "jku": lambda: by_hand(own(jku="https://attacker.example/jwks.json"), claims()),
    "x5u": lambda: by_hand(own(x5u="https://attacker.example/chain.pem"), claims()),
    "x5c": lambda: by_hand(own(x5c=["AAAA"]), claims()),
    "jwk": lambda: by_hand(own(jwk=STRANGERS.as_dict(private=False)), claims()),
    "crit": lambda: by_hand(own(crit=["exp"]), claims()),
    "content apart": lambda: by_hand(own(b64=False, crit=["b64"]), claims()),
    "id token": lambda: signed(
        claims(token_use="id", client_id=None, aud="web", email="ann@example.com"), {"kid": "id"}, IDS
    ),
    "id token with a client id": lambda: signed(claims(token_use="id")),
    "refresh token": lambda: signed(claims(token_use="refresh")),
    "no token_use": lambda: signed(claims(token_use=None)),
    "another pool": lambda: signed(claims(iss="https://cognito-idp.eu-north-1.amazonaws.com/eu-north-1_Other")),
    "another region": lambda: signed(claims(iss=ISSUER.replace("eu-north-1.", "us-east-1."))),
    "issuer in a list": lambda: signed(claims(iss=[ISSUER])),
    "no issuer": lambda: signed(claims(iss=None)),
    "another client": lambda: signed(claims(client_id="other")),
    "clients in a list": lambda: signed(claims(client_id=["web"])),
    "no client": lambda: signed(claims(client_id=None)),
    "an audience": lambda: signed(claims(aud="web")),
    "expired": lambda: signed(claims(exp=in_seconds(-61))),
    "no expiry": lambda: signed(claims(exp=None)),
    "expiry as text": lambda: signed(claims(exp="soon")),
    "not yet valid": lambda: signed(claims(nbf=in_seconds(120))),
    "issued in the future": lambda: signed(claims(iat=in_seconds(120))),
    "no moment of issue": lambda: signed(claims(iat=None)),
    "no subject": lambda: signed(claims(sub=None)),
    "a subject that is a number": lambda: by_hand(own(), {**claims(), "sub": 1}),
    "no token id": lambda: signed(claims(jti=None)),
    "oversized": lambda: signed(claims(padding="x" * 9000)),
    "a large header": lambda: by_hand(own(padding="x" * 600), claims()),
    "a deep header": lambda: f"{segment(json.loads('[' * 90 + ']' * 90))}.{segment(claims())}.AAAA",
    "truncated": lambda: signed(claims())[:-10],
    "changed content": changed_content,
    "content that is no object": lambda: by_hand(own(), [1]),
    "two parts": lambda: signed(claims()).rpartition(".")[0],
    "five parts": lambda: signed(claims()) + ".AAAA.AAAA",
    "non-ASCII": lambda: signed(claims())[:-1] + "é",
    "a null": lambda: signed(claims()) + "\x00",
    "only dots": lambda: "..",
    "empty": lambda: "",
    "nonsense": lambda: "nonsense",
}


@pytest.mark.parametrize("name", ATTACKS)
def test_every_attack_is_refused_alike(name: str) -> None:
    with pytest.raises(Unauthorized) as caught:
        verified_claims(ATTACKS[name]())
    assert (caught.value.status, caught.value.sentence) == (401, "Authentication failed")
    assert caught.value.details == "Invalid or expired token"


def test_no_attack_has_an_address_asked(running: Loopback) -> None:
    verified_claims(signed(claims()))
    running.asked.clear()
    for attack in ATTACKS.values():
        with pytest.raises(Unauthorized):
            verified_claims(attack())
    assert running.asked == []


@pytest.mark.parametrize("client_id", ["web", "api"])
def test_the_token_that_the_attacks_vary_is_good_for_each_client(client_id: str) -> None:
    with time_machine.travel(NOW, tick=False):
        found = verified_claims(signed(claims(client_id=client_id)))
    assert found == Claims("user-1", "session-1", NOW - 600, None)


def test_a_pool_without_revocation_has_a_session_for_each_token() -> None:
    with time_machine.travel(NOW, tick=False):
        found = verified_claims(signed(claims(origin_jti=None, auth_time=None)))
    assert found == Claims("user-1", "jti-1", NOW, None)


@pytest.mark.parametrize(("moment", "good"), [(3600 + 59, True), (3600 + 61, False), (-59, True), (-61, False)])
def test_clocks_may_differ_by_a_minute(moment: int, good: bool) -> None:
    with time_machine.travel(NOW, tick=False):
        token = signed(claims(nbf=NOW))
    with time_machine.travel(NOW + moment, tick=False):
        if good:
            assert verified_claims(token).user_id == "user-1"
        else:
            with pytest.raises(Unauthorized):
                verified_claims(token)


def test_without_any_key_the_fault_is_not_the_tokens(settings: Any) -> None:
    settings.AWS_ENDPOINT_URL = "http://127.0.0.1:9"
    with pytest.raises(Unavailable):
        verified_claims(signed(claims()))
