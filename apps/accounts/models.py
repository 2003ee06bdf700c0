"""The rows of identity in the single table.

What a person has lies in `USER#<id>`; what belongs to an address, whoever has it, in `EMAIL#<address>`; and
`USERNAME#<name>` / `ACCOUNT` makes a username unique.
"""

from __future__ import annotations

from pynamodb.attributes import BooleanAttribute, ListAttribute, NumberAttribute, UnicodeAttribute

from movierec.dynamo.data_table import DataRow

PROFILE = "PROFILE"
CLAIM = "ACCOUNT"
WISH = "WISH"
ATTEMPTS = "ATTEMPTS"
SIGN_UP_CODE = "CODE#SIGNUP"
RESET_CODE = "CODE#RESET"
DELETION = "DELETION"
# The partition of the deletions that wait for their day, in the order of these days.
DELETIONS = "DELETIONS"
# The partition of the local provider's accounts, in the order of their addresses.
PEOPLE = "PEOPLE"


class Profile(DataRow):
    """`USER#<id>` / `PROFILE`: how a person is called. The local provider's account is in the same row."""

    username = UnicodeAttribute(null=True)
    display_name = UnicodeAttribute(attr_name="displayName", null=True)


class Account(Profile):
    """An account of the local provider; `email` is as typed, `createdAt` ISO-8601 UTC text.

    `totpSecret` and `totpPending` are sealed; `totpStep` is the last time step whose code was used. Nobody signs in to
    one that is `disabled`, nor, until its owner sets a password, where `resetRequired`. Rows that are not confirmed
    expire. DirectoryEntry repeats what staff list accounts by.
    """

    email = UnicodeAttribute()
    password_hash = UnicodeAttribute(attr_name="passwordHash")
    confirmed = BooleanAttribute()
    created_at = UnicodeAttribute(attr_name="createdAt")
    totp_secret = UnicodeAttribute(attr_name="totpSecret", null=True)
    totp_pending = UnicodeAttribute(attr_name="totpPending", null=True)
    totp_step = NumberAttribute(attr_name="totpStep", null=True)
    disabled = BooleanAttribute(null=True)
    reset_required = BooleanAttribute(attr_name="resetRequired", null=True)
    groups = ListAttribute[str](null=True)


class DirectoryEntry(DataRow):
    """`PEOPLE` / `<address>`: what a list of accounts shows of one; each write of such a thing writes both."""

    user_id = UnicodeAttribute(attr_name="userId")
    email = UnicodeAttribute()
    created_at = UnicodeAttribute(attr_name="createdAt")
    confirmed = BooleanAttribute()
    disabled = BooleanAttribute(null=True)
    reset_required = BooleanAttribute(attr_name="resetRequired", null=True)
    groups = ListAttribute[str](null=True)


class GroupMember(DataRow):
    """`GROUP#<group>` / `<address>`: an account in a group, so that few are found among many."""

    user_id = UnicodeAttribute(attr_name="userId")


class EmailClaim(DataRow):
    """`EMAIL#<address>` / `ACCOUNT`: whose an address is at the local provider."""

    user_id = UnicodeAttribute(attr_name="userId")


class UsernameClaim(DataRow):
    """`USERNAME#<name>` / `ACCOUNT`: whose a username is, and the address that signs in with it."""

    user_id = UnicodeAttribute(attr_name="userId")
    email = UnicodeAttribute()


class Wish(DataRow):
    """`EMAIL#<address>` / `WISH`: the username that a sign-up asked for; it is claimed once the code is right."""

    username = UnicodeAttribute()


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


class Attempts(DataRow):
    """`ATTEMPTS` of an address or a user: wrong passwords and codes, and when the next one is taken (since 1970)."""

    tries = NumberAttribute(null=True)
    next_at = NumberAttribute(attr_name="nextAt", null=True)


class Session(DataRow):
    """`USER#<id>` / `SESSION#<session>`: one sign-in; its refresh tokens are good only while it exists.

    `device` is in words, `place` the first part of the address; times are ISO-8601 UTC texts.
    """

    created_at = UnicodeAttribute(attr_name="createdAt")
    seen_at = UnicodeAttribute(attr_name="seenAt", null=True)
    device = UnicodeAttribute(null=True)
    place = UnicodeAttribute(null=True)


class RefreshToken(DataRow):
    """A refresh token of the local provider, `USER#<id>` / `REFRESH#<SHA-256 of the token>`.

    `usedAt`, in seconds since 1970, says when its successor replaced it.
    """

    session_id = UnicodeAttribute(attr_name="sessionId")
    used_at = NumberAttribute(attr_name="usedAt", null=True)


class EndedSession(DataRow):
    """`USER#<id>` / `ENDED#<session>`: access tokens of this session are no longer taken."""


class SignedOut(DataRow):
    """`USER#<id>` / `ENDED`: sign-ins before a moment (seconds since 1970) no longer count, but for one session.

    `GONE#<hash>` / `ENDED` says so of a person who was erased, for as long as a token may still be good.
    """

    before = NumberAttribute()
    # The same moment to the millisecond, for sign-ins that were on their way.
    exactly = NumberAttribute(null=True)
    kept_session = UnicodeAttribute(attr_name="keptSession", null=True)


class KnownDevice(DataRow):
    """`USER#<id>` / `DEVICE#<hash>`: a device and place that a person signed in from before."""


class RecoveryCode(DataRow):
    """`USER#<id>` / `RECOVERY#<SHA-256 of the code>`: a code that stands for the second factor once."""


class PendingDeletion(DataRow):
    """`USER#<id>` / `DELETION`: when the account will be gone, ISO-8601 UTC."""

    due_at = UnicodeAttribute(attr_name="dueAt")


class DueDeletion(DataRow):
    """`DELETIONS` / `<due>#<user id>`: the same, where the job finds it; outlives the account's own rows.

    From `begunAt` (ISO-8601 UTC) on nothing takes it back.
    """

    user_id = UnicodeAttribute(attr_name="userId")
    begun_at = UnicodeAttribute(attr_name="begunAt", null=True)


def email_pk(address: str) -> str:
    """The partition of a normalised address."""
    return f"EMAIL#{address}"


def group_pk(group: str) -> str:
    """The partition of a group's members."""
    return f"GROUP#{group}"


def username_pk(name: str) -> str:
    """The partition of a normalised username."""
    return f"USERNAME#{name}"


def session_sk(session_id: str) -> str:
    """The sort key of a session."""
    return f"SESSION#{session_id}"


def ended_sk(session_id: str = "") -> str:
    """The sort key of a session's end, or of that of all sessions before a moment."""
    return f"ENDED#{session_id}" if session_id else "ENDED"
