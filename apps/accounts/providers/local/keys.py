"""The local provider's keys in this process: the current one signs, and the previous one still verifies."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from threading import Lock
from time import time
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from apps.accounts.providers.local import key_files, key_secret
from apps.accounts.providers.local.rotation import MAX_AGE_SECONDS, KeysUnreachable
from apps.accounts.providers.local.signing_key import SigningKey

logger = logging.getLogger(__name__)

RETRY_SECONDS = 60

Ring = Sequence[SigningKey]


class KeyRing:
    """The keys as they were read last, the current one first; for several threads at once.

    They are read again when they are 5 minutes old, and for an unknown header, but not within a minute after the
    last try. When that fails, the known keys stay in use. The first read raises what `read` raises.
    """

    def __init__(self, read: Callable[[], Ring]) -> None:
        self._read = read
        self._lock = Lock()
        self._keys: Ring = ()
        self._tried_at = 0.0
        self._good_for = 0

    def held(self) -> Ring:
        """The keys; one thread reads old ones again while the others go on with them."""
        if not self._keys:
            with self._lock:
                self._keys = self._keys or self._first()
        elif not self._tried_within(self._good_for) and self._lock.acquire(blocking=False):
            try:
                self._read_again(self._good_for)
            finally:
                self._lock.release()
        return self._keys

    def find(self, header: str) -> SigningKey | None:
        """The key whose tokens have this encoded header."""
        known = _with_header(self.held(), header)
        if known or self._tried_within(RETRY_SECONDS):
            return known
        with self._lock:
            self._read_again(RETRY_SECONDS)
        return _with_header(self._keys, header)

    def _first(self) -> Ring:
        keys = self._read()
        self._note_try(MAX_AGE_SECONDS)
        return keys

    def _read_again(self, seconds: int) -> None:
        """Reads the keys unless another thread did meanwhile; whoever calls it holds the lock."""
        if self._tried_within(seconds):
            return
        try:
            self._keys = self._read()
        except (KeysUnreachable, ImproperlyConfigured):
            logger.exception("The signing keys cannot be read again; those known stay in use.")
            self._note_try(RETRY_SECONDS)
        else:
            self._note_try(MAX_AGE_SECONDS)

    def _note_try(self, good_for: int) -> None:
        self._tried_at, self._good_for = time(), good_for

    def _tried_within(self, seconds: int) -> bool:
        # Not the monotonic clock, which stands still while Lambda keeps a process frozen; this one may go back.
        return 0 <= time() - self._tried_at < seconds


def _with_header(keys: Ring, header: str) -> SigningKey | None:
    return next((key for key in keys if key.header == header), None)


def _place() -> Any:
    return key_secret if settings.TOKEN_KEY_SECRET else key_files


def _read() -> Ring:
    keys: Ring = _place().read()
    return keys


_ring = KeyRing(_read)


def signing_key() -> SigningKey:
    """The key to sign with. Raises ImproperlyConfigured when there is none to be used, and KeysUnreachable (a 503).

    It is the previous one for the first minute of a new one: a process that has just read its keys again, for
    whatever unknown header, would refuse the new key's tokens so long.
    """
    current, *previous = _ring.held()
    young = time() - current.since < RETRY_SECONDS + settings.TOKEN_LEEWAY_SECONDS
    return previous[0] if previous and young else current


def key_with_header(header: str) -> SigningKey | None:
    """The current or previous key whose tokens have this encoded header. Raises as `signing_key` does."""
    return _ring.find(header)


def public_keys() -> list[dict[str, Any]]:
    """The keys that tokens are checked with, as JSON Web Keys."""
    return [key.jwk() for key in _ring.held()]


def rotate() -> SigningKey:
    """Makes a new current key and keeps the old one as the previous; processes take it up within 5 minutes.

    Raises RotatedLately, KeysUnreachable and ImproperlyConfigured.
    """
    key: SigningKey = _place().rotate()
    return key


def check_configuration() -> None:
    """Reads the keys. Raises ImproperlyConfigured when that is not possible as configured."""
    try:
        signing_key()
    except KeysUnreachable as error:
        raise ImproperlyConfigured(
            f"TOKEN_KEY_SECRET names {settings.TOKEN_KEY_SECRET}, which cannot be read ({error.reason}); "
            "make the secret, or let this process read it."
        ) from error
