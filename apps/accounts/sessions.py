"""Where people are signed in: one row a sign-in, whichever provider it came from."""

from __future__ import annotations

from dataclasses import dataclass
from time import time

from django.conf import settings
from pynamodb.transactions import TransactWrite

from apps.accounts import denials
from apps.accounts.caller import NOBODY, Caller
from apps.accounts.models import Session, session_sk
from movierec.dynamo.data_table import user_pk
from movierec.dynamo.table import Row
from movierec.dynamo.transactions import write_together
from movierec.timestamps import now_text

# Where a person is signed in more often than this, the oldest sign-ins end.
MOST_SESSIONS = 100


@dataclass(frozen=True, slots=True)
class ListedSession:
    """One sign-in; times are ISO-8601 UTC texts, `seen_at` is when it last got a token."""

    session_id: str
    device: str
    place: str
    created_at: str
    seen_at: str


def begin(user_id: str, session_id: str, caller: Caller) -> None:
    """Lists a new session; beyond 100 the oldest ones end. Two requests."""
    row = {
        "pk": user_pk(user_id),
        "sk": session_sk(session_id),
        "createdAt": now_text(),
        "seenAt": now_text(),
        "device": caller.device,
        "place": caller.place,
        "expiresAt": int(time()) + settings.REFRESH_TOKEN_SECONDS,
    }
    list(Session.put_rows([row]))
    surplus = listed(user_id)[MOST_SESSIONS:]
    if surplus:
        _end_each(user_id, [session.session_id for session in surplus])


def adopt(user_id: str, session_id: str) -> bool:
    """Lists a session that began elsewhere. False where sessions begin with us only."""
    if settings.IDENTITY_PROVIDER == "local":
        return False
    begin(user_id, session_id, NOBODY)
    return True


def seen(user_id: str, session_id: str) -> bool:
    """Notes that a session got new tokens; False when it is not listed. One request."""
    # DynamoDB removes expired rows some time later.
    good = Session.pk.exists() & (Session.expires_at > int(time()))
    now = Session.seen_at.set(now_text())
    return Session.update_row_if(user_pk(user_id), session_sk(session_id), [now], good) is not None


def is_listed(user_id: str, session_id: str) -> bool:
    """Whether a session is on a person's list. One request."""
    return Session.get_row(user_pk(user_id), session_sk(session_id), consistent=True) is not None


def listed(user_id: str) -> list[ListedSession]:
    """The sessions of a person, the newest first. One request."""
    now = time()
    found = [_listed(row) for row in _rows(user_id) if row["expiresAt"] > now]
    return sorted(found, key=lambda session: (session.created_at, session.session_id), reverse=True)


def _rows(user_id: str) -> list[Row]:
    return Session.query_all(user_pk(user_id), range_condition=Session.sk.startswith(session_sk("")), consistent=True)


def _listed(row: Row) -> ListedSession:
    created_at = str(row["createdAt"])
    return ListedSession(
        session_id=_session_id(row),
        device=row.get("device", ""),
        place=row.get("place", ""),
        created_at=created_at,
        seen_at=row.get("seenAt", created_at),
    )


def _session_id(row: Row) -> str:
    return str(row["sk"].removeprefix(session_sk("")))


def end(user_id: str, session_id: str) -> None:
    """Ends a session: it leaves the list, and neither its refresh tokens nor its access tokens are good any more.

    Both or neither is done; one that ended before, or is on no list, is no error.
    """

    def fill(transaction: TransactWrite) -> None:
        transaction.delete(Session(user_pk(user_id), session_sk(session_id)))
        transaction.save(denials.ended_session(user_id, session_id))

    write_together(fill)
    denials.cache.forget(user_id)


def end_all(user_id: str, *, kept: str | None) -> None:
    """Ends every session of a person, but for the one to keep.

    The access tokens of all of them are refused first; stopped half-way, it can be run again.
    """
    denials.deny_all(user_id, kept=kept)
    _end_each(user_id, [found for found in map(_session_id, _rows(user_id)) if found != kept])


def end_listed(user_id: str) -> None:
    """Ends every session that is on a person's list."""
    _end_each(user_id, list(map(_session_id, _rows(user_id))))


def _end_each(user_id: str, session_ids: list[str]) -> None:
    """Ends sessions in batches. A session leaves the list last, so that what was not done yet is found again."""
    denials.deny_each(user_id, session_ids)
    Session.delete_rows([{"pk": user_pk(user_id), "sk": session_sk(session_id)} for session_id in session_ids])
