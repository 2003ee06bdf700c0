"""Tokens that must not be taken: each is a 401 in the contract's words and stores nothing, for both providers.

Some are signed with the right key: an issuer that is confused, or another client of the same pool, gets no further
than a stranger.
"""

from __future__ import annotations

import json
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable, Iterator
from time import time
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, generate_private_key
from django.conf import settings as django_settings
from django.test import Client

from apps.accounts.providers import provider
from movierec.dynamo.registry import tables as every_table
from tests.contract.issuers import (
    CLIENT_ID,
    POOL_ID,
    Issuer,
    KeyServer,
    b64,
    compact,
    encoded,
    hs,
    key_server,
    pool_claims,
    private_key,
    ps256,
    public_jwk,
    read_token,
    rs,
    unsigned,
)

SignIn = Callable[..., dict[str, str]]
Attack = Callable[[Issuer], str]
# Status, error, message, details and WWW-Authenticate.
Answer = tuple[Any, ...]
THEIRS = private_key("a stranger's")
FAILED = ("Authentication failed", "Invalid or expired token")
ALGORITHM_NONE = ["none", "None", "NONE", "nOnE"]
DER, PEM = serialization.Encoding.DER, serialization.Encoding.PEM
PublicFormat = serialization.PublicFormat


def parts(number: int) -> tuple[str, str]:
    return "Invalid JWT token format", f"Expected 3 parts separated by dots, got {number} parts"


@pytest.fixture(params=["local", "cognito"])
def issuer(request: pytest.FixtureRequest, sign_in: SignIn, settings: Any) -> Iterator[Issuer]:
    """Each of the two whose tokens the service may be told to take."""
    provider.cache_clear()
    if request.param == "local":
        yield local_issuer(sign_in)
    else:
        with key_server(public_jwk(private_key("the pool's"), "pool-key-1")) as server:
            yield pool_issuer(server, settings)
    provider.cache_clear()


def local_issuer(sign_in: SignIn) -> Issuer:
    header, claims = read_token(sign_in("user-1")["authorization"].removeprefix("Bearer "))
    key = serialization.load_pem_private_key(django_settings.TOKEN_KEY_FILE.read_bytes(), password=None)
    return Issuer(key, header, claims, django_settings.TOKEN_CLIENT_ID, b64(b"an opaque text" * 3))  # type: ignore[arg-type]


def pool_issuer(server: KeyServer, settings: Any) -> Issuer:
    settings.IDENTITY_PROVIDER = "cognito"
    settings.COGNITO_USER_POOL_ID = POOL_ID
    settings.COGNITO_CLIENT_IDS = (CLIENT_ID,)
    # The tables' connection is made already and stays where it is.
    settings.AWS_ENDPOINT_URL = server.address
    # A refresh token of a pool is encrypted, in five parts.
    refresh_token = ".".join([encoded({"cty": "JWT", "enc": "A256GCM", "alg": "RSA-OAEP"}), *"abcd"])
    header = {"kid": "pool-key-1", "alg": "RS256"}
    return Issuer(private_key("the pool's"), header, pool_claims(), CLIENT_ID, refresh_token)


def stored() -> list[list[Any]]:
    """Every row of every table, but for the counters of requests."""
    found = []
    for table in every_table():
        rows = [row for row in table.scan_rows() if not str(row.get("pk", "")).startswith("RATE#")]
        found.append(sorted(rows, key=repr))
    return found


def refusal(error: str, details: str | None) -> set[Answer]:
    return {(401, error, "Unauthorized", details, 'Bearer realm="movierec"')}


def answers(client: Client, authorization: str) -> set[Answer]:
    """What GET and POST answer."""
    headers = {"authorization": authorization}
    body = {"mediaId": "603", "mediaType": "movie", "title": "The Matrix"}
    responses = (
        client.get("/user/favourites", headers=headers),
        client.post("/user/favourites", body, content_type="application/json", headers=headers),
    )
    return {answer_of(response) for response in responses}


