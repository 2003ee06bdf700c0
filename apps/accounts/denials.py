"""Ended sessions: their access tokens are refused although they are signed and not yet expired."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from math import inf
from threading import Lock
from time import time

from django.conf import settings
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from apps.accounts.models import DELETION, EndedSession, Session, SignedOut, ended_sk, session_sk
from apps.accounts.providers.access_tokens import MAX_LIFE_SECONDS
from apps.accounts.providers.interface import Claims
from movierec.dynamo.data_table import user_pk
from movierec.dynamo.table import Row
from movierec.dynamo.transactions import write_together
from movierec.telemetry.tally import count

CACHED_SESSIONS = 10_000


class Cache:
    """The moment from which on sign-ins of a session count, for the sessions asked for last; safe for threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._entries: dict[tuple[str, str], tuple[float, float]] = {}
        self.changes = 0

    def get(self, user_id: str, session_id: str) -> float | None:
        """What was read less than DENIAL_CACHE_SECONDS ago, else None."""
        moment, read_at = self._entries.get((user_id, session_id), (0, -inf))
        return moment if 0 <= time() - read_at < settings.DENIAL_CACHE_SECONDS else None

    def keep(self, user_id: str, session_id: str, entry: tuple[float, float], *, changes: int) -> None:
        """Remembers a moment and when it was read, unless a person was forgotten since `changes` was looked up."""
        with self._lock:
            if changes != self.changes:
                return
            self._entries.pop((user_id, session_id), None)
            self._entries[user_id, session_id] = entry
            if len(self._entries) > CACHED_SESSIONS:
                del self._entries[next(iter(self._entries))]

    def forget(self, user_id: str) -> None:
        """Has everything about a person read anew."""
        with self._lock:
            self.changes += 1
            for key in [key for key in self._entries if key[0] == user_id]:
                del self._entries[key]


cache = Cache()


def is_denied(claims: Claims, *, fresh: bool = False) -> bool:
    """Whether the session of a token was ended; an answer may be 30 s old unless it must be fresh."""
    moment = None if fresh else cache.get(claims.user_id, claims.session_id)
    count("SessionCacheMisses" if moment is None else "SessionCacheHits")
    if moment is None:
        moment = _read(claims.user_id, claims.session_id)
    return claims.signed_in_at < moment


def _read(user_id: str, session_id: str) -> float:
    """The moment from which on sign-ins of the session count, infinity where it was ended. One request."""
    changes, now = cache.changes, time()
    own = [{"pk": user_pk(user_id), "sk": sk} for sk in (ended_sk(session_id), ended_sk(), DELETION)]
    keys = [*own, {"pk": gone_pk(user_id), "sk": ended_sk()}]
    rows = EndedSession.get_rows(keys, consistent=True)
    # DynamoDB removes expired rows some time later.
    moment = max((_counts_from(row, user_id, session_id) for row in rows if row.get("expiresAt", inf) > now), default=0)
    cache.keep(user_id, session_id, (moment, now), changes=changes)
    return moment


def _counts_from(row: Row, user_id: str, session_id: str) -> float:
    # A pool gives no id a second time, so of who was erased there nothing is good.
    if row["sk"] in (ended_sk(session_id), DELETION) or row["pk"] == gone_pk(user_id):
        return inf
    return 0 if row.get("keptSession") == session_id else float(row["before"])


def signed_out_since(user_id: str, moment: float) -> bool:
    """Whether a person was signed out of all sessions, or all others, after a moment (seconds since 1970)."""
    row = SignedOut.get_row(user_pk(user_id), ended_sk(), consistent=True)
    return row is not None and (row.get("exactly") or row["before"]) >= moment


def deny_each(user_id: str, session_ids: Sequence[str]) -> None:
    """Has the access tokens of several sessions refused from now on, 25 sessions a request."""
    pk, expires_at = user_pk(user_id), _expires_at()
    rows = [{"pk": pk, "sk": ended_sk(session_id), "expiresAt": expires_at} for session_id in session_ids]
    list(EndedSession.put_rows(rows))
    cache.forget(user_id)


def ended_session(user_id: str, session_id: str) -> EndedSession:
    """The row that has a session's access tokens refused, not yet written; `cache.forget` must follow its writing."""
    return EndedSession(user_pk(user_id), ended_sk(session_id), expires_at=_expires_at())


def deny_all(user_id: str, *, kept: str | None) -> None:
    """Has the access tokens of all sign-ins before this second refused, but for those of the session to keep.

    Only a session on the list is kept: any other may have been ended by an earlier call.
    """
    if kept is None or not _deny_others(user_id, kept):
        actions = [*_cut_off(), SignedOut.kept_session.remove()]
        SignedOut.update_row_if(user_pk(user_id), ended_sk(), actions, _not_later())
    cache.forget(user_id)


def _deny_others(user_id: str, kept: str) -> bool:
    def fill(transaction: TransactWrite) -> None:
        actions = [*_cut_off(), SignedOut.kept_session.set(kept)]
        transaction.update(SignedOut(user_pk(user_id), ended_sk()), actions, condition=_not_later())
        listed = Session.pk.exists()
        transaction.condition_check(Session, user_pk(user_id), session_sk(kept), condition=listed)

    return write_together(fill)


def sign_out_with(transaction: TransactWrite, user_id: str, *, kept: str | None = None) -> None:
    """Adds to a transaction what `deny_all` does, so that a new password and the end of the old one's sign-ins are one.

    `cache.forget` must follow its writing.
    """
    keeping = SignedOut.kept_session.set(kept) if kept else SignedOut.kept_session.remove()
    transaction.update(SignedOut(user_pk(user_id), ended_sk()), [*_cut_off(), keeping])


def deny_erased(user_id: str) -> None:
    """Has the tokens of a person who is being erased refused until the last of them has expired.

    A pool's token that was got elsewhere may be good for some time yet, and would make new rows of the person. This
    row outlives the person's own and says by itself nothing of who it was.
    """
    life = MAX_LIFE_SECONDS + settings.TOKEN_LEEWAY_SECONDS
    SignedOut(gone_pk(user_id), ended_sk(), before=int(time()), expires_at=int(time()) + life).save()
    cache.forget(user_id)


def gone_pk(user_id: str) -> str:
    """The partition that says of a person who was erased that they were, without naming them.

    Ids are random, so that nobody finds the id by it. That needs no key: one that changes would have processes look
    for the row in different places, and every look would need a secret that has to be fetched first.
    """
    return f"GONE#{sha256(f'movierec.accounts.gone:{user_id}'.encode()).hexdigest()}"


def _cut_off() -> list[Action]:
    now = time()
    return [
        SignedOut.before.set(int(now)),
        SignedOut.exactly.set(round(now, 3)),
        SignedOut.expires_at.set(_expires_at()),
    ]


def _not_later() -> Condition:
    """Nothing moves the moment back, so that who was signed out once stays so."""
    not_later: Condition = SignedOut.before.does_not_exist() | (SignedOut.before <= int(time()))
    return not_later


def _expires_at() -> int:
    """When the last token of a session that began before now has expired, even if it was refreshed elsewhere."""
    longest = settings.REFRESH_TOKEN_SECONDS + settings.ACCESS_TOKEN_SECONDS + settings.TOKEN_LEEWAY_SECONDS
    return int(time()) + int(longest)
