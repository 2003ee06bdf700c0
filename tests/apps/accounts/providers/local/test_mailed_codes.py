"""Sign-up, resend, forgot and reset at the provider: one answer, one mail and the same work for every address."""

from __future__ import annotations

import smtplib
from collections import Counter
from collections.abc import Callable
from typing import Any

import pyotp
import pytest
import time_machine
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend

from apps.accounts.errors import (
    CodeMismatch,
    ExpiredCode,
    InvalidPassword,
    MailNotSent,
    NotConfirmed,
    TooManyGuesses,
    TooManyMails,
    WrongCredentials,
)
from apps.accounts.models import Account, EmailClaim
from apps.accounts.providers.interface import Challenge, Tokens
from apps.accounts.providers.local.provider import LocalProvider

NOW = 1_800_000_000
DAY = 24 * 3600
PASSWORD = "a good password"
Rows = Callable[[], list[dict[str, Any]]]
Code = Callable[[], str]
provider = LocalProvider()

# One address of each kind, as it is typed and as it is stored.
TYPED = {"confirmed": "ANN@example.com", "unconfirmed": "BOB@example.com", "unknown": "Eve@Example.com"}
STORED = {"confirmed": "Ann@Example.com", "unconfirmed": "Bob@Example.com", "unknown": "Eve@Example.com"}


@pytest.fixture
def people(ann: str) -> None:
    """Ann has an account, Bob waits for his code, nobody knows Eve."""
    provider.sign_up(STORED["unconfirmed"], PASSWORD)
    mail.outbox.clear()


def sent() -> tuple[str, str]:
    """Whom the one mail went to, and its subject."""
    (message,) = mail.outbox
    mail.outbox.clear()
    (to,) = message.to
    return to, str(message.subject)


REQUESTS: dict[str, Callable[[str], Any]] = {
    "sign_up": lambda email: provider.sign_up(email, PASSWORD),
    "resend": provider.resend,
    "forgot": provider.forgot,
}
SUBJECTS = {
    ("sign_up", "confirmed"): "You already have a MovieRec account",
    ("sign_up", "unconfirmed"): "Your MovieRec confirmation code",
    ("sign_up", "unknown"): "Your MovieRec confirmation code",
    ("resend", "confirmed"): "You already have a MovieRec account",
    ("resend", "unconfirmed"): "Your MovieRec confirmation code",
    ("resend", "unknown"): "There is no MovieRec account with this address",
    ("forgot", "confirmed"): "Your MovieRec code for a new password",
    ("forgot", "unconfirmed"): "There is no MovieRec account with this address",
    ("forgot", "unknown"): "There is no MovieRec account with this address",
}


@pytest.mark.parametrize(("request_name", "kind"), SUBJECTS)
def test_each_request_sends_one_mail(people: None, request_name: str, kind: str) -> None:
    REQUESTS[request_name](TYPED[kind])
    to, subject = sent()
    assert subject == SUBJECTS[(request_name, kind)]
    if subject != "There is no MovieRec account with this address" and request_name != "sign_up":
        assert to == STORED[kind]


@pytest.mark.parametrize("request_name", REQUESTS)
def test_each_address_costs_the_same_operations(people: None, operations: list[str], request_name: str) -> None:
    seen = {}
    for kind, email in TYPED.items():
        operations.clear()
        REQUESTS[request_name](email)
        seen[kind] = list(operations)
    assert seen["confirmed"] == seen["unconfirmed"] == seen["unknown"]
    write = "TransactWriteItems" if request_name == "sign_up" else "PutItem"
    assert seen["unknown"] == ["UpdateItem", "GetItem", "GetItem", write]


def test_each_wrong_password_costs_the_same_operations(people: None, operations: list[str]) -> None:
    seen = []
    for email in TYPED.values():
        operations.clear()
        with pytest.raises(WrongCredentials):
            provider.sign_in(email, "wrong password")
        seen.append(list(operations))
    assert seen == [["GetItem", "GetItem"]] * 3


