"""Accounts as rows: found by address or id, written so that an address belongs to one account."""

from __future__ import annotations

from dataclasses import dataclass

from pynamodb.exceptions import UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.transactions import TransactWrite

from apps.accounts.models import CLAIM, PROFILE, SIGN_UP_CODE, Account, Code, EmailClaim, email_pk
from apps.accounts.transactions import write_together
from movierec.dynamo.data_table import user_pk
from movierec.dynamo.table import Row
from movierec.timestamps import now_text


@dataclass(frozen=True, slots=True)
class Registration:
    """An account: confirmed, or waiting for its code."""

    user_id: str
    email: str
    password_hash: str
    confirmed: bool


def find(address: str) -> Registration | None:
    """The account of a normalised address. An unknown one costs the same two reads."""
    claim = EmailClaim.get_row(email_pk(address), CLAIM, consistent=True)
    user_id = claim["userId"] if claim else ""
    return by_id(user_id)


def by_id(user_id: str) -> Registration | None:
    """The account of a user id."""
    row = Account.get_row(user_pk(user_id), PROFILE, consistent=True)
    return _registration(user_id, row) if row else None


def _registration(user_id: str, row: Row) -> Registration:
    return Registration(user_id, row["email"], row["passwordHash"], row["confirmed"])


def store(address: str, new: Registration, old: Registration | None, code: Code | None = None) -> bool:
    """Writes an account, its claim and its code in place of an unconfirmed one; False when someone was faster."""
    return write_together(lambda transaction: _fill(transaction, address, new, old, code))


def _fill(
    transaction: TransactWrite, address: str, new: Registration, old: Registration | None, code: Code | None
) -> None:
    free = EmailClaim.pk.does_not_exist()
    unchanged = EmailClaim.user_id == old.user_id if old else free
    transaction.save(EmailClaim(email_pk(address), CLAIM, user_id=new.user_id), condition=unchanged)
    transaction.save(_account(new), condition=Account.pk.does_not_exist() | _waiting())
    if old and old.user_id != new.user_id:
        transaction.delete(Account(user_pk(old.user_id), PROFILE), condition=_waiting())
    if code:
        transaction.save(code)


def _account(registration: Registration) -> Account:
    return Account(
        user_pk(registration.user_id),
        PROFILE,
        email=registration.email,
        password_hash=registration.password_hash,
        confirmed=registration.confirmed,
        created_at=now_text(),
    )


def store_decoy(address: str, owner: Registration, code: Code) -> None:
    """Writes the code row of a taken address, with as much work as a new account's."""

    def fill(transaction: TransactWrite) -> None:
        transaction.condition_check(EmailClaim, email_pk(address), CLAIM, condition=EmailClaim.user_id == owner.user_id)
        transaction.condition_check(Account, user_pk(owner.user_id), PROFILE, condition=Account.pk.exists())
        transaction.save(code)

    write_together(fill)


def confirm(code: Code) -> bool:
    """Confirms the account of a code and removes the code; False when either is gone or done already."""

    def fill(transaction: TransactWrite) -> None:
        account = Account(user_pk(code.user_id or ""), PROFILE)
        transaction.update(account, [Account.confirmed.set(True)], condition=_waiting())
        transaction.delete(Code(code.pk, SIGN_UP_CODE), condition=Code.code_hash == code.code_hash)

    return write_together(fill)


def replace_hash(old: Registration, password_hash: str) -> None:
    """Stores another hash, unless the password was changed meanwhile."""
    account = Account(user_pk(old.user_id), PROFILE)
    try:
        account.update([Account.password_hash.set(password_hash)], condition=Account.password_hash == old.password_hash)
    except UpdateError as error:
        if error.cause_response_code != "ConditionalCheckFailedException":
            raise


def _waiting() -> Condition:
    return Account.confirmed == False  # noqa: E712  (PynamoDB builds its conditions with ==)
