"""The passwords of sign-ups that wait for their code.

That an account is not confirmed is said to who signed up with this password only. It is said of an address that has
an account as well, where the sign-up came to nothing: otherwise signing up and in would tell who has one. And a user
pool says it before it looks at the password. So a hash is kept here, whoever signs up, until the code comes.
"""

from __future__ import annotations

from time import time

from django.conf import settings
from pynamodb.attributes import UnicodeAttribute

from apps.accounts import passwords
from apps.accounts.models import email_pk
from movierec.dynamo.data_table import DataRow

PENDING = "PENDING"


class PendingSignUp(DataRow):
    """`EMAIL#<address>` / `PENDING`: the scrypt hash of the password that an address signed up with last."""

    password_hash = UnicodeAttribute(attr_name="passwordHash")


def keep(address: str, password: str) -> None:
    """Keeps the password of a sign-up, in place of an older one."""
    expires_at = int(time()) + settings.UNCONFIRMED_SECONDS
    hashed = passwords.hash_password(password)
    PendingSignUp(email_pk(address), PENDING, password_hash=hashed, expires_at=expires_at).save()


def is_password(address: str, password: str) -> bool:
    """Whether an address signed up with this password; costs a read and one scrypt for any address."""
    row = PendingSignUp.get_row(email_pk(address), PENDING, consistent=True)
    waits = row is not None and row["expiresAt"] > time()
    stored = row["passwordHash"] if row and waits else passwords.nobodys_hash()
    return passwords.matches(password, stored) and waits


def forget(address: str) -> None:
    """Removes what was kept; also when there is nothing."""
    PendingSignUp(email_pk(address), PENDING).delete()