@pytest.mark.parametrize("request_name", REQUESTS)
def test_each_address_gets_a_row_of_the_same_code_and_counter(people: None, rows: Rows, request_name: str) -> None:
    kinds = {"sign_up": "CODE#SIGNUP", "resend": "CODE#SIGNUP", "forgot": "CODE#RESET"}
    for email in TYPED.values():
        REQUESTS[request_name](email)
    found = Counter(row["sk"] for row in rows() if row["pk"].startswith("EMAIL#"))
    assert found[kinds[request_name]] == 3
    assert sum(count for sk, count in found.items() if sk.startswith("MAILS#")) == 3


@pytest.mark.parametrize("request_name", ["resend", "forgot"])
@pytest.mark.parametrize("kind", TYPED)
def test_each_address_gets_five_mails_an_hour(people: None, request_name: str, kind: str) -> None:
    with time_machine.travel(NOW, tick=False):
        for _ in range(5):
            REQUESTS[request_name](TYPED[kind])
        with pytest.raises(TooManyMails):
            REQUESTS[request_name](TYPED[kind])
    assert len(mail.outbox) == 5


@pytest.mark.parametrize("request_name", ["resend", "forgot"])
@pytest.mark.parametrize("kind", TYPED)
def test_each_address_is_told_when_mail_is_down(
    people: None, monkeypatch: pytest.MonkeyPatch, request_name: str, kind: str
) -> None:
    def fail(*_: object) -> int:
        raise smtplib.SMTPServerDisconnected("gone")

    monkeypatch.setattr(EmailBackend, "send_messages", fail)
    with time_machine.travel(NOW, tick=False):
        for _ in range(5):
            with pytest.raises(MailNotSent):
                REQUESTS[request_name](TYPED[kind])
        with pytest.raises(TooManyMails):
            REQUESTS[request_name](TYPED[kind])


@pytest.mark.parametrize("email", [TYPED["confirmed"], TYPED["unknown"]])
def test_no_guess_matches_where_no_code_was_mailed(people: None, rows: Rows, email: str) -> None:
    provider.resend(email)
    assert not [row for row in rows() if row["pk"] == f"EMAIL#{email.lower()}" and "codeHash" in row]
    with pytest.raises(CodeMismatch):
        provider.confirm(email, "000000")


def test_the_code_that_was_mailed_again_confirms_and_the_one_before_does_not(people: None, mailed_code: Code) -> None:
    provider.resend(TYPED["unconfirmed"])
    first = mailed_code()
    provider.resend(TYPED["unconfirmed"])
    second = mailed_code()
    if first != second:
        with pytest.raises(CodeMismatch):
            provider.confirm(TYPED["unconfirmed"], first)
    user_id = provider.confirm(TYPED["unconfirmed"], second)
    assert provider.account_id(TYPED["unconfirmed"]) == user_id
    with pytest.raises(CodeMismatch):
        provider.confirm(TYPED["unconfirmed"], second)


def test_a_registration_that_expired_is_unknown_and_may_be_made_anew(
    tables: None, cheap_scrypt: None, mailed_code: Code, rows: Rows
) -> None:
    with time_machine.travel(NOW, tick=False):
        provider.sign_up("bob@example.com", PASSWORD)
    with time_machine.travel(NOW + DAY - 1, tick=False), pytest.raises(NotConfirmed):
        provider.sign_in("bob@example.com", PASSWORD)
    with time_machine.travel(NOW + DAY, tick=False):
        with pytest.raises(WrongCredentials):
            provider.sign_in("bob@example.com", PASSWORD)
        mail.outbox.clear()
        provider.resend("bob@example.com")
        assert sent() == ("bob@example.com", "There is no MovieRec account with this address")
        user_id = provider.sign_up("bob@example.com", PASSWORD)
        assert provider.confirm("bob@example.com", mailed_code()) == user_id
    with time_machine.travel(NOW + 400 * DAY, tick=False):
        assert isinstance(provider.sign_in("bob@example.com", PASSWORD), Tokens)
    assert [row["pk"] for row in rows() if row["sk"] == "PROFILE"] == [f"USER#{user_id}"]


