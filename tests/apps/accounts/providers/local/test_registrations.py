from __future__ import annotations

from collections.abc import Callable
from typing import Any

import time_machine

from apps.accounts.models import RESET_CODE, SIGN_UP_CODE, Account, EmailClaim
from apps.accounts.providers.local import codes, registrations
from apps.accounts.providers.local.registrations import Registration

ADDRESS = "bob@example.com"
OLD = Registration("old-id", ADDRESS, "scrypt$old", confirmed=False)
NEW = Registration("new-id", ADDRESS, "scrypt$new", confirmed=False)
NOW = 1_800_000_000
DAY = 24 * 3600
Rows = Callable[[], list[dict[str, Any]]]


def test_an_account_that_was_confirmed_meanwhile_does_not_give_way(rows: Rows) -> None:
    code = codes.code_row(SIGN_UP_CODE, ADDRESS, "123456", "old-id")
    assert registrations.store(ADDRESS, OLD, None, code)
    seen = registrations.find(ADDRESS)
    assert registrations.confirm(code)
    before = rows()
    assert not registrations.store(ADDRESS, NEW, seen, codes.code_row(SIGN_UP_CODE, ADDRESS, "654321", "new-id"))
    assert rows() == before


def test_a_code_of_a_registration_that_was_renewed_confirms_nothing(rows: Rows) -> None:
    first = codes.code_row(SIGN_UP_CODE, ADDRESS, "123456", "old-id")
    registrations.store(ADDRESS, OLD, None, first)
    registrations.store(ADDRESS, NEW, OLD, codes.code_row(SIGN_UP_CODE, ADDRESS, "654321", "new-id"))
    before = rows()
    assert not registrations.confirm(first)
    assert rows() == before


def test_two_registrations_of_a_free_address_make_one_account(rows: Rows) -> None:
    assert registrations.store(ADDRESS, OLD, None)
    before = rows()
    assert not registrations.store(ADDRESS, NEW, None)
    assert rows() == before


def test_what_waits_for_its_code_expires_after_a_day_and_what_is_confirmed_never(rows: Rows) -> None:
    code = codes.code_row(SIGN_UP_CODE, ADDRESS, "123456", "old-id")
    with time_machine.travel(NOW, tick=False):
        registrations.store(ADDRESS, OLD, None, code)
        assert {row["sk"]: row["expiresAt"] for row in rows() if row["sk"] in ("ACCOUNT", "PROFILE")} == {
            "ACCOUNT": NOW + DAY,
            "PROFILE": NOW + DAY,
        }
        assert registrations.confirm(code)
    claim, entry, profile = rows()
    assert claim == {"pk": "EMAIL#bob@example.com", "sk": "ACCOUNT", "userId": "old-id"}
    assert entry == {
        "pk": "PEOPLE",
        "sk": ADDRESS,
        "userId": "old-id",
        "email": ADDRESS,
        "confirmed": True,
        "createdAt": "2027-01-15T08:00:00.000Z",
    }
    assert profile == {
        "pk": "USER#old-id",
        "sk": "PROFILE",
        "email": ADDRESS,
        "passwordHash": "scrypt$old",
        "confirmed": True,
        "createdAt": "2027-01-15T08:00:00.000Z",
    }
    with time_machine.travel(NOW + 400 * DAY, tick=False):
        assert registrations.find(ADDRESS) == registrations.by_id("old-id")


def test_an_account_stored_confirmed_never_expires(rows: Rows) -> None:
    registrations.store(ADDRESS, Registration("old-id", ADDRESS, "scrypt$old", confirmed=True), None)
    assert not [row for row in rows() if "expiresAt" in row]


def test_an_expired_registration_is_not_found_and_is_replaced_whole(rows: Rows) -> None:
    with time_machine.travel(NOW, tick=False):
        registrations.store(ADDRESS, OLD, None)
    with time_machine.travel(NOW + DAY - 1, tick=False):
        assert registrations.find(ADDRESS) is not None
    with time_machine.travel(NOW + DAY, tick=False):
        assert registrations.find(ADDRESS) is None
        assert registrations.store(ADDRESS, NEW, registrations.find_stored(ADDRESS))
    assert [row["pk"] for row in rows()] == ["EMAIL#bob@example.com", "PEOPLE", "USER#new-id"]


def test_an_expired_registration_cannot_be_confirmed(rows: Rows) -> None:
    with time_machine.travel(NOW, tick=False):
        registrations.store(ADDRESS, OLD, None)
    with time_machine.travel(NOW + DAY, tick=False):
        code = codes.code_row(SIGN_UP_CODE, ADDRESS, "123456", "old-id")
        code.save()
        before = rows()
        assert not registrations.confirm(code)
        assert rows() == before


def test_a_claim_whose_account_expired_first_is_free(rows: Rows) -> None:
    with time_machine.travel(NOW, tick=False):
        registrations.store(ADDRESS, OLD, None)
        Account("USER#old-id", "PROFILE").delete()
        assert not registrations.store(ADDRESS, NEW, None)
    with time_machine.travel(NOW + DAY, tick=False):
        assert registrations.find_stored(ADDRESS) is None
        assert registrations.store(ADDRESS, NEW, None)
    assert [row["pk"] for row in rows()] == ["EMAIL#bob@example.com", "PEOPLE", "USER#new-id"]


def test_the_claim_of_a_confirmed_account_is_never_free(rows: Rows) -> None:
    with time_machine.travel(NOW, tick=False):
        EmailClaim("EMAIL#bob@example.com", "ACCOUNT", user_id="someone").save()
    with time_machine.travel(NOW + 400 * DAY, tick=False):
        before = rows()
        assert not registrations.store(ADDRESS, NEW, None)
        assert rows() == before


def test_a_reset_sets_the_hash_and_spends_the_code_or_does_neither(rows: Rows) -> None:
    code = codes.code_row(RESET_CODE, ADDRESS, "123456", "old-id")
    code.save()
    registrations.store(ADDRESS, OLD, None)
    before = rows()
    assert not registrations.reset_hash(code, "scrypt$newer")
    assert rows() == before
    Account("USER#old-id", "PROFILE").update([Account.confirmed.set(True)])
    assert registrations.reset_hash(code, "scrypt$newer")
    found = registrations.by_id("old-id")
    assert found is not None
    assert found.password_hash == "scrypt$newer"
    before = rows()
    assert not registrations.reset_hash(code, "scrypt$newest")
    assert rows() == before


def test_a_hash_that_changed_meanwhile_is_not_replaced(rows: Rows) -> None:
    registrations.store(ADDRESS, OLD, None)
    assert registrations.replace_hash(OLD, "scrypt$newer")
    before = rows()
    assert not registrations.replace_hash(OLD, "scrypt$newest")
    assert rows() == before
