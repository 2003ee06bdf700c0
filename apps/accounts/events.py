"""Security events of people's accounts, for the audit.

A person is named by the id only, which says nothing of who it was once the account is gone; and an event has no
secrets, codes, tokens or passwords. Network addresses stay for as long as the event does.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from apps.accounts.emails import address_of, check_email
from apps.accounts.errors import CodeMismatch, InvalidEmail, WrongCredentials, WrongPassword
from movierec import audit
from movierec.api.errors import Unavailable, as_api_error
from movierec.audit import SYSTEM, Actor, Event, Tag, Thing, nobody

logger = logging.getLogger(__name__)

# What stands for a name that has not the form of an address: people type passwords into the wrong field.
NO_ADDRESS: Final = "not an address"
# What sign-ins end with that were guesses; a try that a limit turned away is recorded nowhere.
_GUESSES: Final = (WrongCredentials, CodeMismatch)


def note(tag: Tag, user_id: str, address: str, *, after: Any = None) -> None:
    """Records what a person did with their own account; `address` is the network's. Raises as `audit.record` does."""
    audit.record(Event(tag, Actor(user_id, address=address), Thing("person", user_id), after=after))


def note_by_itself(tag: Tag, user_id: str) -> None:
    """Records what a job did with an account."""
    audit.record(Event(tag, SYSTEM, Thing("person", user_id)))


def note_command(tag: Tag, user_id: str, *, before: Any, after: Any) -> None:
    """Records what an operator is about to do with an account at the command line, where nobody is signed in."""
    reason = "a command of manage.py"
    audit.record(Event(tag, SYSTEM, Thing("person", user_id), before=before, after=after, reason=reason))


def note_asked(tag: Tag, email: str, address: str) -> None:
    """Records what somebody asked for an e-mail address; the same for one that has no account."""
    audit.record(Event(tag, nobody(address), typed(email)))


@contextmanager
def refusals(login: str, address: str) -> Iterator[None]:
    """Records a sign-in that the block refuses, under what was typed; the same for a name that nobody has."""
    try:
        yield
    except _GUESSES:
        note_refusal(Event(Tag.SIGN_IN_FAILED, nobody(address), typed(login), outcome="refused"))
        raise


@contextmanager
def wrong_proofs(tag: Tag, user_id: str, address: str) -> Iterator[None]:
    """Records as a refused deed of a signed-in person that the block finds their password or code wrong."""
    try:
        yield
    except (WrongPassword, CodeMismatch):
        note_refusal(Event(tag, Actor(user_id, address=address), Thing("person", user_id), outcome="refused"))
        raise


@contextmanager
def wrong_codes(tag: Tag, email: str, address: str) -> Iterator[None]:
    """Records a wrong mailed code for an e-mail address; the same for one that has no account."""
    try:
        yield
    except CodeMismatch:
        note_refusal(Event(tag, nobody(address), typed(email), outcome="refused"))
        raise


def note_refusal(event: Event) -> None:
    """Records a try that is refused.

    It is refused as well where DynamoDB does not take the event: a flood of guesses must not turn refusals into faults.
    """
    try:
        audit.record(event)
    except Exception as exception:
        if not isinstance(as_api_error(exception), Unavailable):
            raise
        logger.warning("A refused sign-in is not in the audit: %s", type(exception).__name__)


def typed(text: str) -> Thing:
    """What somebody unknown typed as an address; NO_ADDRESS where it has not the form of one."""
    try:
        check_email(text)
    except InvalidEmail:
        return Thing("address", NO_ADDRESS)
    return Thing("address", address_of(text))
