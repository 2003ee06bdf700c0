"""Staff who are signed in to the admin."""

from __future__ import annotations

import pytest
from django.test import Client

from apps.accounts import staff_sessions
from apps.ops.console.guard import COOKIE
from apps.ops.console.permissions import Group


def staff_client(*groups: Group, user_id: str = "staff-1", email: str = "staff@example.com") -> Client:
    """A browser in which a member of staff is signed in; forms need no token of CSRF here."""
    browser = Client(headers={"accept": "text/html"}, raise_request_exception=False)
    browser.cookies[COOKIE] = staff_sessions.begin(
        user_id=user_id, email=email, groups=groups, address="192.0.2.1", device="Firefox on Linux"
    )
    return browser


@pytest.fixture
def ops(tables: None) -> Client:
    """A browser of a member of `ops`."""
    return staff_client("ops")


@pytest.fixture
def support(tables: None) -> Client:
    """A browser of a member of `support`."""
    return staff_client("support", user_id="staff-2", email="support@example.com")
