"""E-mail addresses: which are taken, and when two are the same."""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.encoding import punycode

from apps.accounts.errors import InvalidEmail

MAX_LENGTH = 254
MAX_LOCAL_LENGTH = 64

# A dot-atom of RFC 5322. The mail layer unquotes quoted strings, so that many of them would be one mailbox.
_LOCAL_PART = re.compile(r"[\w!#$%&'*+/=?^`{|}~-]+(\.[\w!#$%&'*+/=?^`{|}~-]+)*", re.ASCII)
# The mail layer decodes encoded words of RFC 2047, which can stand for anything.
_ENCODED_WORD = "=?"
# One host has many network addresses, and each of them many spellings.
_ADDRESS_LITERAL = "["


def check_email(email: str) -> None:
    """Raises InvalidEmail for a text that mail cannot be sent to, or that mail would not be sent to as it stands.

    The domain may be an international one; it is judged in the ASCII form that goes to the mail server.
    """
    local, _, domain = email.rpartition("@")
    if len(email) > MAX_LENGTH or not _is_plain_local(local) or not _is_shown_name(domain):
        raise InvalidEmail
    try:
        as_sent = f"{local}@{punycode(domain)}"
        validate_email(as_sent)
    except (ValidationError, UnicodeError) as error:
        raise InvalidEmail from error
    if len(as_sent) > MAX_LENGTH:
        raise InvalidEmail


def _is_plain_local(local: str) -> bool:
    fits = len(local) <= MAX_LOCAL_LENGTH and _ENCODED_WORD not in local
    return fits and _LOCAL_PART.fullmatch(local) is not None


def _is_shown_name(domain: str) -> bool:
    return domain.isprintable() and not domain.startswith(_ADDRESS_LITERAL)


def address_of(email: str) -> str:
    """The form in which addresses are compared: as they go to the mail server, in lower case.

    People sign in with any text, so each has such a form, of at most 255 ASCII characters.
    """
    typed = email[: MAX_LENGTH + 1]
    local, at, domain = typed.rpartition("@")
    try:
        as_sent = f"{local}{at}{punycode(domain)}"
    except UnicodeError:
        as_sent = typed
    return as_sent.encode("ascii", "backslashreplace").decode().lower()[: MAX_LENGTH + 1]
