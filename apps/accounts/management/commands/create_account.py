"""`manage.py create_account EMAIL`: an account that needs no code."""

from __future__ import annotations

import re
import secrets
import sys
from argparse import ArgumentTypeError
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.accounts import selectors, services
from apps.accounts.directory.interface import GROUPS
from movierec import env
from movierec.api.errors import ApiError

RANDOM_PASSWORD_BYTES = 18
_TAKEN = "This address has an account already."
_MADE = "The account is there."
_NOBODY_KNOWS = "Nobody knows its password: its owner sets one by POST /auth/forgot, as after forgetting it."


def user_id(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9_.:-]{1,128}", text):
        raise ArgumentTypeError("use 1 to 128 letters, digits, '_', '.', ':' or '-'")
    return text


class Command(BaseCommand):
    help = (
        "Makes a confirmed account, for imported viewers and the first staff. With --group it makes its owner a member "
        "of staff, also of an account that is there already: ops may do everything at /ops, support may look."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", metavar="EMAIL")
        parser.add_argument("--user-id", type=user_id, metavar="ID", help="the id of an imported person")
        parser.add_argument(
            "--password-file",
            metavar="FILE",
            help="a file whose only line is the password, - for standard input; without it a random one is printed, "
            "but on AWS Lambda, where it would stay in the log: there nobody knows it, and its owner sets another",
        )

        parser.add_argument(
            "--group",
            dest="groups",
            action="append",
            choices=GROUPS,
            default=[],
            help="a group of staff to add the account to; may be given more than once",
        )

    def handle(
        self, *, email: str, user_id: str | None, password_file: str | None, groups: list[str], **_: Any
    ) -> None:
        existing = selectors.account_id(email)
        # Whom an operator makes staff may have signed up before; a password or an id is for a new account only.
        kept = existing is not None and bool(groups) and not (user_id or password_file)
        if existing and not kept:
            raise CommandError(_said(f"{email} has an account already; its user id is {existing}.", _TAKEN))
        try:
            identity = existing or self._create(email, user_id, password_file)
            for group in groups:
                services.add_to_group_by_command(identity, group)
        except ApiError as error:
            raise CommandError(error.sentence) from error
        if groups:
            told = f"{email} (user id {identity}) is in {' and '.join(groups)} now."
            self.stdout.write(_said(told, f"The account is in {' and '.join(groups)} now."))

    def _create(self, email: str, user_id: str | None, password_file: str | None) -> str:
        given = _read_password(password_file) if password_file else None
        password = given or secrets.token_urlsafe(RANDOM_PASSWORD_BYTES)
        identity = services.create_confirmed_account(email, password, user_id)
        told = f"{email} has an account now; its user id is {identity}."
        shown = f"{told}\nIts password, shown only here: {password}"
        self.stdout.write(_said(told, _MADE) if given else _said(shown, f"{_MADE} {_NOBODY_KNOWS}"))
        return identity


def _said(sentence: str, without_names: str) -> str:
    """The sentence, but on Lambda: what is said there stays in the log, where nobody is named."""
    return without_names if env.on_lambda() else sentence


def _read_password(file: str) -> str:
    try:
        text = sys.stdin.read() if file == "-" else Path(file).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{file} cannot be read as text ({error}); give a file with one line.") from error
    password = text.removesuffix("\n").removesuffix("\r")
    if not password or "\n" in password:
        raise CommandError(f"{file} must have exactly one line, the password.")
    return password
