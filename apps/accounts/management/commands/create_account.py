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
    help = "Makes a confirmed account, for imported viewers and the first staff."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", metavar="EMAIL")
        parser.add_argument("--user-id", type=user_id, metavar="ID", help="the id of an imported person")
        parser.add_argument(
            "--password-file",
            metavar="FILE",
            help="a file whose only line is the password, - for standard input; without it a random one is printed, "
            "but on AWS Lambda, where it would stay in the log: there nobody knows it, and its owner sets another",
        )

    def handle(self, *, email: str, user_id: str | None, password_file: str | None, **_: Any) -> None:
        existing = selectors.account_id(email)
        if existing:
            raise CommandError(_said(f"{email} has an account already; its user id is {existing}.", _TAKEN))
        given = _read_password(password_file) if password_file else None
        password = given or secrets.token_urlsafe(RANDOM_PASSWORD_BYTES)
        try:
            identity = services.create_confirmed_account(email, password, user_id)
        except ApiError as error:
            raise CommandError(error.sentence) from error
        told = f"{email} has an account now; its user id is {identity}."
        shown = f"{told}\nIts password, shown only here: {password}"
        self.stdout.write(_said(told, _MADE) if given else _said(shown, f"{_MADE} {_NOBODY_KNOWS}"))


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