def answer_of(response: Any) -> Answer:
    body = response.json()
    texts = [body.get(name) for name in ("error", "message", "details")]
    return (response.status_code, *texts, response.get("WWW-Authenticate"))


def assert_refused(client: Client, authorization: str, error: str, details: str | None) -> None:
    """GET and POST answer 401 with these texts and leave every table as it was."""
    before = stored()
    assert answers(client, authorization) == refusal(error, details)
    assert stored() == before


def assert_all_fail(client: Client, issuer: Issuer, attacks: dict[str, Attack]) -> None:
    """All of these are refused as tokens that are not good, and the good one is still taken afterwards."""
    before = stored()
    answered = {name: answers(client, f"Bearer {attack(issuer)}") for name, attack in attacks.items()}
    assert {name: found for name, found in answered.items() if found != refusal(*FAILED)} == {}
    assert stored() == before
    headers = {"authorization": f"Bearer {issuer.access()}"}
    assert client.get("/user/favourites", headers=headers).status_code == 200


# Signatures and headers.


def with_algorithm(name: Any) -> Attack:
    return lambda issuer: compact({**issuer.header, "alg": name}, issuer.claims, unsigned)


def with_algorithm_and_signature(name: Any) -> Attack:
    return lambda issuer: issuer.signed(issuer.claims, alg=name)


def hmac_with_public_key(bits: int, secret: Callable[[Issuer], bytes]) -> Attack:
    return lambda issuer: compact({**issuer.header, "alg": f"HS{bits}"}, issuer.claims, hs(secret(issuer), bits))


def public(encoding: serialization.Encoding, form: PublicFormat) -> Callable[[Issuer], bytes]:
    return lambda issuer: issuer.key.public_key().public_bytes(encoding, form)


def elliptic(issuer: Issuer) -> str:
    key = generate_private_key(SECP256R1())
    header = {**issuer.header, "alg": "ES256"}
    return compact(header, issuer.claims, lambda data: key.sign(data, ECDSA(hashes.SHA256())))


def without_header(name: str) -> Attack:
    def attack(issuer: Issuer) -> str:
        header = {member: value for member, value in issuer.header.items() if member != name}
        return compact(header, issuer.claims, rs(issuer.key))

    return attack


def right_key(**header: Any) -> Attack:
    return lambda issuer: issuer.signed(issuer.claims, **header)


def their_key(**header: Any) -> Attack:
    return lambda issuer: issuer.forged(THEIRS, **header)


