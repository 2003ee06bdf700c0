"""The rows that the local provider's accounts are listed by, written in the transactions that write the accounts.

An account that was made before there were such rows gets its own with the first of these writes, or by the job
`index_accounts`, whichever comes first: every write sets what it changes, and whose account it is.
"""

from __future__ import annotations

from collections.abc import Sequence

from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from apps.accounts.emails import address_of
from apps.accounts.models import PEOPLE, DirectoryEntry, GroupMember, group_pk
from movierec.dynamo.table import Row


def add(transaction: TransactWrite, user_id: str, account: Row, *, expires_at: int | None) -> None:
    """Lists a new account in place of what its address was before; `account` is its row."""
    transaction.save(new_entry(user_id, {**account, "expiresAt": expires_at}))


def new_entry(user_id: str, account: Row) -> DirectoryEntry:
    """The entry of an account's row, not yet written."""
    return DirectoryEntry(
        PEOPLE,
        address_of(account["email"]),
        user_id=user_id,
        email=account["email"],
        created_at=account["createdAt"],
        confirmed=account["confirmed"],
        disabled=account.get("disabled"),
        reset_required=account.get("resetRequired"),
        groups=account.get("groups"),
        expires_at=account.get("expiresAt"),
    )


def change(transaction: TransactWrite, user_id: str, account: Row, actions: Sequence[Action]) -> None:
    """Changes the entry of a confirmed account, or of one that becomes so, with the account.

    The transaction has to ask that the account is there, since an entry that is not is made. It writes nothing where
    the address is another's by now.
    """
    whose = [
        DirectoryEntry.user_id.set(user_id),
        DirectoryEntry.email.set(account["email"]),
        DirectoryEntry.created_at.set(account["createdAt"]),
        DirectoryEntry.confirmed.set(True),
        DirectoryEntry.expires_at.remove(),
    ]
    own = DirectoryEntry.pk.does_not_exist() | (DirectoryEntry.user_id == user_id)
    transaction.update(DirectoryEntry(PEOPLE, address_of(account["email"])), [*whose, *actions], condition=own)


def keep_as_it_is(transaction: TransactWrite, address: str) -> None:
    """Costs a transaction as much as `add`, changes nothing, and never stops it."""
    either = DirectoryEntry.pk.exists() | DirectoryEntry.pk.does_not_exist()
    transaction.condition_check(DirectoryEntry, PEOPLE, address, condition=either)


def listings(account: Row) -> list[DirectoryEntry | GroupMember]:
    """Where an account is listed, as rows with nothing but their keys."""
    address = address_of(account["email"])
    members = [GroupMember(group_pk(group), address) for group in account.get("groups") or ()]
    return [DirectoryEntry(PEOPLE, address), *members]
