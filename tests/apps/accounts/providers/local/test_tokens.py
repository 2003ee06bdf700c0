from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from typing import Any

import jwt
import pytest
import time_machine
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from django.test import Client

from apps.accounts.providers.interface import Claims
from apps.accounts.providers.local.keys import signing_key
from apps.accounts.providers.local.tokens import access_claims, issue_access_token, issue_id_token, verified_claims
from apps.accounts.tokens import verify_access_token
from movierec.api.authentication import Principal
from movierec.api.errors import Unauthorized

NOW = 1_800_000_000


def claims(**changes: Any) -> dict[str, Any]:
    now = int(time.time())
    good = {
        "iss": "https://movierec.local/identity",
        "sub": "user-1",
        "token_use": "access",
        "client_id": "movierec-web",
        "scope": "openid email",
        "jti": "jti-1",
        "origin_jti": "session-1",
        "iat": now,
        "nbf": now,
        "exp": now + 3600,
    }
    changed = {**good, **changes}
    return {name: value for name, value in changed.items() if value is not None}


def signed(content: dict[str, Any], headers: dict[str, Any] | None = None, key: Any = None) -> str:
    ours = signing_key()
    return jwt.encode(content, key or ours.private, algorithm="RS256", headers={"kid": ours.kid, **(headers or {})})


def segment(content: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()


def strangers_key() -> RSAPrivateKey:
    return generate_private_key(65537, 2048)


def with_hs256_and_our_public_key() -> str:
    pem = signing_key().public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    head = f"{segment({'alg': 'HS256', 'typ': 'JWT', 'kid': signing_key().kid})}.{segment(claims())}"
    mac = hmac.new(pem, head.encode(), hashlib.sha256).digest()
    return f"{head}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"


def with_embedded_key() -> str:
    key = strangers_key()
    jwk = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key()))
    return signed(claims(), {"jwk": jwk}, key)


def cut() -> str:
    token = signed(claims())
    return token[: len(token) - 10]


def changed_payload() -> str:
    header, _, signature = signed(claims()).split(".")
    return f"{header}.{segment(claims(sub='someone-else'))}.{signature}"


def deep_header() -> str:
    deep = base64.urlsafe_b64encode(b'{"a":' + b"[" * 3000 + b"]" * 3000).rstrip(b"=").decode()
    return f"{deep}.{segment(claims())}.AAAA"


ATTACKS: dict[str, Callable[[], str]] = {
    "alg none": lambda: f"{segment({'alg': 'none', 'typ': 'JWT'})}.{segment(claims())}.",
    "alg none under our kid": lambda: f"{segment({'alg': 'none', 'kid': signing_key().kid})}.{segment(claims())}.AA",
    "HS256 with our public key": with_hs256_and_our_public_key,
    "a stranger's key under our kid": lambda: signed(claims(), key=strangers_key()),
    "another kid": lambda: signed(claims(), {"kid": "other"}),
    "no kid": lambda: jwt.encode(claims(), signing_key().private, algorithm="RS256"),
    "RS512": lambda: jwt.encode(claims(), signing_key().private, algorithm="RS512", headers={"kid": signing_key().kid}),
    "jku": lambda: signed(claims(), {"jku": "https://attacker.example/jwks.json"}, strangers_key()),
    "jku, signed by us": lambda: signed(claims(), {"jku": "https://attacker.example/jwks.json"}),
    "x5u": lambda: signed(claims(), {"x5u": "https://attacker.example/chain.pem"}, strangers_key()),
    "jwk": with_embedded_key,
    "crit": lambda: signed(claims(), {"crit": ["b64"], "b64": True}),
    "id token": lambda: issue_id_token("user-1", email="a@example.com", session_id="s"),
    "token_use id with access claims": lambda: signed(claims(token_use="id")),
    "other issuer": lambda: signed(claims(iss="https://other.example")),
    "no issuer": lambda: signed(claims(iss=None)),
    "other client": lambda: signed(claims(client_id="other")),
    "client as a list": lambda: signed(claims(client_id=["movierec-web"])),
    "an audience": lambda: signed(claims(aud="movierec-web")),
    "expired": lambda: signed(claims(exp=int(time.time()) - 61)),
    "no expiry": lambda: signed(claims(exp=None)),
    "expiry as text": lambda: signed(claims(exp="soon")),
    "not yet valid": lambda: signed(claims(nbf=int(time.time()) + 120)),
    "issued in the future": lambda: signed(claims(iat=int(time.time()) + 120)),
    "no subject": lambda: signed(claims(sub=None)),
    "subject as a number": lambda: signed({**claims(), "sub": 1}),
    "no session": lambda: signed(claims(origin_jti=None)),
    "oversized": lambda: signed(claims(padding="x" * 9000)),
    "truncated": cut,
    "changed payload": changed_payload,
    "deep header": deep_header,
    "payload that is no object": lambda: f"{signing_key().header}.{segment([1])}.AAAA",
    "non-ASCII": lambda: signed(claims())[:-1] + "é",
    "only dots": lambda: "..",
}


