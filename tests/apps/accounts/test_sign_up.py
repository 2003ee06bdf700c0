from __future__ import annotations

import smtplib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.test import Client

from apps.accounts.providers.local.provider import LocalProvider

NOW = 1_800_000_000
BOB = {"email": "Bob@Example.com", "password": "a good password"}
SENT = "We sent a mail to this address; its code confirms the account."
Post = Callable[..., Any]
Rows = Callable[[], list[dict[str, Any]]]
Code = Callable[[], str]


def sign_in(post: Post, password: str = BOB["password"]) -> int:
    return int(post("signin", {"email": BOB["email"], "password": password}).status_code)


@time_machine.travel(NOW, tick=False)
def test_sign_up_stores_an_unconfirmed_account_and_mails_a_code(post: Post, rows: Rows, mailed_code: Code) -> None:
    answer = post("signup", BOB)
    user_id = answer.json()["userSub"]
    assert answer.status_code == 200
    assert answer.json() == {"message": SENT, "userSub": user_id}
    assert answer["Cache-Control"] == "no-store"
    claim, code, mails, pending, entry, profile = rows()
    # Nobody who does not confirm keeps an address for longer than a day.
    expires_at = NOW + 24 * 3600
    assert claim == {"pk": "EMAIL#bob@example.com", "sk": "ACCOUNT", "userId": user_id, "expiresAt": expires_at}
    assert (code["sk"], code["userId"], code["tries"], code["expiresAt"]) == ("CODE#SIGNUP", user_id, 0, NOW + 900)
    assert (mails["sk"], mails["sent"], mails["expiresAt"]) == (f"MAILS#{NOW // 3600}", 1, NOW + 3600)
    assert pending == {
        "pk": "EMAIL#bob@example.com",
        "sk": "PENDING",
        "passwordHash": pending["passwordHash"],
        "expiresAt": expires_at,
    }
    listed = {"email": "Bob@Example.com", "confirmed": False, "createdAt": profile["createdAt"]}
    assert entry == {"pk": "PEOPLE", "sk": "bob@example.com", "userId": user_id, "expiresAt": expires_at, **listed}
    assert profile == {
        "pk": f"USER#{user_id}",
        "sk": "PROFILE",
        "email": "Bob@Example.com",
        "passwordHash": profile["passwordHash"],
        "confirmed": False,
        "createdAt": "2027-01-15T08:00:00.000Z",
        "expiresAt": expires_at,
    }
    (sent,) = mail.outbox
    assert (sent.to, sent.from_email) == (["Bob@Example.com"], "MovieRec <no-reply@movierec.net>")
    assert sent.subject == "Your MovieRec confirmation code"
    assert sent.body == f"Your MovieRec confirmation code is {mailed_code()}. It is good for 15 minutes."


def test_the_code_confirms_once(post: Post, rows: Rows, mailed_code: Code) -> None:
    user_id = post("signup", BOB).json()["userSub"]
    body = {"email": "bob@EXAMPLE.com", "code": mailed_code()}
    answer = post("signup", body)
    assert answer.status_code == 200
    assert answer.json() == {
        "message": "The account is confirmed; you can sign in now.",
        "email": "bob@EXAMPLE.com",
    }
    profile = next(row for row in rows() if row["sk"] == "PROFILE")
    assert (profile["pk"], profile["confirmed"]) == (f"USER#{user_id}", True)
    assert not [row for row in rows() if row["sk"] in ("PROFILE", "ACCOUNT") and "expiresAt" in row]
    assert not [row for row in rows() if row["sk"].startswith("CODE#")]
    assert sign_in(post) == 200
    again = post("signup", body)
    assert (again.status_code, again.json()["code"]) == (400, "CodeMismatchException")


def test_signing_up_again_before_the_code_renews_password_and_code(post: Post, rows: Rows, mailed_code: Code) -> None:
    post("signup", BOB)
    old_code = mailed_code()
    second = post("signup", {**BOB, "password": "another password"}).json()["userSub"]
    new_code = mailed_code()
    assert [row["pk"] for row in rows() if row["sk"] == "PROFILE"] == [f"USER#{second}"]
    if old_code != new_code:
        assert post("signup", {"email": BOB["email"], "code": old_code}).json()["code"] == "CodeMismatchException"
    assert post("signup", {"email": BOB["email"], "code": new_code}).status_code == 200
    assert sign_in(post) == 401
    assert sign_in(post, "another password") == 200


