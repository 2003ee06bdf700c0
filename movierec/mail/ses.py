"""Mail by Amazon SES, for EMAIL_URL=ses://."""

from __future__ import annotations

from collections.abc import Sequence
from smtplib import SMTPException

from botocore.exceptions import BotoCoreError, ClientError
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from movierec.aws import client


class MailRefused(SMTPException):
    """SES did not take a mail, or could not be asked; the text holds no address."""


class SesBackend(BaseEmailBackend):
    """Sends each message as it is by SES's API, in the region of the other services, by the process's own rights."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """How many were sent. Raises MailRefused, unless failures are to be silent."""
        return sum(map(self._is_sent, email_messages))

    def _is_sent(self, message: EmailMessage) -> bool:
        recipients = message.recipients()
        if not recipients:
            return False
        content = message.message().as_bytes(linesep="\r\n")  # type: ignore[call-arg]  # Django's own messages take it
        try:
            client("sesv2").send_email(
                Destination={"ToAddresses": recipients},
                Content={"Raw": {"Data": content}},
            )
        except ClientError as error:
            reason = error.response["Error"]["Code"]
        except BotoCoreError as error:
            reason = type(error).__name__
        else:
            return True
        if self.fail_silently:
            return False
        # SES's own sentence may name people's addresses.
        raise MailRefused(f"SES did not take a mail ({reason}).")
