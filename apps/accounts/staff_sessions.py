"""Sessions of staff: rows that end after 8 hours, after 30 minutes without a request, or as soon as they are deleted.

They are the accounts', because what ends a person's sessions ends these, too; what a group may is the admin's to say.
The cookie holds the person's id and a random secret, signed, so that made-up ones cost no look into the table; the row
is found by the secret's hash. A copied cookie is therefore worth nothing once the row is gone.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from secrets import token_urlsafe
from time import time
from typing import Final

from django.core.signing import BadSignature, Signer
from pynamodb.attributes import ListAttribute, NumberAttribute, UnicodeAttribute

from movierec.dynamo.data_table import DataRow
from movierec.dynamo.table import Row
from movierec.timestamps import now_text

LIFE_SECONDS: Final = 8 * 3600
IDLE_SECONDS: Final = 30 * 60
_PK: Final = "STAFF"
_PREFIX: Final = "SESSION#"
_LONGEST_COOKIE: Final = 500


class StaffSession(DataRow):
    """`STAFF` / `SESSION#<user id>#<SHA-256 of the secret>`: one sign-in of a member of staff.

    `seenAt` counts seconds since 1970, `startedAt` is ISO-8601 UTC.
    """

    user_id = UnicodeAttribute(attr_name="userId")
    email = UnicodeAttribute()
    groups = ListAttribute[str]()
    started_at = UnicodeAttribute(attr_name="startedAt")
    seen_at = NumberAttribute(attr_name="seenAt")
    address = UnicodeAttribute()
    device = UnicodeAttribute()


@dataclass(frozen=True, slots=True)
class Entered:
    """A session of a member of staff; `name` tells it from others without its secret. `seen_at` is since 1970."""

    name: str
    user_id: str
    email: str
    groups: tuple[str, ...]
    started_at: str
    seen_at: float
    address: str
    device: str


def begin(*, user_id: str, email: str, groups: tuple[str, ...], address: str, device: str) -> str:
    """Begins a session and answers the cookie's value. One request."""
    secret = token_urlsafe(32)
    now = int(time())
    StaffSession(
        _PK,
        _sk(user_id, secret),
        user_id=user_id,
        email=email,
        groups=list(groups),
        started_at=now_text(),
        seen_at=now,
        address=address,
        device=device,
        expires_at=now + LIFE_SECONDS,
    ).save()
    return _signer().sign(f"{user_id}.{secret}")


def look(cookie: str) -> Entered | None:
    """The session of a cookie, which counts as used now; None for one that is over or never was. One request."""
    sk = _sk_in(cookie)
    if sk is None:
        return None
    now = int(time())
    alive = (StaffSession.expires_at > now) & (StaffSession.seen_at > now - IDLE_SECONDS)
    row = StaffSession.update_row_if(_PK, sk, [StaffSession.seen_at.set(now)], alive)
    return _entered(row) if row else None


def listed() -> list[Entered]:
    """Every session that lives, the latest used first. One request for so few people as staff are."""
    now = time()
    rows = StaffSession.query_all(_PK, range_condition=StaffSession.sk.startswith(_PREFIX), consistent=True)
    alive = [row for row in rows if row["expiresAt"] > now and row["seenAt"] > now - IDLE_SECONDS]
    return sorted(map(_entered, alive), key=lambda session: session.seen_at, reverse=True)


def end(name: str) -> None:
    """Ends a session by its name; one that is over is no error. One request."""
    StaffSession.delete_rows([{"pk": _PK, "sk": f"{_PREFIX}{name}"}])


def end_behind(cookie: str) -> None:
    """Ends the session of a cookie; one that is over or never was is no error. One request, none for a made-up one."""
    sk = _sk_in(cookie)
    if sk is not None:
        StaffSession.delete_rows([{"pk": _PK, "sk": sk}])


def end_of(user_id: str) -> int:
    """Ends every session of a person and answers how many there were. A Query, and a delete where there is one."""
    own = StaffSession.sk.startswith(f"{_PREFIX}{user_id}#")
    rows = StaffSession.query_all(_PK, range_condition=own, attributes=["pk", "sk"], consistent=True)
    StaffSession.delete_rows(rows)
    return len(rows)


def _signer() -> Signer:
    # Made for each use: the keys are read when they are needed, and they change.
    return Signer(salt="movierec.ops.sessions")


def _sk_in(cookie: str) -> str | None:
    """The key of a cookie's session, None for a cookie that we did not sign."""
    try:
        user_id, _, secret = _signer().unsign(cookie[:_LONGEST_COOKIE]).rpartition(".")
    except BadSignature:
        return None
    return _sk(user_id, secret)


def _sk(user_id: str, secret: str) -> str:
    return f"{_PREFIX}{user_id}#{sha256(secret.encode()).hexdigest()}"


def _entered(row: Row) -> Entered:
    return Entered(
        name=row["sk"].removeprefix(_PREFIX),
        user_id=row["userId"],
        email=row["email"],
        groups=tuple(row["groups"]),
        started_at=row["startedAt"],
        seen_at=float(row["seenAt"]),
        address=row["address"],
        device=row["device"],
    )