@pytest.mark.parametrize("name", ATTACKS)
def test_every_attack_is_answered_alike(client: Client, name: str) -> None:
    token = ATTACKS[name]().encode().decode("latin-1")
    answer = client.get("/user/preferences", headers={"authorization": f"Bearer {token}"})
    body = answer.json()
    assert answer.status_code == 401
    assert body["error"] == "Authentication failed"
    assert body["message"] == "Unauthorized"
    assert body["details"] == "Invalid or expired token"


@pytest.mark.parametrize("name", ATTACKS)
def test_every_attack_is_refused(name: str) -> None:
    with pytest.raises(Unauthorized) as caught:
        verify_access_token(ATTACKS[name]())
    assert caught.value.sentence == "Authentication failed"
    assert caught.value.details == "Invalid or expired token"


def test_the_token_that_the_attacks_vary_is_good(tables: None) -> None:
    token = signed(claims())
    assert verify_access_token(token) == Principal("user-1", None, "session-1", verified_claims(token).signed_in_at)


@time_machine.travel(NOW, tick=False)
def test_an_access_token_has_exactly_these_claims() -> None:
    token = issue_access_token("user-1", email="Ann@Example.com", session_id="session-1", signed_in_at=NOW - 500)
    assert verified_claims(token) == Claims("user-1", "session-1", NOW - 500, "Ann@Example.com")
    found = access_claims(token)
    assert len(found.pop("jti")) == 36
    assert found == {
        "iss": "https://movierec.local/identity",
        "sub": "user-1",
        "origin_jti": "session-1",
        "auth_time": NOW - 500,
        "iat": NOW,
        "nbf": NOW,
        "exp": NOW + 3600,
        "token_use": "access",
        "client_id": "movierec-web",
        "scope": "openid email",
        "email": "Ann@Example.com",
    }
    assert jwt.get_unverified_header(token) == {"alg": "RS256", "kid": signing_key().kid, "typ": "JWT"}


@time_machine.travel(NOW, tick=False)
def test_an_id_token_names_its_client_as_audience() -> None:
    token = issue_id_token("user-1", email="a@example.com", session_id="session-1", signed_in_at=NOW - 500)
    found = jwt.decode(token, signing_key().public, algorithms=["RS256"], audience="movierec-web")
    assert found["token_use"] == "id"
    assert (found["email"], found["email_verified"], found["auth_time"]) == ("a@example.com", True, NOW - 500)
    assert "client_id" not in found


@time_machine.travel(NOW, tick=False)
def test_a_token_without_the_time_of_its_sign_in_counts_from_its_issue() -> None:
    assert verified_claims(signed(claims(iat=NOW - 9))).signed_in_at == NOW - 9
    assert verified_claims(issue_access_token("u", email="a@example.com", session_id="s")).signed_in_at == NOW


def test_the_principal_is_the_subject(tables: None) -> None:
    token = issue_access_token("user-1", email="a@example.com", session_id="s", signed_in_at=NOW)
    assert verify_access_token(token) == Principal("user-1", "a@example.com", "s", NOW)


@pytest.mark.parametrize(("moment", "good"), [(3600 + 59, True), (3600 + 61, False), (-59, True), (-61, False)])
def test_clocks_may_differ_by_a_minute(tables: None, moment: int, good: bool) -> None:
    with time_machine.travel(NOW, tick=False):
        token = issue_access_token("user-1", email="a@example.com", session_id="s")
    with time_machine.travel(NOW + moment, tick=False):
        if good:
            assert verify_access_token(token).user_id == "user-1"
        else:
            with pytest.raises(Unauthorized):
                verify_access_token(token)
