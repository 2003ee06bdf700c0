"""`Idempotency-Key` at the service's own addresses: every POST knows it, and what is sent twice is done once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from apps.accounts.services import create_confirmed_account
from movierec.api.idempotency import OncePerKeyView
from movierec.dynamo.data_table import DataRow

SignIn = Callable[..., dict[str, str]]

# A second of the clock.
NOW = 1_800_000_000
DAY = 24 * 3600
KEY = "7d4f6f2e-94a5-4c1c-8d0f-2f1f3a5b9c60"
EMAIL = "ann@example.com"
PASSWORD = "correct horse battery"
CREDENTIALS = {"email": EMAIL, "password": PASSWORD}
MATRIX = {"mediaId": "603", "mediaType": "movie"}


def routes(patterns: list[Any], before: str = "/") -> Iterator[tuple[str, Any]]:
    """Every path of the URLconf, with a value for each of its parts, and the class of its view."""
    for pattern in patterns:
        path = before + re.sub(r"<[^>]+>", "movie", str(pattern.pattern))
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, path)
        elif isinstance(pattern, URLPattern):
            yield path, getattr(pattern.callback, "cls", None)


ROUTES = dict(routes(get_resolver().url_patterns))
POSTS = [path for path, view in ROUTES.items() if hasattr(view, "post")]
# The admin's forms have no part in the API: who sends one without a session is sent to sign in.
OTHERS = [path for path, view in ROUTES.items() if path and not hasattr(view, "post") and not path.startswith("/ops")]


def post(client: Client, path: str, body: Any, key: str = KEY, **headers: str) -> Any:
    """POSTs JSON with an Idempotency-Key."""
    return client.post(path, body, content_type="application/json", headers={"idempotency-key": key, **headers})


def rows(start: str, sort_start: str = "") -> list[dict[str, Any]]:
    """The rows of the single table whose keys start so."""
    found = DataRow.scan_rows()
    return [row for row in found if row["pk"].startswith(start) and row["sk"].startswith(sort_start)]


def check_replayed(first: Any, second: Any) -> None:
    assert (second.status_code, second.content) == (first.status_code, first.content)
    assert ("Idempotent-Replayed" in first, second.get("Idempotent-Replayed")) == (False, "true")


def check_refused(response: Any, status: int, code: str) -> None:
    assert (response.status_code, response.json()["code"]) == (status, code)


@pytest.fixture
def ann(tables: None, cheap_scrypt: None) -> str:
    """The user id of a confirmed account."""
    return create_confirmed_account(EMAIL, PASSWORD, "ann-id")


class TestEveryAddress:
    def test_the_addresses_that_take_a_post_are_found(self) -> None:
        assert {"/auth/signin", "/auth/signup", "/user/favourites", "/user/stats/award-xp", "/recommendations"} <= {
            *POSTS
        }

    @pytest.mark.parametrize("path", POSTS)
    def test_every_post_knows_the_header(self, client: Client, sign_in: SignIn, ann: str, path: str) -> None:
        assert issubclass(ROUTES[path], OncePerKeyView)
        response = post(client, path, {}, key="k" * 256, **sign_in(ann))
        check_refused(response, 400, "InvalidParameterException")
        assert [detail["path"] for detail in response.json()["details"]] == ["Idempotency-Key"]
        assert rows("IDEMPOTENCY#") == []

    # After it, the token that a repeat comes with is no longer good.
    @pytest.mark.parametrize("path", [path for path in POSTS if path != "/auth/signout-all"])
    def test_every_post_repeats_its_answer(self, client: Client, sign_in: SignIn, ann: str, path: str) -> None:
        headers = sign_in(ann)
        first = post(client, path, {}, **headers)
        assert first.status_code < 500
        check_replayed(first, post(client, path, {}, **headers))
        assert len(rows("IDEMPOTENCY#")) == 1

    @pytest.mark.parametrize("path", OTHERS)
    def test_no_other_address_takes_a_post(self, client: Client, sign_in: SignIn, path: str) -> None:
        assert post(client, path, {}, **sign_in("someone")).status_code in (404, 405)
        assert rows("IDEMPOTENCY#") == []


class TestSigningIn:
    @pytest.fixture(autouse=True)
    def account(self, ann: str) -> None:
        """There is somebody to sign in."""

    def test_a_repeat_gets_the_same_tokens_of_the_one_session(self, client: Client) -> None:
        first = post(client, "/auth/signin", CREDENTIALS)
        assert first.status_code == 200
        second = post(client, "/auth/signin", CREDENTIALS)
        check_replayed(first, second)
        assert second["Cache-Control"] == "no-store"
        assert len(rows("USER#ann-id", "SESSION#")) == 1
        assert len(rows("USER#ann-id", "REFRESH#")) == 1

    def test_the_table_shows_neither_tokens_nor_whose_they_are(self, client: Client) -> None:
        answer = post(client, "/auth/signin", CREDENTIALS).json()
        stored = str(rows("IDEMPOTENCY#"))
        for word in (answer["accessToken"], answer["idToken"], answer["refreshToken"], EMAIL, PASSWORD, "ann-id", KEY):
            assert word not in stored

    def test_another_password_gets_nothing_of_the_answer(self, client: Client) -> None:
        post(client, "/auth/signin", CREDENTIALS)
        refused = post(client, "/auth/signin", {**CREDENTIALS, "password": "another password"})
        check_refused(refused, 400, "IdempotencyKeyReused")

    def test_a_wrong_password_is_refused_again_in_the_same_words(self, client: Client) -> None:
        body = {**CREDENTIALS, "password": "another password"}
        first, second = (post(client, "/auth/signin", body) for _ in range(2))
        check_refused(first, 401, "NotAuthorizedException")
        check_replayed(first, second)
        assert second["WWW-Authenticate"] == first["WWW-Authenticate"]

    def test_a_browsers_sign_in_is_never_a_repeat(self, client: Client) -> None:
        pages = [post(client, "/auth/signin", CREDENTIALS, accept="text/html") for _ in range(2)]
        assert all(page.cookies["movierec_access"].value for page in pages)
        assert not any("Idempotent-Replayed" in page for page in pages)
        assert (len(rows("USER#ann-id", "SESSION#")), rows("IDEMPOTENCY#")) == (2, [])

    def test_a_refresh_token_is_used_once(self, client: Client) -> None:
        with time_machine.travel(NOW, tick=False) as clock:
            body = {"refreshToken": post(client, "/auth/signin", CREDENTIALS).json()["refreshToken"]}
            first = post(client, "/auth/refresh", body)
            assert first.status_code == 200
            # Long after a second use would count as theft.
            clock.shift(3600)
            check_replayed(first, post(client, "/auth/refresh", body))
            newest = {"refreshToken": first.json()["refreshToken"]}
            assert post(client, "/auth/refresh", newest, key="another").status_code == 200


def test_a_sign_up_sends_one_mail(client: Client, cheap_scrypt: None) -> None:
    first, second = (post(client, "/auth/signup", CREDENTIALS) for _ in range(2))
    assert first.status_code == 200
    check_replayed(first, second)
    assert len(mail.outbox) == 1


class TestWriting:
    def test_a_favourite_keeps_its_time(self, client: Client, sign_in: SignIn) -> None:
        with time_machine.travel(NOW, tick=False) as clock:
            headers = sign_in("someone")
            first = post(client, "/user/favourites", MATRIX, **headers)
            client.delete("/user/favourites?mediaId=603", headers=headers)
            clock.shift(60)
            second = post(client, "/user/favourites", MATRIX, **headers)
            check_replayed(first, second)
            # Taken off in between: the repeat did not put it on again.
            assert client.get("/user/favourites", headers=headers).json()["items"] == []

    def test_points_are_added_once(self, client: Client, sign_in: SignIn) -> None:
        headers = sign_in("someone")
        first = post(client, "/user/stats/award-xp", {"amount": 50}, **headers)
        assert first.json()["data"]["totalXP"] == 50
        for _ in range(3):
            check_replayed(first, post(client, "/user/stats/award-xp", {"amount": 50}, **headers))
        changed = post(client, "/user/stats/award-xp", {"amount": 51}, **headers)
        check_refused(changed, 400, "IdempotencyKeyReused")
        assert client.get("/user/stats/stats", headers=headers).json()["data"]["totalXP"] == 50

    def test_points_are_added_again_a_day_later(self, client: Client, sign_in: SignIn) -> None:
        with time_machine.travel(NOW, tick=False) as clock:
            totals = []
            for passed in (0, DAY - 1, 1):
                clock.shift(passed)
                answer = post(client, "/user/stats/award-xp", {"amount": 50}, **sign_in("someone"))
                totals.append(answer.json()["data"]["totalXP"])
        assert totals == [50, 50, 100]

    def test_one_key_serves_two_people_and_two_addresses(self, client: Client, sign_in: SignIn) -> None:
        sent = [
            ("/user/favourites", MATRIX, "someone"),
            ("/user/watchlist", MATRIX, "someone"),
            ("/user/favourites", MATRIX, "other"),
        ]
        found = [post(client, path, body, **sign_in(person)) for path, body, person in sent]
        assert [response.status_code for response in found] == [200, 200, 200]
        assert not any("Idempotent-Replayed" in response for response in found)
        for path, _, person in sent:
            assert len(client.get(path, headers=sign_in(person)).json()["items"]) == 1

    def test_of_parallel_awards_exactly_one_counts(
        self, client: Client, sign_in: SignIn, atomic_requests: None
    ) -> None:
        headers = sign_in("someone")
        with ThreadPoolExecutor(10) as pool:
            found = list(pool.map(lambda _: post(client, "/user/stats/award-xp", {"amount": 50}, **headers), range(30)))
        assert {response.status_code for response in found} <= {200, 409}
        assert {response.json()["code"] for response in found if response.status_code == 409} <= {"IdempotencyKeyInUse"}
        done = [response for response in found if response.status_code == 200]
        assert ["Idempotent-Replayed" in response for response in done].count(False) == 1
        assert {response.json()["data"]["totalXP"] for response in done} == {50}
        assert client.get("/user/stats/stats", headers=headers).json()["data"]["totalXP"] == 50


def test_every_post_of_the_document_names_the_header(client: Client) -> None:
    paths = client.get("/schema").json()["paths"]
    for path, item in paths.items():
        for method, operation in item.items():
            named = [given["name"] for given in operation.get("parameters", []) if given["in"] == "header"]
            assert named == (["Idempotency-Key"] if method == "post" else []), (method, path)
            assert ("409" in operation["responses"]) or method != "post", path
