"""Mail by SES's API."""

from __future__ import annotations

from email import message_from_string
from email.policy import default
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError
from django.core.mail import EmailMessage, get_connection, send_mail
from moto.core import DEFAULT_ACCOUNT_ID
from moto.ses.models import ses_backends

from apps.accounts.errors import MailNotSent
from apps.accounts.mails import mail_code
from movierec.aws import client
from movierec.mail.ses import MailRefused

SENDER = "no-reply@movierec.net"


@pytest.fixture(autouse=True)
def _ses(tables: None, settings: Any) -> None:
    settings.AWS_ENDPOINT_URL = "https://email.eu-north-1.amazonaws.com"
    settings.EMAIL_BACKEND = "movierec.mail.ses.SesBackend"
    settings.DEFAULT_FROM_EMAIL = f"MovieRec <{SENDER}>"
    client("sesv2").create_email_identity(EmailIdentity=SENDER)


def sent() -> list[Any]:
    return list(ses_backends[DEFAULT_ACCOUNT_ID]["eu-north-1"].sent_messages)


def test_a_message_goes_as_it_is() -> None:
    assert send_mail("Grüße", "Dein Code: 123456\n", None, ["ann@example.com"]) == 1
    (message,) = sent()
    read = message_from_string(message.raw_data, policy=default)
    assert (read["From"], read["To"], read["Subject"]) == (f"MovieRec <{SENDER}>", "ann@example.com", "Grüße")
    assert read.get_content().split() == ["Dein", "Code:", "123456"]
    assert "\r\n" in message.raw_data
    assert set(message.destinations) == {"ann@example.com"}


def test_hidden_copies_stay_hidden() -> None:
    message = EmailMessage("x", "x", None, ["ann@example.com"], bcc=["ben@example.com"])
    assert get_connection().send_messages([message]) == 1
    (gone,) = sent()
    assert set(gone.destinations) == {"ann@example.com", "ben@example.com"}
    assert "ben@example.com" not in gone.raw_data


def test_a_message_to_nobody_is_not_sent() -> None:
    assert EmailMessage("x", "x", None, []).send() == 0
    assert get_connection().send_messages([EmailMessage("x", "x", None, [])]) == 0
    assert sent() == []


def test_a_sender_that_ses_does_not_know_is_refused_without_naming_people() -> None:
    with pytest.raises(MailRefused) as raised:
        send_mail("x", "x", "other@example.com", ["ann@example.com"])
    assert str(raised.value) == "SES did not take a mail (MessageRejected)."
    assert raised.value.__context__ is None


def test_failures_may_be_silent() -> None:
    messages = [EmailMessage("x", "x", sender, ["ann@example.com"]) for sender in ("other@example.com", SENDER)]
    assert get_connection(fail_silently=True).send_messages(messages) == 1


def test_a_code_that_cannot_be_mailed_is_told_the_person() -> None:
    def refuse(**_: Any) -> None:
        raise EndpointConnectionError(endpoint_url="https://a.example")

    events = client("sesv2").meta.events
    events.register("before-call.sesv2.SendEmail", refuse)
    try:
        with pytest.raises(MailNotSent) as raised:
            mail_code("ann@example.com", "123456")
    finally:
        events.unregister("before-call.sesv2.SendEmail", refuse)
    assert str(raised.value.__cause__) == "SES did not take a mail (EndpointConnectionError)."
