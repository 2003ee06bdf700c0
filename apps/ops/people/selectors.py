"""Reads of people's accounts: the list, and what is kept about one person. Never a secret: what is not named here is
not fetched.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from time import time
from typing import Any, Final
from uuid import UUID

from apps.accounts import sessions
from apps.accounts.devices import PREFIX as DEVICE
from apps.accounts.directory import directory
from apps.accounts.directory.interface import DirectoryPage, DirectoryPerson, DirectoryQuery
from apps.accounts.models import DELETION, PROFILE, Account, session_sk
from apps.accounts.sessions import ListedSession
from apps.lists.models import RATING_PREFIX
from apps.ops.console.lists import PAGE_ROWS, Asked
from apps.recommendations.models import FEEDBACK_PREFIX
from movierec.api.errors import NotFound
from movierec.dynamo.data_table import DataRow, user_pk
from movierec.dynamo.table import Count, Page, Row

# All that is fetched of a person's rows; nothing of it is a secret.
_SHOWN: Final = ["sk", "createdAt", "seenAt", "device", "place", "dueAt", "expiresAt"]
_SESSION: Final = session_sk("")


@dataclass(frozen=True, slots=True)
class Kept:
    """What the single table has of a person; `deletion_at` is ISO-8601 UTC, empty where none is pending."""

    sessions: Sequence[ListedSession]
    devices: int
    deletion_at: str
    ratings: Count
    feedback: Count

    @property
    def last_seen(self) -> str:
        """When the person last got a token, ISO-8601 UTC; empty without a session."""
        return max((session.seen_at for session in self.sessions), default="")


@dataclass(frozen=True, slots=True)
class People:
    """A page of accounts; `after` is the cursor of the next one, `looked` tells how many a filter looked at."""

    people: Sequence[DirectoryPerson]
    count: Count | None
    after: tuple[str] | None
    looked: int


def people(asked: Asked) -> People:
    """Accounts by the beginning of their address or by their id, and by the filters `status`, `state` and `group`.

    At most two requests.
    """
    chosen = asked.chosen
    query = {
        "status": chosen["status"] or None,
        "enabled": {"enabled": True, "disabled": False}.get(chosen["state"]),
        "group": chosen["group"],
        "after": asked.after[0] if asked.after else None,
        "limit": PAGE_ROWS,
    }
    found = _found(asked, query)
    filters = any(chosen.values())
    return People(
        people=found.people,
        count=None if asked.narrowed else directory().count(),
        after=(found.after,) if found.after else None,
        looked=found.looked_at if filters and len(found.people) < PAGE_ROWS else 0,
    )


def _found(asked: Asked, query: Mapping[str, Any]) -> DirectoryPage:
    if _is_uuid(asked.text):
        return directory().page(DirectoryQuery(**query, user_id=asked.text))
    found = directory().page(DirectoryQuery(**query, email_prefix=asked.text))
    # Imported people have ids of another form, which only a look tells from the beginning of an address.
    if asked.text and "@" not in asked.text and not found.looked_at and asked.after is None:
        return directory().page(DirectoryQuery(**query, user_id=asked.text))
    return found


def _is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text.lower()
    except ValueError:
        return False


def person(user_id: str) -> DirectoryPerson:
    """An account. Raises NotFound."""
    found = directory().person(user_id)
    if found is None:
        raise NotFound("There is no account with this id; it may have been erased.")
    return found


def kept(user_id: str) -> Kept:
    """What the single table has of a person, by one Query of at most 1 MB.

    One more where a person has so many rows that it does not reach the sessions; ratings and feedback are counted as
    far as it reaches.
    """
    page = DataRow.query_page(user_pk(user_id), attributes=_SHOWN, consistent=True)
    now = time()
    rows = [row for row in page.rows if row.get("expiresAt", now + 1) > now]
    return Kept(
        sessions=_sessions(user_id, rows, page),
        devices=len(_of_kind(rows, DEVICE)),
        deletion_at=next((row["dueAt"] for row in rows if row["sk"] == DELETION), ""),
        ratings=_count(rows, RATING_PREFIX, page),
        feedback=_count(rows, FEEDBACK_PREFIX, page),
    )


def _of_kind(rows: Sequence[Row], prefix: str) -> list[Row]:
    return [row for row in rows if row["sk"].startswith(prefix)]


def _reaches(page: Page, prefix: str) -> bool:
    """Whether a page of a partition has every row of a kind."""
    return page.last_key is None or (page.last_key["sk"] > prefix and not page.last_key["sk"].startswith(prefix))


def _count(rows: Sequence[Row], prefix: str, page: Page) -> Count:
    return Count(len(_of_kind(rows, prefix)), more=not _reaches(page, prefix))


def _sessions(user_id: str, rows: Sequence[Row], page: Page) -> list[ListedSession]:
    if not _reaches(page, _SESSION):
        return sessions.listed(user_id)
    found = [_session(row) for row in _of_kind(rows, _SESSION)]
    return sorted(found, key=lambda session: session.seen_at, reverse=True)


def _session(row: Row) -> ListedSession:
    created_at = str(row["createdAt"])
    return ListedSession(
        session_id=row["sk"].removeprefix(_SESSION),
        device=row.get("device", ""),
        place=row.get("place", ""),
        created_at=created_at,
        seen_at=row.get("seenAt", created_at),
    )


def deletion_at(user_id: str) -> str:
    """The day of a pending deletion, ISO-8601 UTC; empty where none is pending."""
    row = DataRow.get_row(user_pk(user_id), DELETION, consistent=True)
    return row["dueAt"] if row else ""


def names(user_ids: Sequence[str]) -> dict[str, str]:
    """The addresses of up to 100 people by their ids, or the id of one who has none.

    One BatchGetItem for accounts of our own table; those of a pool are asked for one by one.
    """
    keys = [{"pk": user_pk(user_id), "sk": PROFILE} for user_id in user_ids]
    rows = Account.get_rows(keys, attributes=["pk", "email"], consistent=True)
    emails = {row["pk"]: row["email"] for row in rows if "email" in row}
    return {user_id: emails.get(user_pk(user_id)) or _name(user_id) for user_id in user_ids}


def _name(user_id: str) -> str:
    found = directory().person(user_id)
    return found.email if found else user_id


def session_names(user_id: str, session_ids: Sequence[str]) -> dict[str, str]:
    """Sessions of a person in words, by their ids; one Query. One that has ended is named by its id."""
    words = {session.session_id: _words(session) for session in sessions.listed(user_id)}
    return {session_id: words.get(session_id, session_id) for session_id in session_ids}


def _words(session: ListedSession) -> str:
    place = ", ".join(part for part in (session.device or "an unknown device", session.place) if part)
    return f"{place}, since {session.created_at[:16].replace('T', ' ')}"
