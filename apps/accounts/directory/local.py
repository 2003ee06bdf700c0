"""The directory of the accounts in our own table."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from time import time
from typing import Any, Final

from pynamodb.transactions import TransactWrite

from apps.accounts import denials
from apps.accounts.directory import effects
from apps.accounts.directory.interface import (
    GROUPS,
    OPS,
    DirectoryPage,
    DirectoryPerson,
    DirectoryQuery,
    Status,
)
from apps.accounts.directory.matching import only, other_group
from apps.accounts.emails import address_of
from apps.accounts.errors import AccountStateRefused, NoSuchPerson
from apps.accounts.models import PEOPLE, Account, DirectoryEntry, GroupMember, group_pk
from apps.accounts.providers.local import registrations
from apps.accounts.providers.local.registrations import Change
from movierec.api.errors import Unavailable
from movierec.dynamo.table import Count, Page, Row

MOST_COUNTED: Final = 1_000
# A list that is narrowed by what no key tells makes so many requests for so many entries, then shows what it found.
REQUESTS: Final = 2
ENTRIES: Final = 500
# Of changes of one account's groups at the same moment one wins each round.
TRIES: Final = 5


class LocalDirectory:
    """Accounts of the local provider; see Directory for what each method promises."""

    def page(self, asked: DirectoryQuery) -> DirectoryPage:
        """By key where an id, a group or an address is asked for; each page is one or two requests."""
        if asked.user_id:
            found = self.person(asked.user_id)
            return DirectoryPage(only(asked, [found] if found else []), None, int(found is not None))
        if asked.group:
            return _members(asked)
        return _looked_through(asked)

    def count(self) -> Count:
        """Those that wait for their code included."""
        return DirectoryEntry.count_rows(PEOPLE, most=MOST_COUNTED)

    def person(self, user_id: str) -> DirectoryPerson | None:
        """One read."""
        row = registrations.stored(user_id)
        return _person(user_id, row) if row and _is_alive(row) else None

    def find_by_email(self, email: str) -> DirectoryPerson | None:
        """Two reads."""
        found = registrations.find(address_of(email))
        return self.person(found.user_id) if found else None

    def groups_of(self, user_id: str) -> tuple[str, ...]:
        """One read."""
        account = registrations.by_id(user_id)
        serves = account is not None and account.confirmed and not account.disabled
        return account.groups if account and serves else ()

    def confirm(self, user_id: str) -> None:
        """The code that was mailed is good for nothing then."""
        row = _row(user_id)
        done = row["confirmed"] or registrations.confirm_stored(user_id, row)
        if not done and not _row(user_id)["confirmed"]:
            raise AccountStateRefused("The sign-up has expired; its owner has to sign up again.")
        effects.after_confirmation(user_id, row["email"])

    def disable(self, user_id: str, *, by: str = "") -> None:
        """The account is closed and its tokens are refused by one write; then its sessions end."""
        _repeat(user_id, lambda row: _closing(user_id, row, by), by=by)
        denials.cache.forget(user_id)
        effects.end_sessions(user_id)

    def enable(self, user_id: str) -> None:
        """Opens the account; sessions that a `disable` cut short left over end first."""
        _confirmed(user_id)
        effects.end_sessions(user_id)
        _change(user_id, Change([Account.disabled.remove()], [DirectoryEntry.disabled.remove()]))

    def force_reset(self, user_id: str) -> None:
        """The password is useless and the tokens are refused by one write; then the sessions end."""
        demanded = Change(
            [Account.reset_required.set(True)],
            [DirectoryEntry.reset_required.set(True)],
            also=_sign_out(user_id),
        )
        row = _change(user_id, demanded)
        effects.after_forced_reset(user_id, row["email"])

    def add_to_group(self, user_id: str, group: str) -> None:
        """Account, list and members change together."""
        if group not in GROUPS:
            raise other_group(group)
        _repeat(user_id, lambda row: _grouping(user_id, row, group, member=True))

    def remove_from_group(self, user_id: str, group: str, *, by: str = "") -> None:
        """Account, list and members change together."""
        _repeat(user_id, lambda row: _grouping(user_id, row, group, member=False, by=by), by=by)


def _looked_through(asked: DirectoryQuery) -> DirectoryPage:
    """Accounts in the order of their addresses, by one request, or two where what no key tells narrows them."""
    begins = DirectoryEntry.sk.startswith(address_of(asked.email_prefix)) if asked.email_prefix else None
    narrowed = asked.status is not None or asked.enabled is not None
    after, looked = asked.after, 0
    kept: list[DirectoryPerson] = []
    for _ in range(REQUESTS if narrowed else 1):
        page = DirectoryEntry.query_page(
            PEOPLE,
            range_condition=begins,
            limit=ENTRIES if narrowed else asked.limit + 1,
            after={"pk": PEOPLE, "sk": after} if after else None,
            consistent=True,
        )
        for person, sk in _listed(page):
            if len(kept) == asked.limit:
                return DirectoryPage(kept, after, looked)
            kept += only(asked, [person] if person else [])
            after, looked = sk, looked + 1
        after = _key_after(page)
        if after is None:
            break
    return DirectoryPage(kept, after, looked)


def _listed(page: Page) -> Iterator[tuple[DirectoryPerson | None, str]]:
    """The people of some entries with their keys; None for one that has expired."""
    for row in page.rows:
        yield (_person(row["userId"], row) if _is_alive(row) else None), row["sk"]


def _members(asked: DirectoryQuery) -> DirectoryPage:
    """A page of a group: its members by one request, their entries by another."""
    begins = GroupMember.sk.startswith(address_of(asked.email_prefix)) if asked.email_prefix else None
    pk = group_pk(asked.group)
    start = {"pk": pk, "sk": asked.after} if asked.after else None
    page = GroupMember.query_page(pk, range_condition=begins, limit=asked.limit, after=start, consistent=True)
    whose = {row["sk"]: row["userId"] for row in page.rows}
    keys = [{"pk": PEOPLE, "sk": sk} for sk in whose]
    rows = sorted(DirectoryEntry.get_rows(keys, consistent=True), key=lambda row: str(row["sk"])) if keys else []
    people = [_person(row["userId"], row) for row in rows if row["userId"] == whose[row["sk"]] and _is_alive(row)]
    return DirectoryPage(only(asked, people), _key_after(page), len(page.rows))


def _key_after(page: Page) -> str | None:
    return page.last_key["sk"] if page.last_key else None


def _is_alive(row: Row) -> bool:
    # DynamoDB removes expired rows some time later.
    return "expiresAt" not in row or row["expiresAt"] > time()


def _person(user_id: str, row: Row) -> DirectoryPerson:
    """A person as an account's row tells, or as the entry does, which has less."""
    return DirectoryPerson(
        user_id=user_id,
        email=row["email"],
        status=_status(row),
        enabled=not row.get("disabled"),
        created_at=row["createdAt"],
        groups=tuple(row.get("groups") or ()),
        has_totp="totpSecret" in row if "passwordHash" in row else None,
        username=row.get("username") or "",
        display_name=row.get("displayName") or "",
    )


