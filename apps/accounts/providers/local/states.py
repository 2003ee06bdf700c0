"""The state between the right password and the second factor.

It names the account and is bound to the password and the TOTP secret of that moment, so that changing either makes
it useless. The shared layer seals it and lets it grow three minutes old.
"""

from __future__ import annotations

import hmac

from django.utils.crypto import salted_hmac

from apps.accounts.errors import ChallengeExpired
from apps.accounts.providers.local import registrations
from apps.accounts.providers.local.registrations import Registration


def state_of(account: Registration) -> str:
    """The state of an account whose password was right."""
    return f"{_digest(account)}.{account.user_id}"


def account_behind(state: str) -> Registration:
    """The account of a state.

    Raises ChallengeExpired when it, its password or its secret is another by now, or staff closed it.
    """
    digest, _, user_id = state.partition(".")
    account = registrations.by_id(user_id)
    if account is None or not account.open or not hmac.compare_digest(digest.encode(), _digest(account).encode()):
        raise ChallengeExpired
    return account


def _digest(account: Registration) -> str:
    text = f"{account.user_id}\n{account.password_hash}\n{account.totp_secret}"
    return salted_hmac("movierec.accounts.state", text, algorithm="sha256").hexdigest()
