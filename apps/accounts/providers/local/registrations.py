"""Accounts as rows: found by address or id, written so that an address belongs to one account."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import time

from django.conf import settings
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from apps.accounts import denials
from apps.accounts.directory import entries
from apps.accounts.directory.interface import OPS
from apps.accounts.emails import address_of
from apps.accounts.models import CLAIM, PROFILE, Account, Code, DirectoryEntry, EmailClaim, email_pk
from movierec.dynamo.data_table import user_pk
from movierec.dynamo.table import Row
from movierec.dynamo.transactions import write_together
from movierec.timestamps import now_text


@dataclass(frozen=True, slots=True)
class Registration:
    """An account: confirmed, or waiting for its code until it expires.

    The TOTP secrets are sealed; `created_at` is an ISO-8601 UTC text, empty for one that is not stored yet;
    `expires_at` counts seconds since 1970. Nobody signs in to one that is not `open`.
    """

    user_id: str
    email: str
    password_hash: str
    confirmed: bool
    created_at: str = ""
    totp_secret: str | None = None
    totp_pending: str | None = None
    totp_step: int | None = None
    expires_at: int | None = None
    disabled: bool = False
    reset_required: bool = False
    groups: tuple[str, ...] = ()

    @property
    def open(self) -> bool:
        """Whether its password may be used: staff have neither disabled it nor asked for another."""
        return not (self.disabled or self.reset_required)


def find(address: str) -> Registration | None:
    """The account of a normalised address, None for an expired one. An unknown one costs the same two reads."""
    found = find_stored(address)
    expired = found is not None and found.expires_at is not None and found.expires_at <= time()
    return None if expired else found


def find_stored(address: str) -> Registration | None:
    """The account of a normalised address, also one that expired and that `store` has to replace."""
    claim = EmailClaim.get_row(email_pk(address), CLAIM, consistent=True)
    user_id = claim["userId"] if claim else ""
    return by_id(user_id)


def by_id(user_id: str) -> Registration | None:
    """The account of a user id, confirmed or not."""
    row = stored(user_id)
    return _registration(user_id, row) if row else None


def stored(user_id: str) -> Row | None:
    """The row of an account, with the names of its person. One request."""
    return Account.get_row(user_pk(user_id), PROFILE, consistent=True)


def _registration(user_id: str, row: Row) -> Registration:
    return Registration(
        user_id,
        row["email"],
        row["passwordHash"],
        row["confirmed"],
        created_at=row["createdAt"],
        totp_secret=row.get("totpSecret"),
        totp_pending=row.get("totpPending"),
        totp_step=row.get("totpStep"),
        expires_at=row.get("expiresAt"),
        disabled=row.get("disabled", False),
        reset_required=row.get("resetRequired", False),
        groups=tuple(row.get("groups") or ()),
    )


def store(address: str, new: Registration, old: Registration | None, code: Code | None = None) -> bool:
    """Writes an account, its claim and its code in place of an unconfirmed one; False when someone was faster.

    What is not confirmed expires after a day.
    """
    return write_together(lambda transaction: _fill(transaction, address, new, old, code))


def _fill(
    transaction: TransactWrite, address: str, new: Registration, old: Registration | None, code: Code | None
) -> None:
    now = int(time())
    expires_at = None if new.confirmed else now + settings.UNCONFIRMED_SECONDS
    # DynamoDB may have removed an expired account and not yet its claim.
    free = EmailClaim.pk.does_not_exist() | (EmailClaim.expires_at <= now)
    unchanged = EmailClaim.user_id == old.user_id if old else free
    claim = EmailClaim(email_pk(address), CLAIM, user_id=new.user_id, expires_at=expires_at)
    transaction.save(claim, condition=unchanged)
    created_at = now_text()
    account = _account(new, created_at, expires_at)
    transaction.save(account, condition=Account.pk.does_not_exist() | _waiting())
    row = {"email": new.email, "createdAt": created_at, "confirmed": new.confirmed}
    entries.add(transaction, new.user_id, row, expires_at=expires_at)
    if old and old.user_id != new.user_id:
        transaction.delete(Account(user_pk(old.user_id), PROFILE), condition=_waiting())
    if code:
        transaction.save(code)


def _account(registration: Registration, created_at: str, expires_at: int | None) -> Account:
    return Account(
        user_pk(registration.user_id),
        PROFILE,
        email=registration.email,
        password_hash=registration.password_hash,
        confirmed=registration.confirmed,
        created_at=created_at,
        expires_at=expires_at,
    )


def store_decoy(address: str, owner: Registration, code: Code) -> None:
    """Writes the code row of a taken address, with as much work as a new account's."""

    def fill(transaction: TransactWrite) -> None:
        transaction.condition_check(EmailClaim, email_pk(address), CLAIM, condition=EmailClaim.user_id == owner.user_id)
        transaction.condition_check(Account, user_pk(owner.user_id), PROFILE, condition=Account.pk.exists())
        entries.keep_as_it_is(transaction, address)
        transaction.save(code)

    write_together(fill)


def confirm(code: Code) -> bool:
    """Confirms the account of a code, which then never expires, and removes the code.

    False when the account or the code is gone, expired or done already.
    """
    user_id = code.user_id or ""
    account = stored(user_id)

    def fill(transaction: TransactWrite) -> None:
        _confirm(transaction, user_id, account or {}, code.pk)
        _spend(transaction, code)

    return account is not None and write_together(fill)