def test_a_taken_address_gets_the_same_answer_and_its_owner_a_mail(post: Post, rows: Rows, ann: str) -> None:
    before = [row for row in rows() if row["sk"] in ("PROFILE", "ACCOUNT")]
    answer = post("signup", {"email": "ANN@example.com", "password": "a good password"})
    assert answer.status_code == 200
    assert answer.json() == {"message": SENT, "userSub": answer.json()["userSub"]}
    assert answer.json()["userSub"] != ann
    assert [row for row in rows() if row["sk"] in ("PROFILE", "ACCOUNT")] == before
    (sent,) = mail.outbox
    assert sent.to == ["Ann@Example.com"]
    assert sent.subject == "You already have a MovieRec account"
    assert "sign in instead" in str(sent.body)
    assert not any(character.isdecimal() for character in str(sent.body))


def test_every_sign_up_answers_a_new_id(post: Post, ann: str) -> None:
    known = [post("signup", {"email": "ann@example.com", "password": "a good password"}) for _ in range(2)]
    unknown = [post("signup", BOB) for _ in range(2)]
    ids = [answer.json()["userSub"] for answer in (*known, *unknown)]
    assert len(set(ids)) == 4
    assert {len(identity) for identity in ids} == {36}


def test_six_sign_ups_in_an_hour_mail_five_times(post: Post, ann: str) -> None:
    with time_machine.travel(NOW, tick=False):
        for email in ("bob@example.com", "ann@example.com"):
            answers = [post("signup", {**BOB, "email": email}) for _ in range(6)]
            assert [answer.status_code for answer in answers] == [200] * 5 + [429]
            assert answers[5].json()["code"] == "TooManyRequestsException"
            assert answers[5]["Retry-After"] == "3600"
    assert len(mail.outbox) == 10
    with time_machine.travel(NOW + 3600, tick=False):
        assert post("signup", BOB).status_code == 200


