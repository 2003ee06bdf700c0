"""Listing the accounts that were made before there was a directory; it can be stopped and run again."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Final

from django.conf import settings
from pynamodb.attributes import UnicodeAttribute
from pynamodb.transactions import TransactWrite

from apps.accounts.directory import entries
from apps.accounts.emails import address_of
from apps.accounts.models import CLAIM, PEOPLE, PROFILE, Account, DirectoryEntry, EmailClaim, email_pk
from movierec.dynamo.data_table import DataRow, user_pk
from movierec.dynamo.table import Row
from movierec.dynamo.transactions import write_together
from movierec.timestamps import now_text

BATCH: Final = 100
_ATTRIBUTES: Final = ("pk", "sk", "email", "createdAt", "confirmed", "disabled", "resetRequired", "groups", "expiresAt")


class Indexed(DataRow):
    """`JOB#index_accounts` / `DONE`: that every account is listed, and since when."""

    at = UnicodeAttribute()


def ensure_indexed() -> int:
    """Lists all accounts, once in the life of a table; answers how many were not listed. One read where it was done."""
    if settings.IDENTITY_PROVIDER != "local" or Indexed.get_row("JOB#index_accounts", "DONE", consistent=True):
        return 0
    return sum(index())


def index() -> Iterator[int]:
    """Lists the accounts that are not, and yields how many those were after each hundred that it looked at.

    It reads the whole table.
    """
    accounts = _accounts()
    while rows := list(islice(accounts, BATCH)):
        yield _list_missing(rows)
    Indexed("JOB#index_accounts", "DONE", at=now_text()).save()


def _accounts() -> Iterator[Row]:
    """The rows of accounts; those that only name a pool's users have no address."""
    return (row for row in Account.scan_rows(_ATTRIBUTES) if row["sk"] == PROFILE and "email" in row)


def _list_missing(accounts: list[Row]) -> int:
    keys = [{"pk": PEOPLE, "sk": sk} for sk in {address_of(row["email"]) for row in accounts}]
    listed = {row["sk"] for row in DirectoryEntry.get_rows(keys, attributes=["sk"], consistent=True)}
    return sum(_list(row) for row in accounts if address_of(row["email"]) not in listed)


def _list(account: Row) -> bool:
    """Lists an account, unless it was listed, confirmed or removed since it was read."""
    user_id = account["pk"].removeprefix(user_pk(""))

    def fill(transaction: TransactWrite) -> None:
        entry = entries.new_entry(user_id, account)
        transaction.save(entry, condition=DirectoryEntry.pk.does_not_exist())
        unchanged = Account.confirmed == account["confirmed"]
        transaction.condition_check(Account, account["pk"], PROFILE, condition=unchanged)
        # A sign-up that expired and is still there has given its address away.
        owned = EmailClaim.user_id == user_id
        transaction.condition_check(EmailClaim, email_pk(address_of(account["email"])), CLAIM, condition=owned)

    return write_together(fill)