SIGNATURES: dict[str, Attack] = {
    **{f"alg {name}": with_algorithm(name) for name in ALGORITHM_NONE},
    **{f"alg {name}, signed": with_algorithm_and_signature(name) for name in ALGORITHM_NONE},
    **{f"alg {name!r}": with_algorithm_and_signature(name) for name in ("rs256", "", None, ["RS256"], 256, {})},
    **{
        f"HS{bits} by the public key in PEM": hmac_with_public_key(bits, public(PEM, PublicFormat.SubjectPublicKeyInfo))
        for bits in (256, 384, 512)
    },
    **{
        f"HS{bits} by the public key in DER": hmac_with_public_key(bits, public(DER, PublicFormat.SubjectPublicKeyInfo))
        for bits in (256, 384, 512)
    },
    "HS256 by the public key in PKCS1 PEM": hmac_with_public_key(256, public(PEM, PublicFormat.PKCS1)),
    "HS256 by the PEM without its last line end": hmac_with_public_key(
        256, lambda issuer: public(PEM, PublicFormat.SubjectPublicKeyInfo)(issuer).strip()
    ),
    "HS256 by the public key's JWK": hmac_with_public_key(
        256, lambda issuer: json.dumps(public_jwk(issuer.key, issuer.header["kid"])).encode()
    ),
    "HS256 by an empty secret": hmac_with_public_key(256, lambda _: b""),
    "RS384 by the right key": lambda issuer: compact(
        {**issuer.header, "alg": "RS384"}, issuer.claims, rs(issuer.key, hashes.SHA384())
    ),
    "RS512 by the right key": lambda issuer: compact(
        {**issuer.header, "alg": "RS512"}, issuer.claims, rs(issuer.key, hashes.SHA512())
    ),
    "PS256 by the right key": lambda issuer: compact(
        {**issuer.header, "alg": "PS256"}, issuer.claims, ps256(issuer.key)
    ),
    "PS256 that says RS256": lambda issuer: compact(issuer.header, issuer.claims, ps256(issuer.key)),
    "ES256": elliptic,
    "no alg": without_header("alg"),
    "no kid": without_header("kid"),
    **{
        f"kid {kid!r} by the right key": right_key(kid=kid)
        for kid in ("other", "", None, 1, ["pool-key-1"], {}, "../../dev/null", "' OR 1=1 --", "k" * 4000)
    },
    "the right kid by another key": their_key(),
    "another kid by another key": their_key(kid="theirs"),
    "its key in the header": their_key(kid="theirs", jwk=public_jwk(THEIRS, "theirs")),
    "its key in the header under the right kid": their_key(jwk=public_jwk(THEIRS, "theirs")),
    "a certificate in the header": their_key(x5c=[b64encode(b"certificate").decode()]),
    "the right key in the header": lambda issuer: issuer.signed(
        issuer.claims, jwk=public_jwk(issuer.key, issuer.header["kid"])
    ),
    "a certificate beside the right key": right_key(x5c=[b64encode(b"certificate").decode()]),
    "crit": right_key(crit=["exp"]),
    "crit of an unknown extension": right_key(crit=["x"], x=1),
    "crit that is empty": right_key(crit=[]),
    "b64 false": right_key(crit=["b64"], b64=False),
    "typ at+jwt": their_key(typ="at+jwt"),
    "typ JWE": their_key(typ="JWE", enc="A256GCM"),
    "cty JWT": their_key(cty="JWT"),
    "a zipped payload": right_key(crit=["zip"], zip="DEF"),
    "two algorithms in the header": lambda issuer: compact(
        b'{"alg":"none",' + json.dumps(issuer.header).encode()[1:], issuer.claims, unsigned
    ),
    "a header that is a list": lambda issuer: compact(b"[]", issuer.claims, rs(issuer.key)),
    "a header that is no JSON": lambda issuer: compact(b"{", issuer.claims, rs(issuer.key)),
    "a header that is no UTF-8": lambda issuer: compact(b"\xff\xfe", issuer.claims, rs(issuer.key)),
    "a deep header": lambda issuer: compact(b"[" * 3000, issuer.claims, rs(issuer.key)),
}


def test_signatures_and_headers(client: Client, issuer: Issuer) -> None:
    assert_all_fail(client, issuer, SIGNATURES)


def test_no_address_in_a_header_is_asked(client: Client, issuer: Issuer) -> None:
    with key_server(public_jwk(THEIRS, "theirs")) as evil:
        address = f"{evil.address}/.well-known/jwks.json"
        attacks: dict[str, Attack] = {}
        for name in ("jku", "x5u"):
            attacks[f"{name}, the right kid"] = their_key(**{name: address})
            attacks[f"{name}, its own kid"] = their_key(**{name: address, "kid": "theirs"})
            attacks[f"{name}, signed with the right key"] = right_key(**{name: address})
        assert_all_fail(client, issuer, attacks)
        assert evil.asked == []


# Claims, all signed with the right key.


def claims(**changes: Any) -> Attack:
    return lambda issuer: issuer.access(**changes)


def times(**shifts: int) -> Attack:
    return lambda issuer: issuer.access(**{name: int(time()) + shift for name, shift in shifts.items()})


