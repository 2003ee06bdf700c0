from __future__ import annotations

from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command

from apps.accounts import services
from apps.accounts.directory import indexing
from apps.accounts.directory.indexing import ensure_indexed
from apps.accounts.directory.interface import DirectoryQuery
from apps.accounts.directory.local import LocalDirectory
from apps.accounts.models import Account, DirectoryEntry
from movierec.dynamo.data_table import delete_partition
from tests.apps.accounts.conftest import PASSWORD
from tests.apps.accounts.interruptions import Killed, killed_after, meanwhile

Rows = Callable[[], list[dict[str, Any]]]
people = LocalDirectory()
JOB = "JOB#index_accounts"


@pytest.fixture
def unlisted(ann: str, rows: Rows) -> list[dict[str, Any]]:
    """The entries of a confirmed account and of one that waits for its code, which are not there any more."""
    services.sign_up(email="bob@example.com", password=PASSWORD)
    entries = [row for row in rows() if row["pk"] == "PEOPLE"]
    assert len(entries) == 2
    delete_partition("PEOPLE")
    return entries


def listed(rows: Rows) -> list[dict[str, Any]]:
    return [row for row in rows() if row["pk"] == "PEOPLE"]


def test_whoever_is_not_listed_is_listed_once(
    unlisted: list[dict[str, Any]], rows: Rows, operations: list[str]
) -> None:
    assert ensure_indexed() == 2
    assert listed(rows) == unlisted
    operations.clear()
    assert ensure_indexed() == 0
    assert operations == ["GetItem"]


def test_an_account_that_changes_before_the_job_comes_is_listed_by_that(unlisted: list[dict[str, Any]]) -> None:
    people.disable("ann-id")
    (found,) = people.page(DirectoryQuery()).people
    assert (found.user_id, found.enabled, found.status) == ("ann-id", False, "confirmed")
    assert ensure_indexed() == 1
    assert [person.enabled for person in people.page(DirectoryQuery()).people] == [False, True]


def test_an_account_that_changes_while_the_job_looks_at_it_is_listed_as_it_is(unlisted: list[dict[str, Any]]) -> None:
    with meanwhile(0, lambda: people.disable("ann-id"), "TransactWriteItems"):
        list(indexing.index())
    assert [person.enabled for person in people.page(DirectoryQuery()).people] == [False, True]


def test_an_account_that_is_erased_while_the_job_looks_at_it_is_not_listed(
    unlisted: list[dict[str, Any]], rows: Rows
) -> None:
    with meanwhile(0, lambda: Account("USER#ann-id", "PROFILE").delete(), "BatchGetItem"):
        list(indexing.index())
    assert [row["sk"] for row in listed(rows)] == ["bob@example.com"]


def test_a_sign_up_that_gave_its_address_away_is_not_listed(ann: str, rows: Rows) -> None:
    with time_machine.travel("2030-01-01"):
        services.sign_up(email="bob@example.com", password=PASSWORD)
    left = next(row for row in rows() if row.get("email") == "bob@example.com" and row["sk"] == "PROFILE")
    with time_machine.travel("2030-02-01"):
        made = services.create_confirmed_account("bob@example.com", PASSWORD)
    Account.put_row(left)
    delete_partition("PEOPLE")
    list(indexing.index())
    assert {row["userId"] for row in listed(rows)} == {ann, made}


def test_killed_at_any_call_the_next_run_lists_the_rest(unlisted: list[dict[str, Any]], rows: Rows) -> None:
    calls, killed = 0, True
    while killed:
        delete_partition("PEOPLE")
        delete_partition(JOB)
        try:
            with killed_after(calls):
                ensure_indexed()
            killed = False
        except Killed:
            calls += 1
        ensure_indexed()
        assert listed(rows) == unlisted
    assert calls == 6


def test_more_than_a_batch(tables: None, rows: Rows) -> None:
    for number in range(230):
        pk, address = f"USER#id-{number}", f"p{number}@example.com"
        account = {"email": address, "passwordHash": "scrypt$", "confirmed": True, "createdAt": "2027"}
        list(Account.put_rows([{"pk": pk, "sk": "PROFILE", **account}]))
        list(Account.put_rows([{"pk": f"EMAIL#{address}", "sk": "ACCOUNT", "userId": f"id-{number}"}]))
    assert list(indexing.index()) == [100, 100, 30]
    assert DirectoryEntry.count_rows("PEOPLE", most=1000).number == 230


def test_names_of_a_pools_people_are_no_accounts(tables: None, rows: Rows) -> None:
    Account.put_row({"pk": "USER#pool-id", "sk": "PROFILE", "username": "cara"})
    assert list(indexing.index()) == []
    assert listed(rows) == []


class TestCommand:
    def test_it_says_how_many(self, unlisted: list[dict[str, Any]]) -> None:
        out = StringIO()
        call_command("index_accounts", stdout=out)
        assert out.getvalue() == "Accounts listed that were not: 2.\n"

    def test_a_pool_lists_its_own(self, tables: None, settings: Any) -> None:
        settings.IDENTITY_PROVIDER = "cognito"
        with pytest.raises(CommandError, match="the user pool lists its users itself"):
            call_command("index_accounts", stdout=StringIO())
        assert ensure_indexed() == 0
