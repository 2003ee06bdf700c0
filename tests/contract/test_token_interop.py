"""Tokens across implementations: others check ours from what we publish, and we check what others signed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from time import time
from typing import Any

import pytest
import time_machine
from django.conf import settings as django_settings
from django.core.management import call_command
from django.test import Client
from joserfc import jwt
from joserfc.errors import BadSignatureError
from joserfc.jwk import KeySet, RSAKey
from joserfc.jwt import JWTClaimsRegistry

from apps.accounts.providers import provider
from apps.accounts.services import create_confirmed_account
from tests.contract.issuers import (
    CLIENT_ID,
    POOL_ID,
    Json,
    KeyServer,
    key_server,
    pool_claims,
    private_key,
    public_jwk,
    read_token,
    unb64,
)

Post = Callable[..., Any]
EMAIL, PASSWORD = "ann@example.com", "correct horse battery"
# What a signature of RS256 holds before the digest: RFC 8017, section 9.2.
DIGEST_INFO = bytes.fromhex("3031300d060960864801650304020105000420")


def published(client: Client) -> Json:
    response = client.get("/.well-known/jwks.json")
    assert response.status_code == 200
    found: Json = response.json()
    return found


def status(client: Client, token: str) -> int:
    return client.get("/user/favourites", headers={"authorization": f"Bearer {token}"}).status_code


class TestOurs:
    """Tokens of a sign-in, checked with nothing but the published keys."""

    @pytest.fixture
    def signed_in(self, post: Post) -> Callable[[], Json]:
        """Signs in and answers the tokens."""
        user_id = create_confirmed_account(EMAIL, PASSWORD)

        def tokens() -> Json:
            answer: Json = post("signin", {"email": EMAIL, "password": PASSWORD}).json()
            return {**answer, "sub": user_id}

        return tokens

    def test_another_library_takes_the_access_token(self, client: Client, signed_in: Callable[[], Json]) -> None:
        given = signed_in()
        token = jwt.decode(given["AccessToken"], KeySet.import_key_set(published(client)), algorithms=["RS256"])
        JWTClaimsRegistry(
            iss={"essential": True, "value": django_settings.TOKEN_ISSUER},
            sub={"essential": True, "value": given["sub"]},
            client_id={"essential": True, "value": django_settings.TOKEN_CLIENT_ID},
            token_use={"essential": True, "value": "access"},
            exp={"essential": True},
            nbf={"essential": True},
            iat={"essential": True},
            jti={"essential": True},
        ).validate(token.claims)
        assert token.header["kid"] in [key["kid"] for key in published(client)["keys"]]

    def test_another_library_takes_the_id_token(self, client: Client, signed_in: Callable[[], Json]) -> None:
        given = signed_in()
        token = jwt.decode(given["IdToken"], KeySet.import_key_set(published(client)), algorithms=["RS256"])
        JWTClaimsRegistry(
            iss={"essential": True, "value": django_settings.TOKEN_ISSUER},
            aud={"essential": True, "value": django_settings.TOKEN_CLIENT_ID},
            token_use={"essential": True, "value": "id"},
            email={"essential": True, "value": EMAIL},
        ).validate(token.claims)

    def test_it_does_not_take_one_with_another_payload(self, client: Client, signed_in: Callable[[], Json]) -> None:
        given = signed_in()
        header, _, signature = given["AccessToken"].split(".")
        payload = given["IdToken"].split(".")[1]
        keys = KeySet.import_key_set(published(client))
        with pytest.raises(BadSignatureError):
            jwt.decode(f"{header}.{payload}.{signature}", keys, algorithms=["RS256"])

    def test_arithmetic_alone_takes_it(self, client: Client, signed_in: Callable[[], Json]) -> None:
        token = signed_in()["AccessToken"]
        signed, _, signature = token.rpartition(".")
        kid = read_token(token)[0]["kid"]
        key = next(key for key in published(client)["keys"] if key["kid"] == kid)
        n, e = (int.from_bytes(unb64(key[name])) for name in ("n", "e"))
        opened = pow(int.from_bytes(unb64(signature)), e, n).to_bytes(256)
        digest = DIGEST_INFO + hashlib.sha256(signed.encode()).digest()
        assert opened == b"\x00\x01" + b"\xff" * (253 - len(digest)) + b"\x00" + digest

    def test_the_keys_id_is_its_thumbprint_and_nothing_private_is_published(self, client: Client, tables: None) -> None:
        (key,) = published(client)["keys"]
        assert set(key) == {"kty", "n", "e", "kid", "alg", "use"}
        assert (key["kty"], key["alg"], key["use"]) == ("RSA", "RS256", "sig")
        assert RSAKey.import_key(key).thumbprint() == key["kid"]

    def test_after_a_rotation_both_keys_are_published_and_both_tokens_are_good(
        self, client: Client, signed_in: Callable[[], Json], settings: Any, tmp_path: Path
    ) -> None:
        settings.TOKEN_KEY_FILE = tmp_path / "keys" / "token_key.pem"
        with time_machine.travel(datetime.fromtimestamp(time() + 1000, UTC), tick=False) as clock:
            old = signed_in()["AccessToken"]
            call_command("rotate_token_key", stdout=StringIO())
            clock.shift(301)
            new = signed_in()["AccessToken"]
            kids = [read_token(token)[0]["kid"] for token in (new, old)]
            assert [key["kid"] for key in published(client)["keys"]] == kids
            assert kids[0] != kids[1]
            keys = KeySet.import_key_set(published(client))
            for token in (old, new):
                assert jwt.decode(token, keys, algorithms=["RS256"]).claims["token_use"] == "access"
                assert status(client, token) == 200


class TestTheirs:
    """Tokens in Cognito's shape, signed by another library, against a JWKS server on loopback."""

    @pytest.fixture
    def server(self, client: Client, settings: Any) -> Iterator[KeyServer]:
        settings.IDENTITY_PROVIDER = "cognito"
        settings.COGNITO_USER_POOL_ID = POOL_ID
        settings.COGNITO_CLIENT_IDS = ("client-0", CLIENT_ID)
        provider.cache_clear()
        with key_server(public_jwk(private_key("first"), "first")) as server:
            settings.AWS_ENDPOINT_URL = server.address
            yield server
        provider.cache_clear()

    @pytest.fixture
    def clock(self) -> Iterator[time_machine.Coordinates]:
        with time_machine.travel(datetime(2026, 6, 1, tzinfo=UTC), tick=False) as clock:
            yield clock

    def token(self, kid: str, **changes: Any) -> str:
        """A token by joserfc that is good now."""
        return jwt.encode({"alg": "RS256", "kid": kid}, pool_claims(**changes), RSAKey.import_key(private_key(kid)))

    def test_it_is_taken_and_the_keys_are_read_once(self, client: Client, server: KeyServer) -> None:
        assert [status(client, self.token("first")) for _ in range(5)] == [200] * 5
        assert server.asked == [f"/{POOL_ID}/.well-known/jwks.json"]

    def test_any_client_of_ours_is_served(self, client: Client, server: KeyServer) -> None:
        assert status(client, self.token("first", client_id="client-0")) == 200
        assert status(client, self.token("first", client_id="client-2")) == 401

    def test_the_person_is_its_sub(self, client: Client, server: KeyServer) -> None:
        headers = {"authorization": f"Bearer {self.token('first', sub='somebody')}"}
        body = {"mediaId": "603", "mediaType": "movie", "title": "The Matrix", "userId": "somebody-else"}
        client.post("/user/favourites", body, content_type="application/json", headers=headers)
        (item,) = client.get("/user/favourites", headers=headers).json()["items"]
        assert item["userId"] == "somebody"

    def test_a_new_key_is_taken_without_a_restart(
        self, client: Client, server: KeyServer, clock: time_machine.Coordinates
    ) -> None:
        assert status(client, self.token("first")) == 200
        server.keys.append(public_jwk(private_key("second"), "second"))
        clock.shift(61)
        assert [status(client, self.token(kid)) for kid in ("second", "first")] == [200, 200]
        assert len(server.asked) == 2

    def test_unknown_keys_have_the_address_asked_once_a_minute(
        self, client: Client, server: KeyServer, clock: time_machine.Coordinates
    ) -> None:
        assert status(client, self.token("first")) == 200
        for minute in (1, 2, 3):
            clock.shift(61)
            assert {status(client, self.token(f"unknown {n % 3}")) for n in range(20)} == {401}
            assert len(server.asked) == 1 + minute

    def test_while_the_address_is_down_known_keys_are_taken(
        self, client: Client, server: KeyServer, clock: time_machine.Coordinates
    ) -> None:
        assert status(client, self.token("first")) == 200
        server.down = True
        for _ in range(3):
            clock.shift(7200)
            assert [status(client, self.token(kid)) for kid in ("first", "second")] == [200, 401]
        server.down = False
        server.keys.append(public_jwk(private_key("second"), "second"))
        clock.shift(61)
        assert status(client, self.token("second")) == 200

    def test_a_key_that_was_withdrawn_is_no_longer_taken(
        self, client: Client, server: KeyServer, clock: time_machine.Coordinates
    ) -> None:
        assert status(client, self.token("first")) == 200
        server.keys[:] = [public_jwk(private_key("second"), "second")]
        clock.shift(3601)
        assert [status(client, self.token(kid)) for kid in ("second", "first")] == [200, 401]

    def test_without_any_key_the_service_says_so(self, client: Client, server: KeyServer) -> None:
        server.down = True
        response = client.get("/user/favourites", headers={"authorization": f"Bearer {self.token('first')}"})
        assert (response.status_code, response.json()["error"]) == (
            503,
            "The service cannot reach its data; try again shortly.",
        )
        assert int(response["Retry-After"]) > 0