def raw(change: Callable[[bytes], bytes]) -> Attack:
    """The good claims as bytes that `change` has changed."""
    return lambda issuer: issuer.signed(change(json.dumps(issuer.claims, separators=(",", ":")).encode()))


def as_is(payload: bytes) -> Attack:
    return raw(lambda _: payload)


def number(name: str, literal: bytes) -> Attack:
    """A claim as this JSON text."""

    def change(payload: bytes) -> bytes:
        rest = {member: value for member, value in json.loads(payload).items() if member != name}
        return json.dumps(rest).encode()[:-1] + b',"' + name.encode() + b'":' + literal + b"}"

    return raw(change)


def id_token(issuer: Issuer) -> str:
    return issuer.access(token_use="id", aud=issuer.audience, client_id=None, scope=None)


CLAIMS: dict[str, Attack] = {
    "an id token": id_token,
    "an id token with the client's id": claims(token_use="id"),
    **{f"token_use {use!r}": claims(token_use=use) for use in (None, "", "refresh", "Access", ["access"], True)},
    **{f"iss {iss!r}": claims(iss=iss) for iss in (None, "", "https://evil.example", 1, {})},
    "another pool": claims(iss="https://cognito-idp.eu-north-1.amazonaws.com/eu-north-1_Other0000"),
    "the issuer's start": lambda issuer: issuer.access(iss=issuer.claims["iss"][:-1]),
    "the issuer and more": lambda issuer: issuer.access(iss=issuer.claims["iss"] + "/"),
    "the issuer in capitals": lambda issuer: issuer.access(iss=issuer.claims["iss"].upper()),
    "the issuer in a list": lambda issuer: issuer.access(iss=[issuer.claims["iss"]]),
    **{f"client_id {name!r}": claims(client_id=name) for name in ("", "another", 1)},
    "no client": claims(client_id=None),
    "aud in place of client_id": lambda issuer: issuer.access(client_id=None, aud=issuer.audience),
    "the client in a list": lambda issuer: issuer.access(client_id=[issuer.audience]),
    "the client and more": lambda issuer: issuer.access(client_id=issuer.audience + " "),
    "expired": times(iat=-3700, auth_time=-3700, exp=-90),
    "not yet valid": times(nbf=90),
    "issued in the future": times(iat=90, exp=3690),
    "issued far in the future": times(iat=10**9, exp=10**9 + 3600),
    "no exp": claims(exp=None),
    "no iat": claims(iat=None),
    **{
        f"exp {literal.decode()}": number("exp", literal)
        for literal in (
            b"null",
            b'"tomorrow"',
            b'""',
            b"[9999999999]",
            b"{}",
            b"true",
            b"0",
            b"-1",
            b"-1e300",
            b"1e999",
            b"NaN",
            b"Infinity",
            b"-Infinity",
        )
    },
    "exp as digits in a text": number("exp", b'"9999999999"'),
    "exp with a fraction": lambda issuer: issuer.access(exp=time() + 1800.5),
    "exp 1e300": number("exp", b"1e300"),
    "exp of forty digits": number("exp", b"9" * 40),
    "a life of two days": times(exp=2 * 24 * 3600),
    **{f"nbf {literal.decode()}": number("nbf", literal) for literal in (b'"soon"', b"[0]", b"1e999", b"9999999999")},
    **{f"iat {literal.decode()}": number("iat", literal) for literal in (b'"now"', b"[0]", b"1e999", b"null")},
    "no sub": claims(sub=None),
    **{f"sub {sub!r}": claims(sub=sub) for sub in (1, ["user-1"], {}, True)},
    "too long": claims(note="x" * 8192),
    "a payload that is a list": as_is(b"[]"),
    "a payload that is a text": as_is(b'"access"'),
    "a payload that is null": as_is(b"null"),
    "a payload that is empty": as_is(b""),
    "a payload that is no JSON": as_is(b'{"sub":'),
    "a payload that is no UTF-8": as_is(b'{"sub":"\xff"}'),
    "a deep payload": as_is(b'{"sub":' + b"[" * 5000 + b"]" * 5000 + b"}"),
    "exp twice, the last expired": raw(lambda payload: payload[:-1] + b',"exp":1}'),
    "client_id twice, the last another's": raw(lambda payload: payload[:-1] + b',"client_id":"another"}'),
}


