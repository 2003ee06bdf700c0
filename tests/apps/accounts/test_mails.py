"""Mails as a mail server gets them, and how many an hour one address gets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from email import message_from_bytes
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Thread
from typing import Any

import pytest
import time_machine
from django.core.mail.utils import DNS_NAME

from apps.accounts import mails
from apps.accounts.errors import MailNotSent, TooManyMails
from apps.accounts.models import MailCounter

NOW = 1_800_000_000
EMAIL = "ann@example.com"
Post = Callable[..., Any]


class MailServer(ThreadingTCPServer):
    """Takes mail on this machine, or refuses every recipient, and keeps what it was told."""

    daemon_threads = True
    accepts = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Conversation)
        self.recipients: list[str] = []
        self.messages: list[bytes] = []


class Conversation(StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        self.say("220 ready")
        while line := self.rfile.readline().decode("ascii").rstrip("\r\n"):
            self.answer(line)

    def answer(self, line: str) -> None:
        if line.startswith("rcpt "):
            self.server.recipients.append(line)
            self.say("250 taken" if self.server.accepts else "550 no such mailbox")
        elif line == "data":
            self.say("354 go on")
            self.server.messages.append(b"".join(iter(self.rfile.readline, b".\r\n")))
            self.say("250 taken")
        elif line == "quit":
            self.say("221 bye")
        else:
            self.say("250 fine")

    def say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


@pytest.fixture
def server(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[MailServer]:
    """The mail server that mail goes to."""
    # The name of this machine is not to be looked up in the network.
    monkeypatch.setattr(DNS_NAME, "_fqdn", "localhost", raising=False)
    with MailServer() as listening:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = listening.server_address
        thread = Thread(target=listening.serve_forever, args=(0.01,))
        thread.start()
        yield listening
        listening.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("email", "recipient"),
    [
        ("Ann+tag@Example.com", "Ann+tag@Example.com"),
        ("a.b-c_d'e!#$%&*/?=^`{|}~@example.com", "a.b-c_d'e!#$%&*/?=^`{|}~@example.com"),
        ("ann@exämple.com", "ann@xn--exmple-cua.com"),
        ("ann@xn--exmple-cua.com", "ann@xn--exmple-cua.com"),
    ],
)
def test_mail_goes_to_just_the_address(server: MailServer, email: str, recipient: str) -> None:
    mails.mail_code(email, "123456")
    assert server.recipients == [f"rcpt TO:<{recipient}>"]
    (message,) = map(message_from_bytes, server.messages)
    assert message["To"] == recipient
    assert message["Subject"] == "Your MovieRec confirmation code"


def test_a_mail_that_is_refused_was_not_sent(server: MailServer) -> None:
    server.accepts = False
    with pytest.raises(MailNotSent):
        mails.mail_code(EMAIL, "123456")
    assert server.messages == []


@time_machine.travel(NOW + 600, tick=False)
def test_the_sixth_mail_of_an_hour_is_refused(tables: None) -> None:
    for _ in range(5):
        mails.count_mail(EMAIL)
    with pytest.raises(TooManyMails) as caught:
        mails.count_mail(EMAIL)
    assert caught.value.headers["Retry-After"] == "3000"
    mails.count_mail("bob@example.com")


def test_the_next_hour_begins_anew(tables: None) -> None:
    with time_machine.travel(NOW, tick=False):
        for _ in range(5):
            mails.count_mail(EMAIL)
    with time_machine.travel(NOW + 3600, tick=False):
        mails.count_mail(EMAIL)
    first, second = MailCounter.query_all("EMAIL#ann@example.com")
    assert (first["sent"], second["sent"]) == (5, 1)
    assert (first["expiresAt"], second["expiresAt"]) == (NOW + 3600, NOW + 7200)


def test_a_mailbox_that_refuses_gives_no_more_guesses(ann: str, post: Post, server: MailServer) -> None:
    server.accepts = False
    mailed: list[int] = []
    guessed: Counter[str] = Counter()
    with time_machine.travel(NOW, tick=False):
        for attempt in range(12):
            mailed.append(post("forgot", {"email": EMAIL}).status_code)
            for guess in range(5):
                body = {"email": EMAIL, "code": f"x{attempt:02}{guess:03}", "password": "another good password"}
                guessed[post("reset", body).json()["code"]] += 1
    assert mailed == [503] * 5 + [429] * 7
    assert len(server.recipients) == 5
    assert guessed.keys() == {"CodeMismatchException", "TooManyRequestsException"}
    assert 0 < guessed["CodeMismatchException"] <= 25


@pytest.mark.parametrize(
    "email",
    ['"\\ann"@example.com', '"ann"@example.com', "=?utf-8?q?ann?=@example.com", "=?utf-8?q?=00?=@example.com"],
)
@pytest.mark.parametrize("name", ["signup", "resend", "forgot"])
def test_no_second_spelling_reaches_a_mailbox(
    ann: str, post: Post, rows: Callable[[], list[dict[str, Any]]], server: MailServer, name: str, email: str
) -> None:
    before = rows()
    answer = post(name, {"email": email, **({"password": "a good password"} if name == "signup" else {})})
    assert answer.status_code == 400
    assert answer.json()["details"][0]["path"] == "email"
    assert server.recipients == []
    assert rows() == before


def test_both_forms_of_a_domain_are_one_address(cheap_scrypt: None, post: Post, server: MailServer) -> None:
    with time_machine.travel(NOW, tick=False):
        for email in ("ann@exämple.com", "ann@xn--exmple-cua.com") * 3:
            last = post("forgot", {"email": email})
    assert last.status_code == 429
    assert server.recipients == ["rcpt TO:<ann@xn--exmple-cua.com>"] * 5
