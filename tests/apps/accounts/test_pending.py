from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import pytest
import time_machine

from apps.accounts import passwords, pending, services

NOW = 1_800_000_000
DAY = 24 * 3600
ADDRESS = "ann@example.com"
PASSWORD = "correct horse battery"
OTHER = "another horse battery"
Rows = Callable[[], list[dict[str, Any]]]

pytestmark = pytest.mark.usefixtures("tables", "cheap_scrypt")


@pytest.fixture(autouse=True)
def clock() -> Any:
    """The clock at NOW; it stands still unless it is moved."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def test_the_row_holds_a_hash_for_a_day(rows: Rows) -> None:
    pending.keep(ADDRESS, PASSWORD)
    (row,) = rows()
    stored = row.pop("passwordHash")
    assert row == {"pk": f"EMAIL#{ADDRESS}", "sk": "PENDING", "expiresAt": NOW + DAY}
    assert passwords.matches(PASSWORD, stored)
    assert PASSWORD not in stored


@pytest.mark.parametrize(
    ("address", "password", "expected"),
    [
        (ADDRESS, PASSWORD, True),
        (ADDRESS, OTHER, False),
        (ADDRESS, PASSWORD + " ", False),
        ("bob@example.com", PASSWORD, False),
        ("annie", PASSWORD, False),
    ],
)
def test_it_is_the_password_of_this_address_only(rows: Rows, address: str, password: str, expected: bool) -> None:
    pending.keep(ADDRESS, PASSWORD)
    before = rows()
    assert pending.is_password(address, password) is expected
    assert rows() == before


def test_the_last_sign_up_counts() -> None:
    pending.keep(ADDRESS, OTHER)
    pending.keep(ADDRESS, PASSWORD)
    assert pending.is_password(ADDRESS, PASSWORD)
    assert not pending.is_password(ADDRESS, OTHER)


def test_a_row_that_dynamodb_has_not_removed_yet_does_not_count(clock: Any) -> None:
    pending.keep(ADDRESS, PASSWORD)
    clock.move_to(NOW + DAY - 1)
    assert pending.is_password(ADDRESS, PASSWORD)
    clock.move_to(NOW + DAY)
    assert not pending.is_password(ADDRESS, PASSWORD)


def test_it_can_be_forgotten_also_when_there_is_nothing(rows: Rows) -> None:
    pending.keep(ADDRESS, PASSWORD)
    pending.keep("bob@example.com", PASSWORD)
    for _ in range(2):
        pending.forget(ADDRESS)
        assert [row["pk"] for row in rows()] == ["EMAIL#bob@example.com"]


def test_every_address_costs_a_read_and_one_scrypt(
    clock: Any, operations: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    computed: list[int] = []
    compute = hashlib.scrypt

    def spy(password: bytes, *, n: int, **rest: Any) -> bytes:
        computed.append(n)
        return compute(password, n=n, **rest)

    monkeypatch.setattr(hashlib, "scrypt", spy)
    pending.keep("late@example.com", PASSWORD)
    clock.move_to(NOW + DAY)
    pending.keep(ADDRESS, PASSWORD)
    for address in (ADDRESS, "late@example.com", "nobody@example.com", "annie"):
        operations.clear()
        computed.clear()
        pending.is_password(address, OTHER)
        assert (operations, computed) == (["GetItem"], [2**5])


def test_the_code_ends_it(rows: Rows, mailed_code: Callable[[], str]) -> None:
    services.sign_up(email=ADDRESS, password=PASSWORD)
    assert pending.is_password(ADDRESS, PASSWORD)
    services.confirm(email=ADDRESS, code=mailed_code())
    assert "PENDING" not in [row["sk"] for row in rows()]


def test_an_account_that_needs_no_code_ends_it(rows: Rows) -> None:
    services.sign_up(email=ADDRESS, password=PASSWORD)
    services.create_confirmed_account(ADDRESS, OTHER)
    assert "PENDING" not in [row["sk"] for row in rows()]
