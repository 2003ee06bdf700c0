"""Setting a new password by a mailed code: every address gets the same answer for the same work, and one mail."""

from __future__ import annotations

from apps.accounts import mails, passwords
from apps.accounts.emails import address_of
from apps.accounts.errors import CodeMismatch, InvalidPassword
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

    Where staff demanded another password it has to be another one; that is told only to who has the code. Raises
    InvalidPassword, CodeMismatch, ExpiredCode and TooManyGuesses.
    """
    passwords.check_password(password)
    row = codes.check_code(RESET_CODE, address_of(email), code)
    _check_is_another(row.user_id or "", password)
    if not registrations.reset_hash(row, passwords.hash_password(password)):
        raise CodeMismatch
    return row.user_id or ""


def _check_is_another(user_id: str, password: str) -> None:
    account = registrations.stored(user_id)
    if account and account.get("resetRequired") and passwords.matches(password, account["passwordHash"]):
        raise InvalidPassword(["This is the password that must not be used any more; choose another one."])