def confirm_stored(user_id: str, account: Row) -> bool:
    """Confirms an account without its code; False when it is gone, expired or done already."""
    pk = email_pk(address_of(account["email"]))
    return write_together(lambda transaction: _confirm(transaction, user_id, account, pk))


def _confirm(transaction: TransactWrite, user_id: str, account: Row, pk: str) -> None:
    unexpired = ~(Account.expires_at <= int(time()))
    confirmed: list[Action] = [Account.confirmed.set(True), Account.expires_at.remove()]
    transaction.update(Account(user_pk(user_id), PROFILE), confirmed, condition=_waiting() & unexpired)
    claim = EmailClaim(pk, CLAIM)
    transaction.update(claim, [EmailClaim.expires_at.remove()], condition=EmailClaim.user_id == user_id)
    entries.change(transaction, user_id, account, [])


def reset_hash(code: Code, password_hash: str) -> bool:
    """Stores another hash for the account of a code, removes the code, and ends what the old password signed in.

    From then on no other password is demanded. False when code or account is gone.
    """
    user_id = code.user_id or ""
    account = stored(user_id)

    def fill(transaction: TransactWrite) -> None:
        fresh: list[Action] = [Account.password_hash.set(password_hash), Account.reset_required.remove()]
        transaction.update(Account(user_pk(user_id), PROFILE), fresh, condition=_is_confirmed())
        entries.change(transaction, user_id, account or {}, [DirectoryEntry.reset_required.remove()])
        _spend(transaction, code)
        denials.sign_out_with(transaction, user_id)

    done = account is not None and write_together(fill)
    denials.cache.forget(user_id)
    return done


@dataclass(frozen=True, slots=True)
class Change:
    """Actions on an account's row and on its entry in the directory, what must hold of it, and other writes with it.

    `by` is the user id of another account that must be of ops, and not disabled, at that moment; empty for none.
    """

    account: Sequence[Action]
    entry: Sequence[Action]
    unless_changed: Condition | None = None
    also: Callable[[TransactWrite], None] | None = None
    by: str = ""


def change_confirmed(user_id: str, account: Row, change: Change) -> bool:
    """Changes a confirmed account; False when it is gone, not confirmed, or it or `by` is not as the change wants."""

    def fill(transaction: TransactWrite) -> None:
        condition = _is_confirmed() if change.unless_changed is None else _is_confirmed() & change.unless_changed
        transaction.update(Account(user_pk(user_id), PROFILE), list(change.account), condition=condition)
        entries.change(transaction, user_id, account, change.entry)
        if change.also:
            change.also(transaction)
        if change.by:
            transaction.condition_check(Account, user_pk(change.by), PROFILE, condition=_is_of_ops())

    return write_together(fill)


def change_hash(old: Registration, password_hash: str, *, kept_session: str) -> bool:
    """Stores another hash and ends what the old password signed in, but for one session.

    False when the password was changed meanwhile.
    """

    def fill(transaction: TransactWrite) -> None:
        fresh, unchanged = Account.password_hash.set(password_hash), Account.password_hash == old.password_hash
        transaction.update(Account(user_pk(old.user_id), PROFILE), [fresh], condition=unchanged)
        denials.sign_out_with(transaction, old.user_id, kept=kept_session)

    done = write_together(fill)
    denials.cache.forget(old.user_id)
    return done


def remove(user_id: str, account: Row) -> bool:
    """Removes an account with all that it is found and listed by, so that no later change lists it anew.

    What a later account of its address has stays. False when it, or what it has, changed meanwhile.
    """
    address = address_of(account["email"])
    found_by = [EmailClaim(email_pk(address), CLAIM), *entries.listings(account)]
    keys = [{"pk": row.pk, "sk": row.sk} for row in found_by]
    rows = EmailClaim.get_rows(keys, attributes=["pk", "userId"], consistent=True)
    own = {row["pk"] for row in rows if row["userId"] == user_id}

    def fill(transaction: TransactWrite) -> None:
        transaction.delete(Account(user_pk(user_id), PROFILE), condition=Account.pk.exists() & in_groups_of(account))
        for row in found_by:
            kind = type(row)
            if row.pk in own:
                transaction.delete(row, condition=kind.user_id == user_id)
            else:
                others = kind.pk.does_not_exist() | (kind.user_id != user_id)
                transaction.condition_check(kind, row.pk, row.sk, condition=others)

    return write_together(fill)


def in_groups_of(account: Row) -> Condition:
    """That an account is in the groups that its row had."""
    had = account.get("groups")
    same: Condition = Account.groups.does_not_exist() if had is None else Account.groups == had
    return same


def _spend(transaction: TransactWrite, code: Code) -> None:
    transaction.delete(Code(code.pk, code.sk), condition=Code.code_hash == code.code_hash)


def replace_hash(old: Registration, password_hash: str) -> bool:
    """Stores another hash of the same password; False when that was changed meanwhile."""
    fresh, unchanged = Account.password_hash.set(password_hash), Account.password_hash == old.password_hash
    return Account.update_row_if(user_pk(old.user_id), PROFILE, [fresh], unchanged) is not None


def _is_confirmed() -> Condition:
    return Account.confirmed == True  # noqa: E712  (PynamoDB builds its conditions with ==)


def _is_of_ops() -> Condition:
    of_ops: Condition = Account.groups.contains(OPS) & Account.disabled.does_not_exist()
    return of_ops


def _waiting() -> Condition:
    return Account.confirmed == False  # noqa: E712  (PynamoDB builds its conditions with ==)