@pytest.mark.parametrize("error", [smtplib.SMTPServerDisconnected("gone"), ConnectionRefusedError(111, "refused")])
def test_a_mail_that_cannot_be_sent_is_a_503_that_counts_and_sign_up_can_be_repeated(
    post: Post, mailed_code: Code, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fail(*_: object) -> int:
        raise error

    with time_machine.travel(NOW, tick=False):
        with monkeypatch.context() as patch:
            patch.setattr(EmailBackend, "send_messages", fail)
            for _ in range(4):
                answer = post("signup", BOB)
                assert answer.status_code == 503
                assert answer.json()["error"] == "The mail could not be sent; try again in a moment."
                assert answer["Retry-After"] == "5"
        assert post("signup", BOB).status_code == 200
        assert post("signup", BOB).status_code == 429
        assert post("signup", {"email": BOB["email"], "code": mailed_code()}).status_code == 200


@pytest.mark.parametrize(
    ("body", "error", "code", "paths"),
    [
        ({}, "Email and password are required", "InvalidParameterException", ["email", "password"]),
        ({"email": "a@b.de"}, "Email and password are required", "InvalidParameterException", ["password"]),
        ({"email": "a@b.de", "password": ""}, "Email and password are required", None, ["password"]),
        ({"email": None, "password": "a good password"}, "Email and password are required", None, ["email"]),
        ({"email": "a@b.de", "password": "x" * 9, "code": "123456"}, None, "InvalidParameterException", ["code"]),
        ({"email": "a@b.de", "password": 12345678}, None, "InvalidParameterException", ["password"]),
        ({"email": "a@b.de", "password": True}, None, "InvalidParameterException", ["password"]),
        ({"email": "a@b.de", "password": ["a good password"]}, None, "InvalidParameterException", ["password"]),
        ({"email": {"a": 1}, "password": "a good password"}, None, "InvalidParameterException", ["email"]),
        ({"email": "no address", "password": "a good password"}, None, "InvalidParameterException", ["email"]),
        ({"email": f"a@{'b' * 300}.de", "password": "x" * 9}, None, "InvalidParameterException", ["email"]),
        ({"email": "a@b.de", "password": "nul\x00 character"}, None, "InvalidParameterException", ["password"]),
        ({"email": "a@b.de", "password": "short"}, None, "InvalidPasswordException", ["password"]),
        ({"email": "a@b.de", "password": "x" * 129}, None, "InvalidPasswordException", ["password"]),
        ({"email": "a@b.de", "password": "password"}, None, "InvalidPasswordException", ["password"]),
        ({"code": "123456"}, None, "InvalidParameterException", ["email"]),
        ({"email": "a@b.de", "code": ""}, None, "InvalidParameterException", ["code"]),
        ({"email": "a@b.de", "code": 123456}, None, "InvalidParameterException", ["code"]),
        ({"email": "a@b.de", "code": "1" * 65}, None, "InvalidParameterException", ["code"]),
    ],
)
def test_refused_bodies_name_the_field_and_change_nothing(
    post: Post, rows: Rows, body: dict[str, Any], error: str | None, code: str | None, paths: list[str]
) -> None:
    answer = post("signup", body)
    assert answer.status_code == 400
    assert [detail["path"] for detail in answer.json()["details"]] == paths
    assert error in (None, answer.json()["error"])
    assert code in (None, answer.json()["code"])
    assert rows() == []
    assert mail.outbox == []


def test_other_fields_of_the_body_set_nothing(post: Post, rows: Rows) -> None:
    post("signup", {**BOB, "confirmed": True, "userSub": "mine", "user_id": "mine"})
    profile = next(row for row in rows() if row["sk"] == "PROFILE")
    assert profile["confirmed"] is False
    assert "mine" not in str(rows())


def test_six_wrong_codes_end_in_429_and_a_new_sign_up_helps(post: Post, mailed_code: Code) -> None:
    post("signup", BOB)
    wrong = "000000" if mailed_code() != "000000" else "000001"
    answers = [post("signup", {"email": BOB["email"], "code": wrong}) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [400] * 5 + [429]
    assert {answer.json()["code"] for answer in answers[:5]} == {"CodeMismatchException"}
    assert answers[5].json()["code"] == "TooManyRequestsException"
    assert 0 < int(answers[5]["Retry-After"]) <= 900
    assert post("signup", {"email": BOB["email"], "code": mailed_code()}).status_code == 429
    assert sign_in(post) == 403
    post("signup", BOB)
    assert post("signup", {"email": BOB["email"], "code": mailed_code()}).status_code == 200


def test_a_late_code_is_expired(post: Post, mailed_code: Code) -> None:
    with time_machine.travel(NOW, tick=False):
        post("signup", BOB)
    with time_machine.travel(NOW + 900, tick=False):
        answer = post("signup", {"email": BOB["email"], "code": mailed_code()})
        assert (answer.status_code, answer.json()["code"]) == (400, "ExpiredCodeException")
        assert sign_in(post) == 403


def test_parallel_sign_ups_of_one_address_make_one_account(
    client: Client, cheap_scrypt: None, rows: Rows, atomic_requests: None
) -> None:
    provider = LocalProvider()
    with ThreadPoolExecutor(5) as pool:
        ids = list(pool.map(lambda _: provider.sign_up(BOB["email"], BOB["password"]), range(5)))
    claims = [row["userId"] for row in rows() if row["sk"] == "ACCOUNT"]
    profiles = [row["pk"] for row in rows() if row["sk"] == "PROFILE"]
    assert len(claims) == 1
    assert claims[0] in ids
    assert profiles == [f"USER#{claims[0]}"]


def test_all_requests_count_by_address(post: Post, settings: Any) -> None:
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "auth": 3}
    with time_machine.travel(NOW, tick=False):
        answers = [post(name, {}) for name in ("signup", "signin", "refresh", "signout")]
    assert [answer.status_code for answer in answers] == [400, 400, 400, 429]
    assert answers[0]["X-RateLimit-Limit"] == "3"
    assert answers[3]["Retry-After"] == "60"
