"""The pool's users, read and changed with our own rights."""

from __future__ import annotations

import re
import secrets
import uuid
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from apps.accounts.providers.cognito.calls import call
from apps.accounts.providers.cognito.errors import NoSuchUser, TooLongEmail
from apps.accounts.providers.cognito.pool import pool_id
from movierec.timestamps import timestamp

UNCONFIRMED = "UNCONFIRMED"
# The longest name that the pool looks for.
MAX_NAME_LENGTH = 128
TOTP = "SOFTWARE_TOKEN_MFA"
# A newer pool's id is random but for digits that tell its region and kind: those marked 1 here.
_POOL_FORM = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")
_KEPT_DIGITS = "01010101-0101-1100-0000-000000000000"


@dataclass(frozen=True, slots=True)
class PoolUser:
    """A user of the pool; `created_at` is an ISO-8601 UTC timestamp."""

    user_id: str
    email: str
    confirmed: bool
    created_at: str
    has_totp: bool


def check_length(email: str) -> None:
    """Raises TooLongEmail for an address that no user of a pool can have."""
    if len(email) > MAX_NAME_LENGTH:
        raise TooLongEmail


def name_of(text: str) -> str:
    """The text, if it may be a user's address; otherwise an address that nobody has, to ask the pool for all the same.

    The pool would take an id of its own for a name as well.
    """
    possible = "@" in text and len(text) <= MAX_NAME_LENGTH
    return text if possible else f"{secrets.token_hex(16)}@nobody.invalid"


def find(name: str) -> PoolUser | None:
    """The user with this id or e-mail address, None when there is none."""
    try:
        found = call("AdminGetUser", UserPoolId=pool_id(), Username=name)
    except NoSuchUser:
        return None
    attributes = attributes_of(found["UserAttributes"])
    return PoolUser(
        attributes["sub"],
        attributes.get("email", ""),
        confirmed=found["UserStatus"] != UNCONFIRMED,
        created_at=timestamp(found["UserCreateDate"]),
        has_totp=TOTP in found.get("UserMFASettingList", []),
    )


def by_id(user_id: str) -> PoolUser | None:
    """The user with this id, None when there is none; the pool would take an e-mail address for an id as well."""
    found = find(user_id)
    return found if found and found.user_id == user_id else None


def attributes_of(listed: list[dict[str, str]]) -> dict[str, str]:
    """A user's attributes by name."""
    return {attribute["Name"]: attribute["Value"] for attribute in listed}


def delete(user_id: str) -> None:
    """Removes a user; also when there is none."""
    with suppress(NoSuchUser):
        call("AdminDeleteUser", UserPoolId=pool_id(), Username=user_id)


def sign_out_everywhere(user_id: str) -> None:
    """Makes every refresh token of a user useless; also when there is no such user."""
    with suppress(NoSuchUser):
        call("AdminUserGlobalSignOut", UserPoolId=pool_id(), Username=user_id)


def set_totp(user_id: str, *, on: bool) -> None:
    """Has sign-ins ask for a one-time code or not. Raises NoSuchUser, and NoTotpBegun where there is no secret."""
    call("AdminSetUserMFAPreference", UserPoolId=pool_id(), Username=user_id, SoftwareTokenMfaSettings=totp_setting(on))


def totp_setting(on: bool) -> dict[str, Any]:
    """The pool's words for a second factor that is on, or off."""
    return {"Enabled": on, "PreferredMfa": on}


def set_password(user_id: str, password: str) -> None:
    """Sets a password that stays. Raises InvalidPassword."""
    call("AdminSetUserPassword", UserPoolId=pool_id(), Username=user_id, Password=password, Permanent=True)


def similar_id(user_id: str) -> str:
    """A random id that could be another user's of the same pool."""
    if not _POOL_FORM.fullmatch(user_id):
        return str(uuid.uuid4())
    pairs = zip(user_id, _KEPT_DIGITS, strict=True)
    return "".join(digit if kept in "1-" else secrets.choice("0123456789abcdef") for digit, kept in pairs)
