"""The pool's rules for sign-ups and passwords, checked before the pool is asked.

The pool tells them only to an address that it would register. Checked here, a taken address gets the same answer.
"""

from __future__ import annotations

import re
from functools import lru_cache
from time import time
from typing import Any

from apps.accounts import passwords
from apps.accounts.errors import InvalidPassword
from apps.accounts.providers.cognito.calls import call
from apps.accounts.providers.cognito.errors import SignUpClosed
from apps.accounts.providers.cognito.pool import pool_id

MAX_AGE_SECONDS = 3600

_CLASSES = {
    "RequireUppercase": (re.compile(r"[A-Z]"), "Password must have uppercase characters."),
    "RequireLowercase": (re.compile(r"[a-z]"), "Password must have lowercase characters."),
    "RequireNumbers": (re.compile(r"[0-9]"), "Password must have numeric characters."),
    "RequireSymbols": (
        re.compile(r"[\^$*.\[\]{}()?\"!@#%&/\\,><':;|_~`=+ -]"),
        "Password must have symbol characters.",
    ),
}


def check_open() -> None:
    """Raises SignUpClosed where the pool lets only administrators make users."""
    if _described().get("AdminCreateUserConfig", {}).get("AllowAdminCreateUserOnly"):
        raise SignUpClosed


def check_password(password: str) -> None:
    """Raises InvalidPassword unless the password fits our rules and the pool's."""
    passwords.check_password(password)
    reasons = list(_reasons(password))
    if reasons:
        raise InvalidPassword(reasons)


def _reasons(password: str) -> list[str]:
    policy = _described().get("Policies", {}).get("PasswordPolicy", {})
    shortest = int(policy.get("MinimumLength", 0))
    reasons = [text for name, (letters, text) in _CLASSES.items() if policy.get(name) and not letters.search(password)]
    if len(password) < shortest:
        reasons.append(f"Password must have at least {shortest} characters.")
    if password != password.strip():
        reasons.append("Password must not begin or end with a space.")
    return reasons


def _described() -> dict[str, Any]:
    return _description(pool_id(), int(time() // MAX_AGE_SECONDS))


@lru_cache(maxsize=1)
def _description(of_pool: str, age: int) -> dict[str, Any]:
    """What the pool says of itself, asked for anew in each period `age`."""
    return dict(call("DescribeUserPool", UserPoolId=of_pool)["UserPool"])
