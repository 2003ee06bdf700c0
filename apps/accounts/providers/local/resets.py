"""Setting a new password by a mailed code: every address gets the same answer for the same work, and one mail."""

from __future__ import annotations

from apps.accounts import mails, passwords
from apps.accounts.emails import address_of
from apps.accounts.errors import CodeMismatch
from apps.accounts.models import RESET_CODE
from apps.accounts.providers.local import codes, registrations


def forgot(email: str) -> None:
    """Has a code mailed to the stored address of a confirmed account; any other address is told that it has none.

    Raises TooManyMails and MailNotSent.
    """
    address = address_of(email)
    mails.count_mail(address)
    found = registrations.find(address)
    if found and found.confirmed:
        code = codes.new_code()
        codes.code_row(RESET_CODE, address, code, found.user_id).save()
        mails.mail_reset_code(found.email, code)
    else:
        codes.decoy_row(RESET_CODE, address).save()
        mails.mail_no_account(email)


def reset(email: str, code: str, password: str) -> str:
    """Spends the code for another password and answers the user id; a second factor stays as it is.

    Raises InvalidPassword, CodeMismatch, ExpiredCode and TooManyGuesses.
    """
    passwords.check_password(password)
    row = codes.check_code(RESET_CODE, address_of(email), code)
    if not registrations.reset_hash(row, passwords.hash_password(password)):
        raise CodeMismatch
    return row.user_id or ""
