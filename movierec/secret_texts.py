"""What the service keeps in Secrets Manager, read when it is first needed: a cold start asks for none of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import cache, partial
from math import inf
from threading import Lock
from typing import Final, Generic, TypeVar

import orjson
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings

from movierec.api.errors import Unavailable
from movierec.aws import client
from movierec.localaws import LocalAwsError
from movierec.settings.checked import weakness_of

T = TypeVar("T")

# After a fault nobody asks Secrets Manager again before this, which is also when clients are told to come back.
RETRY_SECONDS: Final = 5.0


class SecretUnreadable(Unavailable):
    """503: a secret that the request needs cannot be read now, or does not hold what it should.

    Its text, which the log shows, says what to do; clients are told nothing of it.
    """

    def __init__(self, remedy: str) -> None:
        super().__init__("The service cannot read its keys; try again shortly.")
        self._remedy = remedy

    def __str__(self) -> str:
        return self._remedy


class SecretStillUnreadable(SecretUnreadable):
    """503: it could not be read a moment ago; the log has that already."""

    logged_once = True


class Kept(Generic[T]):
    """What `read` gave of a secret, or the fault that it raised, for all threads.

    A value is read anew no sooner than `seconds` after it was; a fault is kept for RETRY_SECONDS.
    """

    def __init__(self, read: Callable[[], T], *, seconds: float = inf) -> None:
        self._read = read
        self._seconds = seconds
        self._lock = Lock()
        self._found: list[T] = []
        self._read_at = self._failed_at = -inf
        self._fault = ""

    def known(self) -> T | None:
        """What was read last; nothing is read for it."""
        return self._found[0] if self._found else None

    def value(self) -> T:
        """What was read, anew where it is time for that. Raises SecretUnreadable.

        While another thread reads, what is known serves; who finds nothing waits for that one read, however it ends.
        """
        if self._lock.acquire(blocking=not self._found):
            try:
                self._renew()
            finally:
                self._lock.release()
        return self._found[0]

    def _renew(self) -> None:
        now = time.monotonic()
        if now - self._failed_at < RETRY_SECONDS:
            raise SecretStillUnreadable(self._fault)
        if now - self._read_at < self._seconds:
            return
        try:
            self._found = [self._read()]
        except SecretUnreadable as error:
            self._fault, self._failed_at = str(error), time.monotonic()
            raise
        self._read_at = time.monotonic()


def secret_text(variable: str, name: str) -> str:
    """The text of the secret `name`, which the environment variable names. Raises SecretUnreadable."""
    try:
        return str(client("secretsmanager").get_secret_value(SecretId=name).get("SecretString", ""))
    except ClientError as error:
        reason = error.response["Error"]["Code"]
    except (BotoCoreError, LocalAwsError) as error:
        reason = type(error).__name__
    raise SecretUnreadable(
        f"{variable} names {name}, which cannot be read ({reason}); "
        "check the name, the region, and the right secretsmanager:GetSecretValue on it."
    )


def signing_key() -> str:
    """The value of settings.SECRET_KEY that the secret SECRET_KEY_SECRET holds. Raises SecretUnreadable."""
    return _signing_keys(settings.SECRET_KEY_SECRET).value()[0]


def signing_key_fallbacks() -> tuple[str, ...]:
    """The values of settings.SECRET_KEY_FALLBACKS in the same secret. Raises SecretUnreadable."""
    return _signing_keys(settings.SECRET_KEY_SECRET).value()[1:]


# Read once: a rotation gives processes the next key a whole period before one of them signs with it.
@cache
def _signing_keys(name: str) -> Kept[tuple[str, ...]]:
    return Kept(partial(_read_signing_keys, name))


def _read_signing_keys(name: str) -> tuple[str, ...]:
    try:
        held = orjson.loads(secret_text("SECRET_KEY_SECRET", name))
        keys = (held["SECRET_KEY"], *filter(None, map(str.strip, held["SECRET_KEY_FALLBACKS"].split(","))))
        weakness = next(filter(None, map(weakness_of, keys)), None)
    except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError):
        weakness = "is not there"
    if weakness:
        raise SecretUnreadable(
            f"SECRET_KEY_SECRET names {name}, in which a key {weakness}; store JSON with a long random SECRET_KEY, "
            "and with SECRET_KEY_FALLBACKS, older ones with commas between."
        )
    return keys
