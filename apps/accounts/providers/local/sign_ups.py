"""Signing up: every address gets the same answer for the same work, and one mail."""

from __future__ import annotations

import uuid

from apps.accounts import mails, passwords
from apps.accounts.emails import address_of
from apps.accounts.errors import CodeMismatch
from apps.accounts.models import SIGN_UP_CODE
from apps.accounts.providers.local import codes, registrations
from apps.accounts.providers.local.registrations import Registration
from movierec.api.errors import Unavailable


def register(email: str, password: str) -> str:
    """Stores or renews a registration, has its code mailed, and answers its id; the owner of a taken address is told.

    Each call answers a new id, also when it renews: an id that stayed would tell that the address waits for its
    code, one that changed that it is taken. Raises InvalidPassword, TooManyMails and MailNotSent.
    """
    passwords.check_password(password)
    mails.count_mail(address_of(email))
    new = Registration(str(uuid.uuid4()), email, passwords.hash_password(password), confirmed=False)
    # No more sign-ups of one address than this get here in an hour, and each round one of them succeeds.
    if not any(_register(new) for _ in range(mails.MAILS_AN_HOUR)):
        raise Unavailable
    return new.user_id


def _register(new: Registration) -> bool:
    """Stores a registration, or tells the owner of a taken address; False when someone was faster."""
    address = address_of(new.email)
    found = registrations.find_stored(address)
    if found and found.confirmed:
        registrations.store_decoy(address, found, codes.decoy_row(SIGN_UP_CODE, address))
        mails.mail_owner(found.email)
        return True
    code = codes.new_code()
    if not registrations.store(address, new, found, codes.code_row(SIGN_UP_CODE, address, code, new.user_id)):
        return False
    mails.mail_code(new.email, code)
    return True


def confirm(email: str, code: str) -> str:
    """Spends the code and answers the id of the account that it confirms.

    Raises CodeMismatch, ExpiredCode and TooManyGuesses.
    """
    row = codes.check_code(SIGN_UP_CODE, address_of(email), code)
    if not registrations.confirm(row):
        raise CodeMismatch
    return row.user_id or ""


def resend(email: str) -> None:
    """Has a new code mailed to a registration that waits for one; anyone else gets a mail that says what is so.

    Raises TooManyMails and MailNotSent.
    """
    address = address_of(email)
    mails.count_mail(address)
    found = registrations.find(address)
    if found and not found.confirmed:
        code = codes.new_code()
        codes.code_row(SIGN_UP_CODE, address, code, found.user_id).save()
        mails.mail_code(found.email, code)
        return
    codes.decoy_row(SIGN_UP_CODE, address).save()
    if found:
        mails.mail_owner(found.email)
    else:
        mails.mail_no_account(email)
