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
from movierec.api.errors import ApiError

RANDOM_PASSWORD_BYTES = 18


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
            help="a file whose only line is the password, - for standard input; without it a random one is printed",
        )

    def handle(self, *, email: str, user_id: str | None, password_file: str | None, **_: Any) -> None:
        existing = selectors.account_id(email)
        if existing:
            raise CommandError(f"{email} has an account already; its user id is {existing}.")
        given = _read_password(password_file) if password_file else None
        password = given or secrets.token_urlsafe(RANDOM_PASSWORD_BYTES)
        try:
            identity = services.create_confirmed_account(email, password, user_id)
        except ApiError as error:
            raise CommandError(error.sentence) from error
        self.stdout.write(f"{email} has an account now; its user id is {identity}.")
        if given is None:
            self.stdout.write(f"Its password, shown only here: {password}")


def _read_password(file: str) -> str:
    try:
        text = sys.stdin.read() if file == "-" else Path(file).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{file} cannot be read as text ({error}); give a file with one line.") from error
    password = text.removesuffix("\n").removesuffix("\r")
    if not password or "\n" in password:
        raise CommandError(f"{file} must have exactly one line, the password.")
    return password
