"""The second factor of an account: a sealed TOTP secret, pending until its first code, and each code once only."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from apps.accounts.errors import CodeMismatch, NoTotpBegun, UnreadableSecondFactor
from apps.accounts.models import PROFILE, Account
from apps.accounts.providers.local import totp
from apps.accounts.providers.local.registrations import Registration
from movierec.dynamo.data_table import user_pk
from movierec.sealing import BrokenSeal, resealed, seal, unseal

logger = logging.getLogger(__name__)


def begin(user_id: str) -> str | None:
    """Stores a new pending secret and answers it in base32; None when the account is gone."""
    secret = totp.new_secret()
    pending = Account.totp_pending.set(seal(_purpose(user_id), secret.encode()))
    return secret if _update(user_id, [pending], Account.pk.exists()) else None


def confirm(account: Registration | None, code: str) -> None:
    """Puts the pending secret in force, once. Raises NoTotpBegun, also for one that does not open, and CodeMismatch."""
    if account is None or account.totp_pending is None:
        raise NoTotpBegun
    try:
        step = _step(account.user_id, account.totp_pending, code, after=0)
    except BrokenSeal as error:
        raise NoTotpBegun from error
    actions = [
        Account.totp_secret.set(account.totp_pending),
        Account.totp_step.set(step),
        Account.totp_pending.remove(),
    ]
    if not _update(account.user_id, actions, Account.totp_pending == account.totp_pending):
        raise CodeMismatch


def spend(account: Registration, code: str) -> Registration:
    """Takes a code of the secret in force, and answers the account as it is then.

    What an older key sealed is sealed by today's with the same write, so that who signs in now and then keeps a
    second factor however often the key changes. Raises CodeMismatch, also for a code that is not newer than the last,
    and UnreadableSecondFactor.
    """
    if account.totp_secret is None:
        raise CodeMismatch
    try:
        step = _step(account.user_id, account.totp_secret, code, after=account.totp_step or 0)
    except BrokenSeal as error:
        logger.warning(
            "A second factor was sealed by a key that is gone; put that key back into SECRET_KEY_FALLBACKS, or its "
            "owner sets it up anew by a recovery code."
        )
        raise UnreadableSecondFactor from error
    sealed = resealed(_purpose(account.user_id), account.totp_secret)
    fresh = (Account.totp_secret == account.totp_secret) & (Account.totp_step < step)
    if not _update(account.user_id, [Account.totp_secret.set(sealed), Account.totp_step.set(step)], fresh):
        raise CodeMismatch
    return replace(account, totp_secret=sealed, totp_step=step)


def disable(user_id: str) -> None:
    """Removes every secret; no error where there is none, or no account."""
    actions = [Account.totp_secret.remove(), Account.totp_pending.remove(), Account.totp_step.remove()]
    _update(user_id, actions, Account.pk.exists())


def _step(user_id: str, sealed: str, code: str, *, after: int) -> int:
    secret = unseal(_purpose(user_id), sealed).decode()
    step = totp.matching_step(secret, code, after=after)
    if step is None:
        raise CodeMismatch
    return step


def _purpose(user_id: str) -> str:
    # A sealed secret that was copied into another account's row does not open there.
    return f"totp.{user_id}"


def _update(user_id: str, actions: Sequence[Action], condition: Condition) -> bool:
    return Account.update_row_if(user_pk(user_id), PROFILE, actions, condition) is not None