def test_claims(client: Client, issuer: Issuer) -> None:
    assert_all_fail(client, issuer, CLAIMS)


# What was done to a good token on its way.


def part(number: int, change: Callable[[str], str]) -> Attack:
    def attack(issuer: Issuer) -> str:
        pieces = issuer.access().split(".")
        pieces[number] = change(pieces[number])
        return ".".join(pieces)

    return attack


def flipped(position: int) -> Callable[[str], str]:
    """The part with one bit of one character's value flipped."""

    def change(text: str) -> str:
        alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
        index = position % len(text)
        other = alphabet[alphabet.index(text[index]) ^ 32]
        return text[:index] + other + text[index + 1 :]

    return change


def loose_bits(text: str) -> str:
    """The same bytes, written with a bit set that the last character does not need."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    assert len(text) % 4
    return text[:-1] + alphabet[alphabet.index(text[-1]) ^ 1]


def twice_in_payload(issuer: Issuer) -> str:
    header, payload, signature = issuer.access().split(".")
    changed = json.dumps(read_token(f"{header}.{payload}.")[1])[:-1] + ',"sub":"user-2"}'
    return f"{header}.{encoded(changed.encode())}.{signature}"


DAMAGE: dict[str, Attack] = {
    **{f"part {number} empty": part(number, lambda _: "") for number in range(3)},
    **{f"part {number} cut short": part(number, lambda text: text[:-1]) for number in range(3)},
    **{f"part {number} cut in half": part(number, lambda text: text[: len(text) // 2]) for number in range(3)},
    **{f"part {number} padded": part(number, lambda text: text + "=" * (-len(text) % 4 or 1)) for number in range(3)},
    **{
        f"part {number} with {name} inside": part(number, lambda text, c=character: text[:9] + c + text[9:])  # type: ignore[misc]
        for number in range(3)
        for name, character in (
            ("a space", " "),
            ("a tab", "\t"),
            ("a line end", "\r\n"),
            ("a NUL", "\0"),
            ("an umlaut", "\xe4"),
            ("a percent", "%41"),
            ("junk", "!!!!"),
        )
    },
    **{
        f"bit of character {position} of part {number} flipped": part(number, flipped(position))
        for number in range(3)
        for position in (3, 40, -2)
    },
    "the signature with loose bits": part(2, loose_bits),
    "the signature in the other alphabet": part(2, lambda text: (text + "==").translate(str.maketrans("-_", "+/"))),
    "the signature twice": part(2, lambda text: text + text),
    "no dots but the empty parts": lambda _: "..",
    "another's payload": lambda issuer: ".".join(
        [issuer.access().split(".")[0], encoded({**issuer.claims, "sub": "user-2"}), issuer.access().split(".")[2]]
    ),
    "another sub behind the first": twice_in_payload,
    "encoded twice": part(1, lambda text: urlsafe_b64encode(text.encode()).decode()),
    "Bearer again": lambda issuer: f"Bearer {issuer.access()}",
    "a comma behind it": lambda issuer: f"{issuer.access()},",
    "a second scheme behind it": lambda issuer: f"{issuer.access()}, Basic dXNlcjpwYXNzd29yZA==",
    "quoted": lambda issuer: f'"{issuer.access()}"',
    "very long": lambda issuer: issuer.access() + "A" * 100_000,
}


def test_damaged_on_the_way(client: Client, issuer: Issuer) -> None:
    assert_all_fail(client, issuer, DAMAGE)


def test_a_refresh_token_is_no_access_token(client: Client, issuer: Issuer) -> None:
    number = issuer.refresh_token.count(".") + 1
    assert_refused(client, f"Bearer {issuer.refresh_token}", *parts(number))


class TestHeaders:
    """How the token is handed over."""

    def test_two_headers_as_a_server_joins_them(self, client: Client, issuer: Issuer) -> None:
        token = issuer.access()
        assert_refused(client, f"Bearer {token},Bearer {token}", *parts(5))

    def test_another_scheme_first(self, client: Client, issuer: Issuer) -> None:
        authorization = f"Basic dXNlcjpwYXNzd29yZA==, Bearer {issuer.access()}"
        assert_refused(client, authorization, "Authorization header must start with 'Bearer '", None)

    @pytest.mark.parametrize("scheme", ["bearer", "BEARER", "Bearer:", "\tBearer", "JWT", "DPoP", "Bearer\t"])
    def test_another_scheme(self, client: Client, issuer: Issuer, scheme: str) -> None:
        authorization = f"{scheme} {issuer.access()}"
        assert_refused(client, authorization, "Authorization header must start with 'Bearer '", None)

    def test_four_parts(self, client: Client, issuer: Issuer) -> None:
        assert_refused(client, f"Bearer {issuer.access()}.{b64(b'more')}", *parts(4))

    def test_two_parts(self, client: Client, issuer: Issuer) -> None:
        assert_refused(client, f"Bearer {issuer.access().rpartition('.')[0]}", *parts(2))

    def test_a_good_cookie_does_not_mend_a_bad_header(self, client: Client, issuer: Issuer) -> None:
        client.cookies["movierec_access"] = issuer.access()
        assert client.get("/user/favourites").status_code == 200
        assert_refused(client, f"Bearer {issuer.forged(THEIRS)}", *FAILED)

    @pytest.mark.parametrize("place", ["access_token", "token", "Authorization"])
    def test_the_address_carries_no_token(self, client: Client, issuer: Issuer, place: str) -> None:
        response = client.get("/user/favourites", query_params={place: issuer.access()})
        assert (response.status_code, response.json()["error"]) == (401, "Authorization header required")

    def test_the_body_carries_no_token(self, client: Client, issuer: Issuer) -> None:
        before = stored()
        body = {"mediaId": "603", "mediaType": "movie", "access_token": issuer.access(), "token": issuer.access()}
        response = client.post("/user/favourites", body, content_type="application/json")
        assert (response.status_code, response.json()["error"]) == (401, "Authorization header required")
        assert stored() == before

    @pytest.mark.parametrize("name", ["x-authorization", "x-access-token", "proxy-authorization", "x-forwarded-user"])
    def test_no_other_header_carries_one(self, client: Client, issuer: Issuer, name: str) -> None:
        response = client.get("/user/favourites", headers={name: f"Bearer {issuer.access()}"})
        assert (response.status_code, response.json()["error"]) == (401, "Authorization header required")


class TestGood:
    """The same tokens, unharmed, are taken; so what is refused above is refused for its fault."""

    def test_it_is_taken(self, client: Client, issuer: Issuer) -> None:
        headers = {"authorization": f"Bearer {issuer.access()}"}
        body = {"mediaId": "603", "mediaType": "movie", "title": "The Matrix"}
        assert (
            client.post("/user/favourites", body, content_type="application/json", headers=headers).status_code == 200
        )
        items = client.get("/user/favourites", headers=headers).json()["items"]
        assert [(item["userId"], item["movieId"]) for item in items] == [(issuer.claims["sub"], "603")]

    @pytest.mark.parametrize("shifts", [{"exp": -30}, {"nbf": 30}, {"iat": 30}])
    def test_sixty_seconds_of_skew(self, client: Client, issuer: Issuer, shifts: dict[str, int]) -> None:
        headers = {"authorization": f"Bearer {times(**shifts)(issuer)}"}
        assert client.get("/user/favourites", headers=headers).status_code == 200
