"""The mails of identity. Those with codes are counted: at most five an hour for one address."""

from __future__ import annotations

import logging
import smtplib
from time import time

from django.conf import settings
from django.core.mail import send_mail

from apps.accounts.caller import Caller
from apps.accounts.emails import check_email
from apps.accounts.errors import InvalidEmail, MailNotSent, TooManyMails
from apps.accounts.models import MailCounter, email_pk

logger = logging.getLogger(__name__)

HOUR_SECONDS = 3600
MAILS_AN_HOUR = 5
NOT_YOU = "If it was not you, reset your password at once: it ends every session."


def mail_code(email: str, code: str) -> None:
    """Sends a sign-up code. Raises MailNotSent."""
    text = f"Your MovieRec confirmation code is {code}. It is good for {_minutes()} minutes."
    _send(email, "Your MovieRec confirmation code", text)


def mail_reset_code(email: str, code: str) -> None:
    """Sends a code that sets a new password. Raises MailNotSent."""
    text = (
        f"Your MovieRec code for a new password is {code}. It is good for {_minutes()} minutes. "
        "If you did not ask for it, there is nothing you need to do."
    )
    _send(email, "Your MovieRec code for a new password", text)


def mail_owner(email: str) -> None:
    """Tells the owner of an account that someone signs up with the same address. Raises MailNotSent."""
    text = (
        "Someone, perhaps you, tried to sign up at MovieRec with this address, which already has an account. "
        "If it was you, sign in instead; if it was not, there is nothing you need to do."
    )
    _send(email, "You already have a MovieRec account", text)


def mail_no_account(email: str) -> None:
    """Tells a person who asked for a code that there is no account to confirm or to reset. Raises MailNotSent.

    Sent so that an answer takes as long as for an address that has one.
    """
    text = (
        "Someone, perhaps you, asked for a MovieRec code for this address, but no account that is confirmed uses it. "
        "If it was you, sign up, or try another address of yours; if it was not, there is nothing you need to do."
    )
    _send(email, "There is no MovieRec account with this address", text)


def tell_new_device(email: str, caller: Caller) -> None:
    """Tells the owner of a sign-in from somewhere new."""
    where = f"{caller.device or 'an unknown device'}, network {caller.place or 'unknown'}"
    _tell(email, "New sign-in to your MovieRec account", f"Somebody signed in to your account from {where}. {NOT_YOU}")


def tell_password_changed(email: str) -> None:
    """Tells the owner that the password is another."""
    _tell(email, "Your MovieRec password was changed", f"The password of your account was changed. {NOT_YOU}")


def tell_reset_required(email: str) -> None:
    """Tells the owner that the password works no more, and how to get another."""
    text = (
        "To keep your account safe we have ended every session of it, and its password no longer works. To set a new "
        'one, choose "Forgotten password" where you sign in; a code for it is mailed to this address.'
    )
    _tell(email, "Your MovieRec account needs a new password", text)


def tell_second_factor_on(email: str) -> None:
    """Tells the owner that a second factor guards the account."""
    text = f"Signing in to your account now takes a code of your authenticator app. {NOT_YOU}"
    _tell(email, "The second factor of your MovieRec account is on", text)


def tell_second_factor_off(email: str) -> None:
    """Tells the owner that the second factor is gone."""
    text = f"Signing in to your account no longer takes a code. {NOT_YOU}"
    _tell(email, "The second factor of your MovieRec account is off", text)


def tell_deletion(email: str, due_at: str) -> None:
    """Tells the owner when the account will be gone."""
    text = (
        f"Your account and everything in it will be deleted on {due_at[:10]}. "
        "To keep it, sign in before that day and choose to restore it."
    )
    _tell(email, "Your MovieRec account will be deleted", text)


def _minutes() -> int:
    return int(settings.CODE_SECONDS // 60)


def _tell(email: str, subject: str, text: str) -> None:
    """Sends a notice about what has happened already: neither a mail server that is down must undo it, nor an address.

    A pool may have people whose addresses we would not have taken.
    """
    try:
        check_email(email)
        _send(email, subject, text)
    except (InvalidEmail, MailNotSent):
        logger.exception("A notice could not be mailed: %s", subject)


def _send(email: str, subject: str, text: str) -> None:
    try:
        send_mail(subject, text, None, [email])
    except (smtplib.SMTPException, OSError) as error:
        raise MailNotSent from error


def count_mail(address: str) -> None:
    """Counts a mail to an address before it is sent. Raises TooManyMails from the sixth on.

    It counts also when it could not be sent: its code was stored by then, and can be guessed.
    """
    now = int(time())
    hour = now // HOUR_SECONDS
    ends_at = (hour + 1) * HOUR_SECONDS
    counter = MailCounter(email_pk(address), f"MAILS#{hour}")
    counter.update([MailCounter.sent.add(1), MailCounter.expires_at.set(ends_at)])
    if (counter.sent or 0) > MAILS_AN_HOUR:
        raise TooManyMails(retry_after=ends_at - now)
