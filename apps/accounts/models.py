"""The rows of identity in the single table.

An account is `USER#<id>` / `PROFILE`; `EMAIL#<address>` / `ACCOUNT` makes its address unique. A session is
`USER#<id>` / `SESSION#<session>`, and every refresh token of it has a row `REFRESH#<SHA-256 of the token>`.
"""

from __future__ import annotations

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute

from movierec.dynamo.data_table import DataRow

PROFILE = "PROFILE"
CLAIM = "ACCOUNT"
SIGN_UP_CODE = "CODE#SIGNUP"


class Account(DataRow):
    """A person's account; `email` is as typed, `createdAt` ISO-8601 UTC text."""

    email = UnicodeAttribute()
    password_hash = UnicodeAttribute(attr_name="passwordHash")
    confirmed = BooleanAttribute()
    created_at = UnicodeAttribute(attr_name="createdAt")


class EmailClaim(DataRow):
    """Whose an address is."""

    user_id = UnicodeAttribute(attr_name="userId")


class Code(DataRow):
    """The code that was mailed to an address, and how often it was guessed.

    An address without a code has such a row as well once someone guesses, so that both look alike.
    """

    code_hash = UnicodeAttribute(attr_name="codeHash", null=True)
    user_id = UnicodeAttribute(attr_name="userId", null=True)
    tries = NumberAttribute(null=True)


class MailCounter(DataRow):
    """How many mails an address was sent in one hour."""

    sent = NumberAttribute(null=True)


class Session(DataRow):
    """One sign-in; its refresh tokens are good only while it exists."""

    created_at = UnicodeAttribute(attr_name="createdAt")


class RefreshToken(DataRow):
    """A refresh token; `usedAt`, in seconds since 1970, says when its successor replaced it."""

    session_id = UnicodeAttribute(attr_name="sessionId")
    used_at = NumberAttribute(attr_name="usedAt", null=True)


def email_pk(address: str) -> str:
    """The partition of a normalised address."""
    return f"EMAIL#{address}"


def session_sk(session_id: str) -> str:
    """The sort key of a session."""
    return f"SESSION#{session_id}"
