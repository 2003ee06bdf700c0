"""Guesses at the pool's mailed codes: five for each code, within 15 minutes.

The pool limits guesses for its users only. Here every address counts them, whether it was mailed a code or not,
so that guessing tells nothing about who has an account.
"""

from __future__ import annotations

import re
from time import time

from django.conf import settings

from apps.accounts.errors import CodeMismatch, ExpiredCode, TooManyGuesses
from apps.accounts.models import Code, email_pk

_CODE = re.compile(r"[0-9]{6}")


def begin(address: str, purpose: str) -> None:
    """Gives an address that asked for a code all its guesses; `purpose` is SIGN_UP_CODE or RESET_CODE."""
    Code(email_pk(address), purpose, tries=0, expires_at=int(time()) + settings.CODE_SECONDS).save()


def count(address: str, purpose: str, code: str) -> None:
    """Counts a guess before the pool is asked. Raises CodeMismatch, ExpiredCode and TooManyGuesses."""
    now = int(time())
    expires_at = Code.expires_at | (now + settings.CODE_SECONDS)
    free = Code.tries.does_not_exist() | (Code.tries < settings.CODE_TRIES)
    row = Code.update_row_if(email_pk(address), purpose, [Code.tries.add(1), Code.expires_at.set(expires_at)], free)
    if row is None:
        raise _out_of_tries(address, purpose, now)
    if row["expiresAt"] <= now:
        raise ExpiredCode
    if not _CODE.fullmatch(code):
        raise CodeMismatch


def end(address: str, purpose: str) -> None:
    """Forgets the guesses at a code that was right."""
    Code(email_pk(address), purpose).delete()


def _out_of_tries(address: str, purpose: str, now: int) -> Exception:
    row = Code.get_row(email_pk(address), purpose, consistent=True)
    left = row["expiresAt"] - now if row else 0
    return TooManyGuesses(retry_after=left) if left > 0 else ExpiredCode()
