"""The key of TMDB's API: from the environment, or from a secret that may be changed while processes run."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from threading import Lock
from typing import Final

import orjson
from botocore.exceptions import BotoCoreError, ClientError

from apps.media.errors import SourceError, SourceKeyRefused, SourceUnavailable
from movierec.aws import client
from movierec.clock import Clock, Deadline
from movierec.localaws import LocalAwsError

# How long what Secrets Manager said is taken as its word, be it a key or a fault.
REREAD_SECONDS: Final = 60.0
RETRY_SECONDS: Final = 5.0
_MEMBER: Final = "TMDB_API_KEY"
_PASSING: Final = frozenset({"InternalServiceError", "ThrottlingException", "RequestTimeout", "ServiceUnavailable"})

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key that neither logs nor tracebacks show: a v3 key, or a v4 token, which is a JSON Web Token."""

    text: str = field(repr=False)

    @property
    def parameters(self) -> dict[str, str]:
        """What a request's query needs of it."""
        return {} if self._is_token else {"api_key": self.text}

    @property
    def headers(self) -> dict[str, str]:
        """What a request's headers need of it."""
        return {"Authorization": f"Bearer {self.text}"} if self._is_token else {}

    @property
    def _is_token(self) -> bool:
        return self.text.count(".") == 2


class KeyHolder:
    """The key in use, for all threads. `plain` is the key itself; without one it is read from the secret `secret`."""

    def __init__(self, plain: str, secret: str, clock: Clock) -> None:
        self._secret = secret
        self._clock = clock
        self._lock = Lock()
        self._held = ApiKey(plain) if plain else None
        self._problem: tuple[type[SourceError], str] | None = None
        self._read_at: float | None = None
        self._is_awaited = False

    @property
    def remedy(self) -> str:
        """A sentence on what to do about a key that TMDB refuses."""
        place = f"the secret {self._secret} (TMDB_API_KEY_SECRET)" if self._secret else "TMDB_API_KEY"
        return f"Put the key that TMDB's settings page shows into {place}."

    def is_awaited(self) -> bool:
        """Whether the secret has the empty key with which it is made, so that there is no source yet.

        A key that is put into it later is found within a minute. Of a secret that cannot be read nobody knows, so
        that is no; the first to need the key hears why.
        """
        if self._held is not None or not self._secret:
            return False
        # Whoever has the lock finds out.
        if self._lock.acquire(blocking=False):
            try:
                if self._held is None and self._is_due(REREAD_SECONDS if self._is_awaited else RETRY_SECONDS):
                    self._read()
            finally:
                self._lock.release()
        return self._is_awaited

    def current(self, deadline: Deadline) -> ApiKey:
        """The key.

        Raises SourceKeyRefused where the secret holds none, SourceUnavailable where it cannot be read now, or while
        another thread reads it past the deadline. The reading itself has the time-outs of every client of AWS.
        """
        held = self._held
        if held is not None:
            return held
        if not self._has_turn(deadline):
            raise SourceUnavailable("There was no time to read the key of TMDB.", retry_after=1)
        try:
            if self._held is None and self._is_due(RETRY_SECONDS):
                self._read()
            if self._held is None:
                kind, sentence = self._problem or (SourceKeyRefused, f"There is no key. {self.remedy}")
                raise kind(sentence)
            return self._held
        finally:
            self._lock.release()

    def other_than(self, refused: ApiKey, deadline: Deadline) -> ApiKey | None:
        """The key that the secret holds by now, if it is another one; it is read at most once a minute.

        None as well where there is no time to find out.
        """
        if not self._secret or not self._has_turn(deadline):
            return None
        try:
            if self._held == refused and self._is_due(REREAD_SECONDS):
                self._read()
            return self._held if self._held != refused else None
        finally:
            self._lock.release()

    def _has_turn(self, deadline: Deadline) -> bool:
        """Takes the lock, which another thread may hold while it reads the secret; False when the time is over."""
        left = deadline.left()
        return left > 0 and self._lock.acquire(timeout=left)

    def _is_due(self, pause: float) -> bool:
        """Whether so many seconds have passed since the last reading, or the clock was set back."""
        if not self._secret or self._read_at is None:
            return bool(self._secret)
        return not 0 <= self._clock.since_1970() - self._read_at < pause

    def _read(self) -> None:
        """Takes up what the secret holds; a key that is held stays where there is nothing better."""
        self._read_at = self._clock.since_1970()
        self._problem = None
        try:
            found = client("secretsmanager").get_secret_value(SecretId=self._secret).get("SecretString", "")
        except ClientError as error:
            code = error.response["Error"]["Code"]
            kind: type[SourceError] = SourceUnavailable if code in _PASSING else SourceKeyRefused
            self._problem = kind, self._unreadable(code)
        except (BotoCoreError, LocalAwsError) as error:
            self._problem = SourceUnavailable, self._unreadable(type(error).__name__)
        else:
            text = _key_in(found)
            self._note_awaited(_is_placeholder(found))
            if text:
                self._held = ApiKey(text)
            else:
                self._problem = SourceKeyRefused, f"The secret {self._secret} holds no key. {self.remedy}"

    def _note_awaited(self, awaited: bool) -> None:
        if awaited and not self._is_awaited:
            logger.warning("There is no key of TMDB yet, and what is stored serves. %s", self.remedy)
        self._is_awaited = awaited

    def _unreadable(self, reason: str) -> str:
        return (
            f"TMDB_API_KEY_SECRET names {self._secret}, which cannot be read ({reason}). "
            "Check the name, the region, and the right secretsmanager:GetSecretValue on it."
        )


def _is_placeholder(content: str) -> bool:
    try:
        return bool(orjson.loads(content) == {_MEMBER: ""})
    except orjson.JSONDecodeError:
        return False


def _key_in(content: str) -> str:
    """The key in a secret's text, which is the key, or JSON that has it as TMDB_API_KEY; "" where there is none."""
    text = content.strip()
    if text.startswith("{"):
        try:
            found = orjson.loads(text).get(_MEMBER)
        except orjson.JSONDecodeError:
            return ""
        text = found.strip() if isinstance(found, str) else ""
    # Anything else cannot stand in a header.
    return text if text.isascii() and text.isprintable() and " " not in text else ""
