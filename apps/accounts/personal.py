"""What the service keeps about a person.

Every app that keeps something has such a module, listed in settings.PERSONAL_DATA, with two functions. `export`
yields sections, each a name and a value; a value that is an iterator gives pages, lists of rows, which together are
one list. `erase` removes everything and may be called again where it was stopped. This one is identity's own, and
the last to erase.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from importlib import import_module
from typing import Any, Protocol, cast

from django.conf import settings

from apps.accounts import denials, profiles, recovery, usernames
from apps.accounts.emails import address_of
from apps.accounts.models import ATTEMPTS, CLAIM, email_pk
from apps.accounts.providers import provider
from movierec import audit
from movierec.audit import Recorded, Thing
from movierec.dynamo.data_table import DataRow, delete_partition, user_pk
from movierec.dynamo.pages import pages_of
from movierec.dynamo.table import Row
from movierec.timestamps import timestamp

Section = tuple[str, Any]

HOUR_SECONDS = 3600
EVENTS = 100


class PersonalData(Protocol):
    """A module about what one app keeps of a person."""

    def export(self, user_id: str) -> Iterator[Section]:
        """Everything but secrets, as sections."""

    def erase(self, user_id: str) -> None:
        """Removes everything; also when nothing is left."""


def parts() -> list[PersonalData]:
    """The modules of settings.PERSONAL_DATA, in their order."""
    # By name, since identity knows none of the apps that build on it.
    return [cast(PersonalData, import_module(name)) for name in settings.PERSONAL_DATA]


def export(user_id: str) -> Iterator[Section]:
    """The account and what belongs to it. Left out: hashes, sealed secrets, codes, and counters of the last minute.

    Raises Unauthorized when the account is gone.
    """
    profile = profiles.profile_of(user_id)
    own, address = user_pk(user_id), email_pk(address_of(profile.email))
    yield "account", profile.as_json()
    yield "sessions", [_named(row, "SESSION") for row in _stored(own, "SESSION#")]
    yield "endedSessions", [_named(row, "ENDED") for row in _stored(own, "ENDED")]
    yield "devices", [_plain(row) for row in _stored(own, "DEVICE#")]
    yield "recoveryCodesLeft", recovery.left(user_id)
    yield "mails", [_mails(row) for row in _stored(address, "MAILS#")]
    yield "securityEvents", _events(user_id)
    yield "attempts", [_plain(row) for pk in (own, address) for row in _stored(pk, ATTEMPTS)]


def _events(user_id: str) -> Iterator[list[Row]]:
    """Pages of what was recorded about the person, by themselves and by staff, whose names stay ours."""
    after = None
    while True:
        trail = audit.of_thing(Thing("person", user_id), after=after, limit=EVENTS)
        yield [_event(event, user_id) for event in trail.events]
        after = trail.after
        if after is None:
            return


def _event(event: Recorded, user_id: str) -> Row:
    own = event.actor == user_id
    return {
        "at": event.at,
        "event": event.tag,
        "outcome": event.outcome,
        "by": "you" if own else "the service",
        "address": event.address if own else "",
        "details": event.after if own else "",
    }


def _stored(pk: str, prefix: str) -> list[Row]:
    return DataRow.query_all(pk, range_condition=DataRow.sk.startswith(prefix), consistent=True)


def _named(row: Row, kind: str) -> Row:
    """A row with what its sort key names beside the kind; None for the row that is about all of the kind."""
    return {"id": row["sk"].removeprefix(kind).removeprefix("#") or None, **_plain(row)}


def _plain(row: Row) -> Row:
    """A row without its keys, which may be hashes."""
    kept = {name: value for name, value in row.items() if name not in ("pk", "sk")}
    return {**kept, "expiresAt": _moment(row["expiresAt"])} if "expiresAt" in row else kept


def _mails(row: Row) -> Row:
    hour = int(row["sk"].removeprefix("MAILS#"))
    return {"hour": _moment(hour * HOUR_SECONDS), "sent": row.get("sent", 0)}


def _moment(seconds: float) -> str:
    return timestamp(datetime.fromtimestamp(seconds, UTC))


def erase(user_id: str) -> None:
    """Removes the account: the names it is found by, what a service outside keeps, then every row of the person.

    The rows of the address go only while the account still has it, and before the account itself: nobody can
    register the address meanwhile. Later they may be those of a new owner.

    The audit stays until its rows expire: a log that the people in it can have erased proves nothing. It names the
    person by a random id only; addresses stand there where somebody unknown typed them.
    """
    # Of the local provider's tokens none can be good by now.
    if settings.IDENTITY_PROVIDER != "local":
        denials.deny_erased(user_id)
    usernames.forget(user_id)
    facts = provider().account(user_id)
    if facts and provider().account_id(facts.email) == user_id:
        _erase_address(email_pk(address_of(facts.email)))
    provider().delete(user_id)
    delete_partition(user_pk(user_id))
    for scope in settings.RATE_LIMITS:
        delete_partition(f"RATE#{scope}#user:{user_id}")


def _erase_address(pk: str) -> None:
    """Removes the rows of an address but the local provider's claim, which goes with the account itself."""
    for page in pages_of(DataRow, pk, attributes=["pk", "sk"], consistent=True):
        DataRow.delete_rows([row for row in page if row["sk"] != CLAIM])
