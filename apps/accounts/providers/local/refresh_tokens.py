"""The refresh tokens of sessions.

A refresh token is used once and replaced by its successor. The successor follows from the token and a key of
ours, so an answer that was lost can be given again without keeping any token in the table. A session ends 30 days
after its sign-in, however often it was refreshed.
"""

from __future__ import annotations

import hashlib
import secrets
import uuid
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from time import time

from django.conf import settings
from django.utils.crypto import salted_hmac
from pynamodb.transactions import TransactWrite

from apps.accounts import sessions
from apps.accounts.errors import InvalidRefreshToken, RepeatedRefreshToken
from apps.accounts.models import RefreshToken, Session, session_sk
from apps.accounts.providers.interface import SessionKey
from movierec.dynamo.data_table import user_pk
from movierec.dynamo.table import Row
from movierec.dynamo.transactions import write_together

SECRET_BYTES = 32
MAX_LENGTH = 1024
# How long after its use a token may come again because the answer was lost.
RETRY_SECONDS = 10


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A session, when it began (seconds since 1970), and the one refresh token that continues it."""

    user_id: str
    session_id: str
    refresh_token: str
    signed_in_at: int


def begin(user_id: str) -> OpenSession:
    """Stores the first refresh token of a new session; it is good once the session is listed."""
    session_id = str(uuid.uuid4())
    token = _token(user_id, secrets.token_bytes(SECRET_BYTES))
    now = int(time())
    RefreshToken(
        user_pk(user_id),
        _sk(token),
        session_id=session_id,
        expires_at=now + settings.REFRESH_TOKEN_SECONDS,
    ).save()
    return OpenSession(user_id, session_id, token, now)


def renew(token: str) -> OpenSession:
    """Replaces a refresh token by its successor.

    Of several requests with the same token exactly one replaces it. Others get the same successor for 10 seconds,
    as long as the successor itself is unused: a client whose answer was lost, or that refreshed twice at once,
    stays signed in. Any later use is a sign of theft and ends the session. Raises InvalidRefreshToken,
    then as RepeatedRefreshToken.
    """
    user_id = _owner(token)
    row = _read(user_id, token)
    successor = _successor(user_id, token)
    if "usedAt" in row or not _replace(user_id, row, successor):
        _check_retry(user_id, _read(user_id, token), successor)
    signed_in_at = row["expiresAt"] - settings.REFRESH_TOKEN_SECONDS
    return OpenSession(user_id, row["sessionId"], successor, signed_in_at)


def _read(user_id: str, token: str) -> Row:
    row = RefreshToken.get_row(user_pk(user_id), _sk(token), consistent=True)
    # DynamoDB removes expired rows some time later.
    if row is None or row["expiresAt"] <= time():
        raise InvalidRefreshToken
    return row


def _replace(user_id: str, row: Row, successor: str) -> bool:
    """Marks a token as used and stores its successor; False when it was used or its session ended."""
    pk = user_pk(user_id)

    def fill(transaction: TransactWrite) -> None:
        used = RefreshToken(pk, row["sk"])
        unused = RefreshToken.pk.exists() & RefreshToken.used_at.does_not_exist()
        transaction.update(used, [RefreshToken.used_at.set(round(time(), 3))], condition=unused)
        fresh = RefreshToken(
            pk,
            _sk(successor),
            session_id=row["sessionId"],
            expires_at=row["expiresAt"],
        )
        transaction.save(fresh)
        transaction.condition_check(Session, pk, session_sk(row["sessionId"]), condition=Session.pk.exists())

    return write_together(fill)


def _check_retry(user_id: str, row: Row, successor: str) -> None:
    session = session_sk(row["sessionId"])
    if "usedAt" not in row or Session.get_row(user_pk(user_id), session, consistent=True) is None:
        raise InvalidRefreshToken
    too_late = time() - row["usedAt"] > RETRY_SECONDS
    if too_late or "usedAt" in _read(user_id, successor):
        sessions.end(user_id, row["sessionId"])
        raise RepeatedRefreshToken(user_id, row["sessionId"])


def session_of(token: str) -> SessionKey | None:
    """The session of a refresh token, None for one that is no good."""
    try:
        user_id = _owner(token)
        return SessionKey(user_id, _read(user_id, token)["sessionId"])
    except InvalidRefreshToken:
        return None


def _token(user_id: str, secret: bytes) -> str:
    return urlsafe_b64encode(secret + user_id.encode()).rstrip(b"=").decode()


def _owner(token: str) -> str:
    """The user id in a token; whether the token is good only its row says."""
    if len(token) > MAX_LENGTH:
        raise InvalidRefreshToken
    try:
        content = urlsafe_b64decode(token.encode("ascii") + b"=" * (-len(token) % 4))
        return content[SECRET_BYTES:].decode()
    except ValueError as error:
        raise InvalidRefreshToken from error


def _successor(user_id: str, token: str) -> str:
    digest = salted_hmac("movierec.accounts.refresh", token, algorithm="sha256").digest()
    return _token(user_id, digest)


def _sk(token: str) -> str:
    return f"REFRESH#{hashlib.sha256(token.encode()).hexdigest()}"
