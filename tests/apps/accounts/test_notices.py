"""What the owner of an account is told by mail."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import pyotp
import pytest
from django.core import mail
from django.test import Client

from apps.accounts import services
from apps.accounts.services import Person, Proof
from tests.apps.accounts.conftest import EMAIL, PASSWORD

NEW_PASSWORD = "another horse battery"
LINUX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
Post = Callable[..., Any]


@pytest.fixture
def person(ann: str, post: Post) -> Person:
    """Ann, signed in once, with no mail yet."""
    tokens = post("signin", {"email": EMAIL, "password": PASSWORD}).json()
    claims = services.provider().claims(tokens["AccessToken"])
    assert mail.outbox == []
    return Person(ann, claims.session_id, tokens["AccessToken"], claims.signed_in_at)


def told() -> tuple[list[str], str, str]:
    """To whom the one mail went, its subject and its text."""
    (sent,) = mail.outbox
    return sent.to, sent.subject, str(sent.body)


def sign_in_from(client: Client, address: str, user_agent: str = LINUX) -> Any:
    return client.post(
        "/auth/signin",
        {"email": EMAIL, "password": PASSWORD},
        content_type="application/json",
        REMOTE_ADDR=address,
        headers={"user-agent": user_agent},
    )


def test_a_new_device(client: Client, person: Person) -> None:
    assert sign_in_from(client, "203.0.113.9").status_code == 200
    to, subject, text = told()
    assert (to, subject) == ([EMAIL], "New sign-in to your MovieRec account")
    assert text.startswith("Somebody signed in to your account from Firefox on Linux, network 203.0.113.0/24. ")


def test_a_known_device_and_place_is_no_news(client: Client, person: Person) -> None:
    sign_in_from(client, "203.0.113.9")
    mail.outbox.clear()
    assert sign_in_from(client, "203.0.113.77").status_code == 200
    assert mail.outbox == []


def test_a_wrong_password_from_anywhere_is_no_new_device(client: Client, person: Person) -> None:
    answer = client.post(
        "/auth/signin",
        {"email": EMAIL, "password": "wrong"},
        content_type="application/json",
        REMOTE_ADDR="198.51.100.1",
    )
    assert (answer.status_code, mail.outbox) == (401, [])


def test_a_changed_password(person: Person) -> None:
    services.change_password(person=person, old=PASSWORD, new=NEW_PASSWORD)
    assert told()[:2] == ([EMAIL], "Your MovieRec password was changed")


def test_a_reset_password_goes_to_the_address_as_it_is_stored(
    person: Person, post: Post, mailed_code: Callable[[], str]
) -> None:
    post("forgot", {"email": EMAIL.upper()})
    code = mailed_code()
    mail.outbox.clear()
    assert post("reset", {"email": EMAIL.upper(), "code": code, "password": NEW_PASSWORD}).status_code == 200
    assert told()[:2] == ([EMAIL], "Your MovieRec password was changed")


def test_the_second_factor_on_and_off(person: Person) -> None:
    app = pyotp.TOTP(services.begin_totp(person=person))
    assert mail.outbox == []
    recovery_codes = services.confirm_totp(person=person, code=app.now())
    assert told()[:2] == ([EMAIL], "The second factor of your MovieRec account is on")
    mail.outbox.clear()
    services.disable_totp(person=person, proof=Proof(PASSWORD, recovery_code=recovery_codes[0]))
    to, subject, text = told()
    assert (to, subject) == ([EMAIL], "The second factor of your MovieRec account is off")
    assert "reset your password at once" in text


def test_a_deletion_and_its_day(person: Person) -> None:
    due_at = services.request_deletion(person=person, proof=Proof(PASSWORD))
    to, subject, text = told()
    assert (to, subject) == ([EMAIL], "Your MovieRec account will be deleted")
    assert f"will be deleted on {due_at[:10]}." in text


def test_a_mail_server_that_is_down_undoes_nothing_and_is_logged(
    client: Client, person: Person, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    with caplog.at_level(logging.ERROR, "apps.accounts.mails"):
        assert sign_in_from(client, "203.0.113.9").status_code == 200
    assert caplog.messages == ["A notice could not be mailed: New sign-in to your MovieRec account"]
    assert EMAIL not in caplog.text
