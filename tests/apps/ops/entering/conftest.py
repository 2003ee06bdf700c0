"""People who may enter the admin, and the browser they do it with."""

from __future__ import annotations

from collections.abc import Callable
from time import time

import pyotp
import pytest
from django.test import Client

from apps.accounts import recovery
from apps.accounts import services as accounts
from apps.accounts.directory import directory
from apps.accounts.providers import provider

PASSWORD = "correct horse battery"
Hire = Callable[..., str]


@pytest.fixture
def browser(tables: None) -> Client:
    """A browser in which nobody is signed in; forms need no token of CSRF here."""
    return Client(headers={"accept": "text/html"}, raise_request_exception=False)


@pytest.fixture
def hire(tables: None, cheap_scrypt: None) -> Hire:
    """Makes a confirmed account in these groups and answers its user id."""

    def made(email: str = "ann@example.com", *groups: str, user_id: str = "ann-id") -> str:
        accounts.create_confirmed_account(email, PASSWORD, user_id)
        for group in groups:
            directory().add_to_group(user_id, group)
        return user_id

    return made


@pytest.fixture
def second_factor(hire: Hire) -> tuple[pyotp.TOTP, list[str]]:
    """Ann of the staff with a second factor: her authenticator app and her recovery codes."""
    ann = hire("ann@example.com", "ops")
    totp = pyotp.TOTP(provider().begin_totp(ann, ""))
    # The code of half a minute ago, so that the present one is still to be used.
    provider().confirm_totp(ann, "", totp.at(int(time()) - 30))
    return totp, recovery.replace(ann)