def _status(row: Row) -> Status:
    if not row["confirmed"]:
        return "unconfirmed"
    return "reset-required" if row.get("resetRequired") else "confirmed"


def _row(user_id: str) -> Row:
    row = registrations.stored(user_id)
    if row is None or not _is_alive(row):
        raise NoSuchPerson
    return row


def _confirmed(user_id: str) -> Row:
    row = _row(user_id)
    if not row["confirmed"]:
        raise AccountStateRefused("This account is not confirmed yet, so nobody can sign in to it; confirm it first.")
    return row


def _change(user_id: str, change: Change) -> Row:
    """Changes a confirmed account and answers its row as it was before."""
    row = _confirmed(user_id)
    if not registrations.change_confirmed(user_id, row, change):
        raise NoSuchPerson
    denials.cache.forget(user_id)
    return row


def _sign_out(user_id: str) -> Any:
    return lambda transaction: denials.sign_out_with(transaction, user_id)


def _repeat(user_id: str, change_of: Callable[[Row], Change | None], *, by: str = "") -> None:
    """Changes a confirmed account by what its row asks for, until nothing came between; None asks for nothing."""
    for _ in range(TRIES):
        row = _confirmed(user_id)
        change = change_of(row)
        if change is None or registrations.change_confirmed(user_id, row, change):
            return
        if change.by and not _is_of_ops(by):
            raise AccountStateRefused("You are not a member of ops any more, so nothing was done.")
    raise Unavailable


def _is_of_ops(user_id: str) -> bool:
    account = registrations.by_id(user_id)
    return account is not None and OPS in account.groups and not account.disabled


def _closing(user_id: str, row: Row, by: str) -> Change:
    """Disables an account, and asks of `by` to stay of ops where it is of ops."""
    return Change(
        [Account.disabled.set(True)],
        [DirectoryEntry.disabled.set(True)],
        unless_changed=registrations.in_groups_of(row),
        also=_sign_out(user_id),
        by=by if OPS in (row.get("groups") or ()) else "",
    )


def _grouping(user_id: str, row: Row, group: str, *, member: bool, by: str = "") -> Change | None:
    """Makes an account a member of a group, or none; None where it is so already."""
    groups = set(row.get("groups") or ())
    if (group in groups) == member:
        return None
    wanted = sorted(groups | {group} if member else groups - {group})
    entry = GroupMember(group_pk(group), address_of(row["email"]), user_id=user_id)

    def list_member(transaction: TransactWrite) -> None:
        if member:
            transaction.save(entry)
        else:
            transaction.delete(GroupMember(entry.pk, entry.sk))

    return Change(
        [Account.groups.set(wanted)],
        [DirectoryEntry.groups.set(wanted)],
        unless_changed=registrations.in_groups_of(row),
        also=list_member,
        by=by if group == OPS else "",
    )
