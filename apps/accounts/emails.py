"""E-mail addresses: which are taken, and when two are the same."""

from __future__ import annotations

import unicodedata

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from apps.accounts.errors import InvalidEmail

MAX_LENGTH = 254


def check_email(email: str) -> None:
    """Raises InvalidEmail for a text that mail cannot be sent to."""
    if max(len(email), len(address_of(email))) > MAX_LENGTH or not email.isprintable():
        raise InvalidEmail
    try:
        validate_email(email)
        email.rpartition("@")[2].encode("idna")
    except (ValidationError, UnicodeError) as error:
        raise InvalidEmail from error


def address_of(email: str) -> str:
    """The form in which addresses are compared: compatibility forms and letter case do not tell two apart.

    A text that is too long to be an address is only cut: before, because normalising it could take long, and
    after, because its normal form can be too long for a key of DynamoDB.
    """
    folded = unicodedata.normalize("NFKC", email[: MAX_LENGTH + 1]).casefold()
    return unicodedata.normalize("NFKC", folded)[: MAX_LENGTH + 1]
