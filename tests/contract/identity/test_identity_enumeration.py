"""What strangers learn about an address: nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.contract.identity.service import ANN, BOB, OTHER_PASSWORD, PASSWORD, Identity, coded, wrong

UNKNOWN = "eve@example.com"
# Told apart by chance or time.
VARYING = ("userSub", "requestId", "timestamp")


def seen(answer: Any) -> tuple[int, list[str], dict[str, Any]]:
    """What of an answer is the same for every request that is alike: status, names of headers, and body."""
    body = {name: value for name, value in answer.json().items() if name not in VARYING}
    return answer.status_code, sorted(answer.headers), body


def shape(answer: Any) -> tuple[list[str], int]:
    """The order of the body's members and its length."""
    return list(answer.json()), len(answer.content)


@pytest.fixture
def addresses(identity: Identity) -> list[str]:
    """One that is confirmed, one that waits for its code, one that nobody has; all of one length."""
    identity.account(ANN)
    identity.sign_up(BOB)
    return [ANN, BOB, UNKNOWN]


def assert_alike(ask: Callable[[str], Any], addresses: list[str]) -> None:
    answers = [ask(address) for address in addresses]
    assert seen(answers[0]) == seen(answers[1]) == seen(answers[2])
    assert shape(answers[0]) == shape(answers[1]) == shape(answers[2])


@pytest.mark.parametrize("name", ["resend", "forgot"])
def test_asking_for_a_code(identity: Identity, addresses: list[str], name: str) -> None:
    assert_alike(lambda address: identity.post(name, {"email": address}), addresses)


def test_signing_up(identity: Identity, addresses: list[str]) -> None:
    assert_alike(lambda address: identity.post("signup", {"email": address, "password": OTHER_PASSWORD}), addresses)


@pytest.mark.parametrize("more", [{}, {"username": "somebody"}])
def test_the_look_of_the_user_id(identity: Identity, addresses: list[str], more: dict[str, str]) -> None:
    ids = [identity.sign_up(address, **more) for address in addresses]
    assert len({(len(found), found.count("-"), found[14:15]) for found in ids}) == 1
    assert len(set(ids)) == 3


@pytest.mark.parametrize("name", ["signin", "login"])
def test_signing_in_with_a_wrong_password(identity: Identity, addresses: list[str], name: str) -> None:
    for _ in range(3):
        assert_alike(lambda address: identity.post(name, {"email": address, "password": OTHER_PASSWORD}), addresses)


def test_signing_up_and_then_in(identity: Identity, addresses: list[str]) -> None:
    for address in addresses:
        body = {"email": address, "password": OTHER_PASSWORD}
        assert identity.post("signup", body).status_code == 200
    assert_alike(lambda address: identity.post("signin", {"email": address, "password": OTHER_PASSWORD}), addresses)
    waiting = identity.post("signin", {"email": ANN, "password": OTHER_PASSWORD})
    assert coded(waiting) == (403, "UserNotConfirmedException")
    assert_alike(lambda address: identity.post("signin", {"email": address, "password": "Wrong 9#"}), addresses)
    assert coded(identity.post("signin", {"email": ANN, "password": "Wrong 9#"})) == (401, "NotAuthorizedException")
    assert identity.can_sign_in(PASSWORD, ANN)
    code = identity.code(UNKNOWN, "sign-up")
    assert identity.post("signup", {"email": UNKNOWN, "code": code}).status_code == 200
    assert identity.can_sign_in(OTHER_PASSWORD, UNKNOWN)


def test_whose_a_username_is(identity: Identity) -> None:
    identity.account(ANN, username="ann-lee")
    assert identity.post("signup", {"email": ANN, "password": OTHER_PASSWORD}).status_code == 200
    names = ["ann-lee", "bob-lee", "eve-lee"]
    for _ in range(4):
        identity.post("signin", {"email": ANN, "password": "Wrong 9#"})
    assert identity.post("signin", {"email": ANN, "password": "Wrong 9#"}).status_code == 429
    assert_alike(lambda name: identity.post("signin", {"email": name, "password": OTHER_PASSWORD}), names)
    answer = identity.post("signin", {"email": "ann-lee", "password": OTHER_PASSWORD})
    assert coded(answer) == (401, "NotAuthorizedException")
    assert identity.can_sign_in(PASSWORD, "ann-lee")


def test_confirming_with_a_wrong_code(identity: Identity, addresses: list[str]) -> None:
    code = wrong(identity.code(BOB, "sign-up"))
    for _ in range(3):
        assert_alike(lambda address: identity.post("signup", {"email": address, "code": code}), addresses)


def test_resetting_with_a_code_that_nobody_asked_for(identity: Identity, addresses: list[str]) -> None:
    body = {"code": "000000", "password": OTHER_PASSWORD}
    assert_alike(lambda address: identity.post("reset", {"email": address, **body}), addresses)


def test_resetting_with_a_wrong_code(identity: Identity, addresses: list[str]) -> None:
    for address in addresses:
        identity.post("forgot", {"email": address})
    body = {"code": wrong(identity.code(ANN, "reset")), "password": OTHER_PASSWORD}
    for _ in range(3):
        assert_alike(lambda address: identity.post("reset", {"email": address, **body}), addresses)


def test_a_password_that_may_not_be_used(identity: Identity, addresses: list[str]) -> None:
    body = {"code": "000000", "password": "short"}
    assert_alike(lambda address: identity.post("reset", {"email": address, **body}), addresses)
    assert_alike(lambda address: identity.post("signup", {"email": address, "password": "short"}), addresses)
