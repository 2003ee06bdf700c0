"""Encryption of small things that leave our hands or lie in a table: what is sealed can be neither read nor changed.

The key of a purpose follows from SECRET_KEY; what older keys sealed opens as long as they stand in
SECRET_KEY_FALLBACKS.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.crypto import salted_hmac


class BrokenSeal(Exception):
    """The text was not sealed by us for this purpose, was changed, or is too old."""


def seal(purpose: str, content: bytes) -> str:
    """The content as an encrypted URL-safe text that only `unseal` with the same purpose opens."""
    return _ring(purpose).encrypt(content).decode()


def unseal(purpose: str, text: str, *, max_age: int | None = None) -> bytes:
    """What was sealed, at most `max_age` seconds ago where that is given. Raises BrokenSeal."""
    try:
        return _ring(purpose).decrypt(text.encode("ascii"), ttl=max_age)
    except (InvalidToken, UnicodeEncodeError) as error:
        raise BrokenSeal from error


def _ring(purpose: str) -> MultiFernet:
    return MultiFernet([_fernet(purpose, key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _fernet(purpose: str, secret: str) -> Fernet:
    digest = salted_hmac(f"movierec.sealing.{purpose}", b"key", secret=secret, algorithm="sha256").digest()
    return Fernet(urlsafe_b64encode(digest))
