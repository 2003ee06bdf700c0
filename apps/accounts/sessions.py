"""Where people are signed in: one row a sign-in, whichever provider it came from."""

from __future__ import annotations

from dataclasses import dataclass
from time import time

from django.conf import settings

from apps.accounts import denials
from apps.accounts.caller import NOBODY, Caller
from apps.accounts.models import Session, session_sk
from movierec.dynamo.data_table import user_pk
from movierec.timestamps import now_text


@dataclass(frozen=True, slots=True)
class ListedSession:
    """One sign-in; times are ISO-8601 UTC texts, `seen_at` is when it last got a token."""

    session_id: str
    device: str
    place: str
    created_at: str
    seen_at: str


def begin(user_id: str, session_id: str, caller: Caller) -> None:
    """Lists a new session."""
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


def adopt(user_id: str, session_id: str) -> bool:
    """Lists a session that began elsewhere. False where sessions begin with us only."""
    if settings.IDENTITY_PROVIDER == "local":
        return False
    begin(user_id, session_id, NOBODY)
    return True


def seen(user_id: str, session_id: str) -> bool:
    """Notes that a session got new tokens; False when it is not listed."""
    return Session.get_row(user_pk(user_id), session_sk(session_id), consistent=True) is not None


def listed(user_id: str) -> list[ListedSession]:
    """The sessions of a person, the newest first."""
    return []


def end(user_id: str, session_id: str) -> None:
    """Ends a session: it leaves the list, and neither its refresh tokens nor its access tokens are good any more."""
    Session(user_pk(user_id), session_sk(session_id)).delete()
    denials.deny(user_id, session_id)


def end_all(user_id: str, *, kept: str | None) -> None:
    """Ends every session of a person, but for the one to keep."""
