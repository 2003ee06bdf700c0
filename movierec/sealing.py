"""Encryption of small things that leave our hands or lie in a table: what is sealed can be neither read nor changed.

The key of a purpose follows from SECRET_KEY; what older keys sealed opens as long as they stand in
SECRET_KEY_FALLBACKS. Every view comes with this module and few requests seal, so its library is imported when one does.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.crypto import salted_hmac

if TYPE_CHECKING:
    from cryptography.fernet import Fernet, MultiFernet


class BrokenSeal(Exception):
    """The text was not sealed by us for this purpose, was changed, or is too old."""


def seal(purpose: str, content: bytes) -> str:
    """The content as an encrypted URL-safe text that only `unseal` with the same purpose opens."""
    return _ring(purpose).encrypt(content).decode()


def unseal(purpose: str, text: str, *, max_age: int | None = None) -> bytes:
    """What was sealed, at most `max_age` seconds ago where that is given. Raises BrokenSeal."""
    from cryptography.fernet import InvalidToken  # noqa: PLC0415

    try:
        return _ring(purpose).decrypt(text.encode("ascii"), ttl=max_age)
    except (InvalidToken, UnicodeEncodeError) as error:
        raise BrokenSeal from error


def resealed(purpose: str, text: str) -> str:
    """What an older key sealed, sealed by today's; what today's sealed as it is. Raises BrokenSeal."""
    from cryptography.fernet import InvalidToken  # noqa: PLC0415

    try:
        _fernet(purpose, settings.SECRET_KEY).decrypt(text.encode("ascii"))
    except (InvalidToken, UnicodeEncodeError):
        return seal(purpose, unseal(purpose, text))
    return text


def keys() -> tuple[str, ...]:
    """The keys in use: today's, then those that only open."""
    return (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)


def _ring(purpose: str) -> MultiFernet:
    from cryptography.fernet import MultiFernet  # noqa: PLC0415

    return MultiFernet([_fernet(purpose, key) for key in keys()])


def _fernet(purpose: str, secret: str) -> Fernet:
    from cryptography.fernet import Fernet  # noqa: PLC0415

    digest = salted_hmac(f"movierec.sealing.{purpose}", b"key", secret=secret, algorithm="sha256").digest()
    return Fernet(urlsafe_b64encode(digest))
