from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from apps.accounts.caller import NOBODY
from apps.accounts.directory import directory
from apps.accounts.selectors import account_id
from apps.accounts.services import forgot, reset, sign_in
from movierec import audit
from movierec.audit import Thing
from movierec.serverless import commands
from tests.stand_ins.log_lines import Lines, lines

__all__ = ["lines"]

Rows = Callable[[], list[dict[str, Any]]]
pytestmark = pytest.mark.usefixtures("cheap_scrypt", "tables")


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command("create_account", *arguments, stdout=out)
    return out.getvalue()


def signed_in_email(email: str, password: str) -> str:
    """Whom a password signs in."""
    return sign_in(login=email, password=password, caller=NOBODY).email


def test_without_a_file_a_random_password_is_printed_once(rows: Rows) -> None:
    printed = run("bob@example.com")
    found = re.fullmatch(
        r"bob@example\.com has an account now; its user id is ([0-9a-f-]{36})\.\n"
        r"Its password, shown only here: ([\w-]{24})\n",
        printed,
    )
    assert found
    assert account_id("bob@example.com") == found.group(1)
    assert signed_in_email("bob@example.com", found.group(2)) == "bob@example.com"
    assert found.group(2) not in str(rows())


@pytest.mark.parametrize("ending", ["", "\n", "\r\n"])
def test_the_password_comes_from_a_file(tmp_path: Path, ending: str) -> None:
    file = tmp_path / "password"
    file.write_bytes(f" a good password {ending}".encode())
    assert run("bob@example.com", "--user-id", "viewer-7", "--password-file", str(file)) == (
        "bob@example.com has an account now; its user id is viewer-7.\n"
    )
    assert signed_in_email("bob@example.com", " a good password ") == "bob@example.com"


def test_the_password_comes_from_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("a good password\n"))
    run("bob@example.com", "--password-file", "-")
    assert signed_in_email("bob@example.com", "a good password") == "bob@example.com"


@pytest.mark.parametrize("content", [b"", b"\n", b"two\nlines here\n", b"\xff\xfe not text"])
def test_an_unusable_file_is_named(tmp_path: Path, rows: Rows, content: bytes) -> None:
    file = tmp_path / "password"
    file.write_bytes(content)
    with pytest.raises(CommandError, match=re.escape(str(file))):
        run("bob@example.com", "--password-file", str(file))
    assert rows() == []


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="missing cannot be read"):
        run("bob@example.com", "--password-file", str(tmp_path / "missing"))


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["no address"], "Enter an e-mail address"),
        (["bob@example.com", "--user-id", "a#b"], "use 1 to 128 letters"),
        (["bob@example.com", "--user-id", ""], "use 1 to 128 letters"),
    ],
)
def test_refused_arguments_store_nothing(rows: Rows, arguments: list[str], sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence):
        run(*arguments)
    assert rows() == []


def test_an_address_that_has_an_account_is_left_alone(rows: Rows, ann: str) -> None:
    before = rows()
    with pytest.raises(CommandError, match=r"has an account already; its user id is ann-id"):
        run("ann@example.com")
    assert rows() == before


class TestOnLambda:
    """What a command says there stays in CloudWatch."""

    @pytest.fixture(autouse=True)
    def _lambda(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "movierec-prod-jobs")

    def test_neither_address_nor_password_is_said(
        self, capfd: pytest.CaptureFixture[str], lines: Lines, mailed_code: Callable[[], str]
    ) -> None:
        assert commands.run("create_account bob@example.com", None) == {"exitCode": 0}
        assert capfd.readouterr() == (
            "The account is there. Nobody knows its password: its owner sets one by POST /auth/forgot, as after "
            "forgetting it.\n",
            "",
        )
        assert lines() == []
        forgot(email="bob@example.com")
        reset(email="bob@example.com", code=mailed_code(), password="a good password")
        assert signed_in_email("bob@example.com", "a good password") == "bob@example.com"

    def test_nor_why_it_was_refused(self, ann: str, capfd: pytest.CaptureFixture[str], lines: Lines) -> None:
        with pytest.raises(commands.CommandFailed) as raised:
            commands.run("create_account ann@example.com", None)
        told = f"{raised.value}{lines()}{capfd.readouterr()}"
        assert str(raised.value) == "manage.py create_account ended with 1: This address has an account already."
        assert [word for word in ("ann@example.com", "ann-id") if word in told] == []


class TestGroups:
    def test_the_first_member_of_staff(self) -> None:
        printed = run("bob@example.com", "--group", "ops", "--group", "support")
        user_id = account_id("bob@example.com")
        assert user_id is not None
        assert printed.endswith(f"bob@example.com (user id {user_id}) is in ops and support now.\n")
        assert directory().groups_of(user_id) == ("ops", "support")
        events = audit.of_thing(Thing("person", user_id)).events
        assert {(event.tag, event.actor, event.reason) for event in events} == {
            ("ops:person:add-to-group", "system", "a command of manage.py")
        }
        assert {event.after for event in events} == {'["ops"]', '["ops","support"]'}

    def test_who_has_an_account_keeps_it(self, ann: str, rows: Rows) -> None:
        hashes = [row["passwordHash"] for row in rows() if row["sk"] == "PROFILE"]
        assert run("ann@example.com", "--group", "support") == "ann@example.com (user id ann-id) is in support now.\n"
        assert directory().groups_of(ann) == ("support",)
        assert [row["passwordHash"] for row in rows() if row["sk"] == "PROFILE"] == hashes

    def test_a_password_is_for_a_new_account(self, ann: str, tmp_path: Path) -> None:
        file = tmp_path / "password"
        file.write_text("a good password")
        with pytest.raises(CommandError, match="has an account already"):
            run("ann@example.com", "--group", "ops", "--password-file", str(file))
        assert directory().groups_of(ann) == ()

    def test_other_groups_are_none(self, rows: Rows) -> None:
        with pytest.raises(CommandError, match="invalid choice: 'root'"):
            run("bob@example.com", "--group", "root")
        assert rows() == []
