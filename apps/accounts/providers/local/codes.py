"""Codes by mail: six digits, good for one purpose, 15 minutes and five tries.

Every address counts guesses, whether a code was mailed to it or not, so that guessing tells nothing about who
has an account. A purpose is the sort key of its rows: SIGN_UP_CODE or RESET_CODE.
"""

from __future__ import annotations

import hmac
import secrets
from time import time

from django.conf import settings
from django.utils.crypto import salted_hmac

from apps.accounts.errors import CodeMismatch, ExpiredCode, TooManyGuesses
from apps.accounts.models import Code, email_pk

DIGITS = 6


def new_code() -> str:
    """Six random digits."""
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"


def code_row(purpose: str, address: str, code: str, user_id: str) -> Code:
    """The row that holds a fresh code of an address, not yet written."""
    row = decoy_row(purpose, address)
    row.code_hash = _hash(purpose, address, code)
    row.user_id = user_id
    return row


def decoy_row(purpose: str, address: str) -> Code:
    """The row of an address that was mailed no code, not yet written; no guess ever matches it."""
    expires_at = int(time()) + settings.CODE_SECONDS
    return Code(email_pk(address), purpose, tries=0, expires_at=expires_at)


def check_code(purpose: str, address: str, code: str) -> Code:
    """Counts a guess and answers the code's row when it is right.

    Raises CodeMismatch; ExpiredCode for the right code too late; TooManyGuesses from the sixth guess on.
    """
    now = int(time())
    row = _count_guess(purpose, address, now)
    if row.code_hash is None or not hmac.compare_digest(row.code_hash, _hash(purpose, address, code)):
        raise CodeMismatch
    if int(row.expires_at or 0) <= now:
        raise ExpiredCode
    return row


def _count_guess(purpose: str, address: str, now: int) -> Code:
    expires_at = Code.expires_at | (now + settings.CODE_SECONDS)
    free = Code.tries.does_not_exist() | (Code.tries < settings.CODE_TRIES)
    counted = [Code.tries.add(1), Code.expires_at.set(expires_at)]
    row = Code.update_row_if(email_pk(address), purpose, counted, free)
    if row is None:
        raise _out_of_tries(purpose, address, now)
    return Code(
        row["pk"],
        row["sk"],
        code_hash=row.get("codeHash"),
        user_id=row.get("userId"),
        tries=row["tries"],
        expires_at=row["expiresAt"],
    )


def _out_of_tries(purpose: str, address: str, now: int) -> Exception:
    row = Code.get_row(email_pk(address), purpose, consistent=True)
    if row is None:
        return CodeMismatch()
    if row["expiresAt"] > now:
        return TooManyGuesses(retry_after=row["expiresAt"] - now)
    return ExpiredCode()


def _hash(purpose: str, address: str, code: str) -> str:
    # Six digits are soon tried through, so the hash needs a key that does not lie in the table.
    text = f"{purpose}\n{address}\n{code}"
    return salted_hmac("movierec.accounts.code", text, algorithm="sha256").hexdigest()
