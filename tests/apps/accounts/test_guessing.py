from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pyotp
import pytest
import time_machine
from django.core import mail
from django.test import Client

from apps.accounts import services
from apps.accounts.services import Person, create_confirmed_account

NOW = 1_800_000_000
WINDOW = 15 * 60
PASSWORD = "correct horse battery"
Post = Callable[..., Any]
Rows = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def clock() -> Any:
    """The clock at NOW; it stands still unless it is moved."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def in_parallel(path: str, bodies: list[dict[str, str]]) -> list[Any]:
    """The answers to bodies that are sent by 20 clients at once."""

    def send(body: dict[str, str]) -> Any:
        client = Client(headers={"accept": "application/json"}, raise_request_exception=False)
        return client.post(path, body, content_type="application/json")

    with ThreadPoolExecutor(20) as pool:
        return list(pool.map(send, bodies))


def guesses(email: str, many: int) -> list[dict[str, str]]:
    return [{"email": email, "password": f"wrong password {number}"} for number in range(many)]


def sign_in(post: Post, email: str, password: str = PASSWORD) -> Any:
    return post("signin", {"email": email, "password": password})


@pytest.mark.parametrize("email", ["ann@example.com", "nobody@example.com"])
def test_of_200_parallel_guesses_at_most_10_are_looked_at(
    clock: Any, ann: str, post: Post, rows: Rows, atomic_requests: None, email: str
) -> None:
    answers = in_parallel("/auth/signin", guesses(email, 200))
    found = Counter(answer.status_code for answer in answers)
    assert found.keys() == {401, 429}
    assert 4 <= found[401] <= 10
    assert all(1 <= int(answer["Retry-After"]) <= WINDOW for answer in answers if answer.status_code == 429)
    assert {answer.json()["error"] for answer in answers if answer.status_code == 429} == {
        "Too many attempts for this account; try again later."
    }
    (counted,) = [row for row in rows() if row["sk"] == "ATTEMPTS"]
    assert (counted["pk"], counted["tries"]) == (f"EMAIL#{email}", found[401])
    assert not [row for row in rows() if row["sk"].startswith("SESSION#")]
    assert mail.outbox == []


def test_the_right_password_waits_too_and_works_after_the_window(
    clock: Any, ann: str, post: Post, rows: Rows, atomic_requests: None
) -> None:
    in_parallel("/auth/signin", guesses("ann@example.com", 200))
    refused = sign_in(post, "ann@example.com")
    assert (refused.status_code, refused.json()["code"]) == (429, "TooManyRequestsException")
    assert int(refused["Retry-After"]) >= 1
    assert "AccessToken" not in refused.json()
    clock.move_to(NOW + WINDOW)
    assert sign_in(post, "ann@example.com").status_code == 200
    assert not [row for row in rows() if row["sk"] == "ATTEMPTS"]


def test_one_after_the_other_10_of_a_window_are_looked_at(clock: Any, ann: str, post: Post) -> None:
    now, looked_at = NOW, 0
    while now < NOW + WINDOW:
        answer = sign_in(post, "ann@example.com", "wrong password")
        looked_at += answer.status_code == 401
        now += int(answer.headers.get("Retry-After", 1))
        clock.move_to(now)
    assert looked_at == 10


def test_spellings_of_an_address_share_its_limit(clock: Any, ann: str, post: Post) -> None:
    for email in ("ann@example.com", "ANN@example.com", "Ann@Example.com", "ann@ⓔxample.com"):
        assert sign_in(post, email, "wrong password").status_code == 401
    assert sign_in(post, "aNN@example.com").status_code == 429


def test_the_right_password_clears_the_count(clock: Any, ann: str, post: Post) -> None:
    for _ in range(3):
        for _ in range(3):
            assert sign_in(post, "ann@example.com", "wrong password").status_code == 401
        assert sign_in(post, "ann@example.com").status_code == 200


def test_a_locked_account_does_not_lock_another(clock: Any, ann: str, post: Post) -> None:
    create_confirmed_account("bob@example.com", PASSWORD)
    for _ in range(4):
        sign_in(post, "ann@example.com", "wrong password")
    assert sign_in(post, "ann@example.com").status_code == 429
    assert sign_in(post, "bob@example.com").status_code == 200


def test_a_failed_sign_in_is_the_same_work_for_every_address(
    clock: Any, ann: str, post: Post, operations: list[str]
) -> None:
    post("signup", {"email": "bob@example.com", "password": PASSWORD})
    work: dict[str, list[list[str]]] = {}
    for email in ("ann@example.com", "bob@example.com", "nobody@example.com", "nobody", "x" * 254):
        work[email] = []
        for _ in range(5):
            operations.clear()
            sign_in(post, email, "wrong password")
            work[email].append(operations.copy())
    looked_up = ["UpdateItem", "UpdateItem", "GetItem", "GetItem", "GetItem"]
    recorded = "TransactWriteItems"
    assert work["ann@example.com"][0] == [*looked_up, recorded]
    assert work["ann@example.com"][3] == [*looked_up, "UpdateItem", recorded]
    assert work["ann@example.com"] == work["bob@example.com"] == work["nobody@example.com"] == work["x" * 254]
    # A name is looked up first, whether somebody has it or not.
    assert [["UpdateItem", "GetItem", *calls[1:]] for calls in work["ann@example.com"]] == work["nobody"]


class TestSecondFactor:
    @pytest.fixture
    def totp(self, clock: Any, ann: str, post: Post) -> pyotp.TOTP:
        """Ann's authenticator app."""
        tokens = sign_in(post, "ann@example.com").json()
        person = Person(ann, "", tokens["AccessToken"], NOW)
        app = pyotp.TOTP(services.begin_totp(person=person))
        services.confirm_totp(person=person, code=app.at(NOW))
        clock.move_to(NOW + 60)
        return app

    def test_guesses_at_the_code_share_the_limit_of_the_password(
        self, clock: Any, totp: pyotp.TOTP, post: Post, atomic_requests: None
    ) -> None:
        session = sign_in(post, "ann@example.com").json()["session"]
        right = totp.at(NOW + 60)
        codes = [code for code in (f"{number:06}" for number in range(202)) if code != right][:200]
        answers = in_parallel("/auth/challenge", [{"session": session, "code": code} for code in codes])
        found = Counter(answer.status_code for answer in answers)
        assert found.keys() == {400, 429}
        assert found[400] <= 10
        refused = post("challenge", {"session": session, "code": right})
        assert refused.status_code == 429
        assert sign_in(post, "ann@example.com").status_code == 429
        clock.move_to(NOW + 60 + WINDOW)
        session = sign_in(post, "ann@example.com").json()["session"]
        assert post("challenge", {"session": session, "code": totp.at(NOW + 60 + WINDOW)}).status_code == 200

    def test_the_right_password_alone_does_not_clear_the_count(self, totp: pyotp.TOTP, post: Post, rows: Rows) -> None:
        session = sign_in(post, "ann@example.com").json()["session"]
        for _ in range(3):
            assert post("challenge", {"session": session, "code": "no code"}).status_code == 400
            assert sign_in(post, "ann@example.com").json()["challengeName"] == "SOFTWARE_TOKEN_MFA"
        tries = {row["pk"]: row["tries"] for row in rows() if row["sk"] == "ATTEMPTS"}
        assert tries == {"EMAIL#ann@example.com": 3, "USER#ann-id": 0}
