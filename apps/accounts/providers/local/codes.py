"""Codes by mail: six digits, good for 15 minutes and five tries.

Every address counts guesses, whether a code was mailed to it or not, so that guessing tells nothing about who
has an account.
"""

from __future__ import annotations

import hmac
import secrets
from time import time

from django.conf import settings
from django.utils.crypto import salted_hmac
from pynamodb.exceptions import UpdateError

from apps.accounts.errors import CodeMismatch, ExpiredCode, TooManyGuesses
from apps.accounts.models import SIGN_UP_CODE, Code, email_pk

DIGITS = 6


def new_code() -> str:
    """Six random digits."""
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"


def code_row(address: str, code: str, user_id: str) -> Code:
    """The row that holds a fresh code of an address, not yet written."""
    row = decoy_row(address)
    row.code_hash = _hash(address, code)
    row.user_id = user_id
    return row


def decoy_row(address: str) -> Code:
    """The row of an address that was mailed no code, not yet written; no guess ever matches it."""
    expires_at = int(time()) + settings.CODE_SECONDS
    return Code(email_pk(address), SIGN_UP_CODE, tries=0, expires_at=expires_at)


def check_code(address: str, code: str) -> Code:
    """Counts a guess and answers the code's row when it is right.

    Raises CodeMismatch; ExpiredCode for the right code too late; TooManyGuesses from the sixth guess on.
    """
    now = int(time())
    row = _count_guess(address, now)
    if row.code_hash is None or not hmac.compare_digest(row.code_hash, _hash(address, code)):
        raise CodeMismatch
    if int(row.expires_at or 0) <= now:
        raise ExpiredCode
    return row


def _count_guess(address: str, now: int) -> Code:
    row = Code(email_pk(address), SIGN_UP_CODE)
    expires_at = Code.expires_at | (now + settings.CODE_SECONDS)
    free = Code.tries.does_not_exist() | (Code.tries < settings.CODE_TRIES)
    try:
        row.update([Code.tries.add(1), Code.expires_at.set(expires_at)], condition=free)
    except UpdateError as error:
        if error.cause_response_code != "ConditionalCheckFailedException":
            raise
        raise _out_of_tries(address, now) from error
    return row


def _out_of_tries(address: str, now: int) -> Exception:
    row = Code.get_row(email_pk(address), SIGN_UP_CODE, consistent=True)
    if row is None:
        return CodeMismatch()
    if row["expiresAt"] > now:
        return TooManyGuesses(retry_after=row["expiresAt"] - now)
    return ExpiredCode()


def _hash(address: str, code: str) -> str:
    # Six digits are soon tried through, so the hash needs a key that does not lie in the table.
    return salted_hmac("movierec.accounts.code", f"{address}\n{code}", algorithm="sha256").hexdigest()