def test_a_mailed_code_sets_the_password_once(people: None, ann: str, mailed_code: Code) -> None:
    provider.forgot(TYPED["confirmed"])
    code = mailed_code()
    assert provider.reset(TYPED["confirmed"], code, "another password") == ann
    with pytest.raises(WrongCredentials):
        provider.sign_in(TYPED["confirmed"], "correct horse battery")
    assert isinstance(provider.sign_in(TYPED["confirmed"], "another password"), Tokens)
    with pytest.raises(CodeMismatch):
        provider.reset(TYPED["confirmed"], code, "a third password")
    assert isinstance(provider.sign_in(TYPED["confirmed"], "another password"), Tokens)


def test_a_reset_does_not_pass_the_second_factor(people: None, ann: str, mailed_code: Code) -> None:
    provider.confirm_totp(ann, "", pyotp.TOTP(provider.begin_totp(ann, "")).now())
    provider.forgot(TYPED["confirmed"])
    provider.reset(TYPED["confirmed"], mailed_code(), "another password")
    assert isinstance(provider.sign_in(TYPED["confirmed"], "another password"), Challenge)


def test_a_refused_password_costs_no_guess_and_changes_nothing(people: None, mailed_code: Code, rows: Rows) -> None:
    provider.forgot(TYPED["confirmed"])
    before = rows()
    with pytest.raises(InvalidPassword):
        provider.reset(TYPED["confirmed"], mailed_code(), "password")
    assert rows() == before


@pytest.mark.parametrize("kind", TYPED)
def test_wrong_reset_codes_are_the_same_for_every_address(people: None, operations: list[str], kind: str) -> None:
    provider.forgot(TYPED[kind])
    operations.clear()
    for _ in range(5):
        with pytest.raises(CodeMismatch):
            provider.reset(TYPED[kind], "abcdef", "another password")
    assert operations == ["UpdateItem"] * 5
    with pytest.raises(TooManyGuesses):
        provider.reset(TYPED[kind], "abcdef", "another password")


def test_a_late_reset_code_is_expired(people: None, mailed_code: Code) -> None:
    with time_machine.travel(NOW, tick=False):
        provider.forgot(TYPED["confirmed"])
    with time_machine.travel(NOW + 900, tick=False), pytest.raises(ExpiredCode):
        provider.reset(TYPED["confirmed"], mailed_code(), "another password")


def test_a_sign_up_code_resets_no_password_and_a_reset_code_confirms_nothing(people: None, mailed_code: Code) -> None:
    provider.resend(TYPED["unconfirmed"])
    with pytest.raises(CodeMismatch):
        provider.reset(TYPED["unconfirmed"], mailed_code(), "another password")
    provider.forgot(TYPED["confirmed"])
    with pytest.raises(CodeMismatch):
        provider.confirm(TYPED["confirmed"], mailed_code())
    assert provider.account_id(TYPED["unconfirmed"]) is None


def test_a_code_of_an_account_that_is_gone_does_nothing(people: None, mailed_code: Code, rows: Rows, ann: str) -> None:
    provider.forgot(TYPED["confirmed"])
    code = mailed_code()
    Account("USER#ann-id", "PROFILE").delete()
    with pytest.raises(CodeMismatch):
        provider.reset(TYPED["confirmed"], code, "another password")
    provider.resend(TYPED["unconfirmed"])
    code = mailed_code()
    EmailClaim("EMAIL#bob@example.com", "ACCOUNT").delete()
    with pytest.raises(CodeMismatch):
        provider.confirm(TYPED["unconfirmed"], code)
    assert not [row for row in rows() if row["sk"] == "PROFILE" and row["confirmed"]]
