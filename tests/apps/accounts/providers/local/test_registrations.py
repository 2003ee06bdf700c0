from __future__ import annotations

from collections.abc import Callable
from typing import Any

from apps.accounts.providers.local import codes, registrations
from apps.accounts.providers.local.registrations import Registration

ADDRESS = "bob@example.com"
OLD = Registration("old-id", ADDRESS, "scrypt$old", confirmed=False)
NEW = Registration("new-id", ADDRESS, "scrypt$new", confirmed=False)
Rows = Callable[[], list[dict[str, Any]]]


def test_an_account_that_was_confirmed_meanwhile_does_not_give_way(rows: Rows) -> None:
    code = codes.code_row(ADDRESS, "123456", "old-id")
    assert registrations.store(ADDRESS, OLD, None, code)
    seen = registrations.find(ADDRESS)
    assert registrations.confirm(code)
    before = rows()
    assert not registrations.store(ADDRESS, NEW, seen, codes.code_row(ADDRESS, "654321", "new-id"))
    assert rows() == before


def test_a_code_of_a_registration_that_was_renewed_confirms_nothing(rows: Rows) -> None:
    first = codes.code_row(ADDRESS, "123456", "old-id")
    registrations.store(ADDRESS, OLD, None, first)
    registrations.store(ADDRESS, NEW, OLD, codes.code_row(ADDRESS, "654321", "new-id"))
    before = rows()
    assert not registrations.confirm(first)
    assert rows() == before


def test_two_registrations_of_a_free_address_make_one_account(rows: Rows) -> None:
    assert registrations.store(ADDRESS, OLD, None)
    before = rows()
    assert not registrations.store(ADDRESS, NEW, None)
    assert rows() == before
