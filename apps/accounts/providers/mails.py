"""The mails of sign-up, at most five an hour for one address."""

from __future__ import annotations

import smtplib
from collections.abc import Iterator
from contextlib import contextmanager
from time import time

from django.conf import settings
from django.core.mail import send_mail

from apps.accounts.errors import MailNotSent, TooManyMails
from apps.accounts.models import MailCounter, email_pk

HOUR_SECONDS = 3600
MAILS_AN_HOUR = 5


def mail_code(email: str, code: str) -> None:
    """Sends the code. Raises MailNotSent."""
    minutes = settings.CONFIRMATION_CODE_SECONDS // 60
    text = f"Your MovieRec confirmation code is {code}. It is good for {minutes} minutes."
    _send(email, "Your MovieRec confirmation code", text)


def mail_owner(email: str) -> None:
    """Tells the owner of an account that someone signed up with the same address. Raises MailNotSent."""
    text = (
        "Someone, perhaps you, signed up at MovieRec with this address, which already has an account. "
        "If it was you, sign in instead; if it was not, there is nothing you need to do."
    )
    _send(email, "You already have a MovieRec account", text)


def _send(email: str, subject: str, text: str) -> None:
    try:
        send_mail(subject, text, None, [email])
    except (smtplib.SMTPException, OSError) as error:
        raise MailNotSent from error


@contextmanager
def counted_mail(address: str) -> Iterator[None]:
    """Counts a mail to an address, but not one that could not be sent. Raises TooManyMails from the sixth on."""
    now = int(time())
    hour = now // HOUR_SECONDS
    ends_at = (hour + 1) * HOUR_SECONDS
    counter = MailCounter(email_pk(address), f"MAILS#{hour}")
    counter.update([MailCounter.sent.add(1), MailCounter.expires_at.set(ends_at)])
    if (counter.sent or 0) > MAILS_AN_HOUR:
        raise TooManyMails(retry_after=ends_at - now)
    try:
        yield
    except MailNotSent:
        counter.update([MailCounter.sent.add(-1)])
        raise
