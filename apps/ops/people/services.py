"""What staff do to people's accounts. Each deed is in the audit before it is done, and can be done again.

What takes powers away ends the sessions in the admin before the account changes, so that a process that is killed in
between leaves none, and after it, for one that began in between.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from apps.accounts import deletions, exports, mails, staff_sessions
from apps.accounts import services as accounts
from apps.accounts import sessions as session_list
from apps.accounts.directory import directory
from apps.accounts.directory.interface import DirectoryPerson
from apps.accounts.errors import AccountStateRefused, NoSuchPerson, WrongCredentials
from apps.lists import selectors as lists
from apps.lists import services as list_services
from apps.lists.models import ListName
from apps.ops.console.audited import Refused, audited
from apps.ops.console.permissions import Group
from apps.ops.console.staff import Staff
from apps.ops.people import selectors
from movierec import jobs
from movierec.audit import Tag, Thing, of_thing

# So many pairs of rows one deed merges; each is a transaction.
MOST_MERGED: Final = 100


def confirm(staff: Staff, user_id: str, reason: str) -> str:
    """Confirms an account without its mailed code, or ends what was left of that. Raises Refused."""
    person = _known(user_id)
    if person.status != "unconfirmed":
        if _was_begun(Tag.PERSON_CONFIRMED, user_id):
            directory().confirm(user_id)
        raise Refused("This account needs no confirmation.")
    after = {"status": "confirmed"}
    with _changing(staff, Tag.PERSON_CONFIRMED, user_id, reason, before=_state(person), after=after):
        directory().confirm(user_id)
    return "Confirmed: its owner can sign in."


def disable(staff: Staff, user_id: str, reason: str) -> str:
    """Shuts an account and ends every session of it, those in the admin too. Raises Refused."""
    _refuse_own(staff, user_id, "disable")
    person = _known(user_id)
    after = {"enabled": False}
    with (
        _changing(staff, Tag.PERSON_DISABLED, user_id, reason, before=_state(person), after=after),
        _without_powers(user_id),
    ):
        directory().disable(user_id, by=staff.user_id)
    return "Disabled, and signed out everywhere."


def enable(staff: Staff, user_id: str, reason: str) -> str:
    """Opens a disabled account again; its sessions stay ended. Raises Refused."""
    person = _known(user_id)
    if person.enabled:
        raise Refused("This account is not disabled.")
    after = {"enabled": True}
    with _changing(staff, Tag.PERSON_ENABLED, user_id, reason, before=_state(person), after=after):
        directory().enable(user_id)
    return "Enabled: its owner can sign in again."


def end_sessions(staff: Staff, user_id: str, reason: str) -> str:
    """Ends every session of a person, those in the admin too. Raises Refused."""
    _known(user_id)
    with _changing(staff, Tag.PERSON_SIGNED_OUT, user_id, reason, after="every session"):
        accounts.end_all_sessions(user_id=user_id)
    return "Signed out everywhere."


def end_session(staff: Staff, user_id: str, session_id: str, reason: str) -> str:
    """Ends one session of a person. Raises Refused."""
    if not session_list.is_listed(user_id, session_id):
        raise Refused("This session has ended already.")
    with _changing(staff, Tag.PERSON_SIGNED_OUT, user_id, reason, after={"session": session_id}):
        accounts.end_session(user_id=user_id, session_id=session_id)
    return "Ended."


def force_reset(staff: Staff, user_id: str, reason: str) -> str:
    """Has no password work until the owner sets one by a mailed code; ends every session. Raises Refused."""
    person = _known(user_id)
    if person.status not in ("confirmed", "reset-required"):
        raise Refused("Only a confirmed account has a password to reset.")
    after = {"status": "reset-required"}
    with (
        _changing(staff, Tag.PERSON_RESET, user_id, reason, before=_state(person), after=after),
        _without_powers(user_id),
    ):
        directory().force_reset(user_id)
    return "Signed out everywhere; the owner must set a new password by a mailed code, and was told."


def add_to_group(staff: Staff, user_id: str, group: Group, reason: str) -> str:
    """Makes a person a member of the staff. Raises Refused."""
    person = _known(user_id)
    if group in _groups(person):
        raise Refused(f"This account is in {group} already.")
    after = {"groups": sorted({*_groups(person), group})}
    with _changing(staff, Tag.PERSON_GROUP_ADDED, user_id, reason, before=_state(person), after=after):
        directory().add_to_group(user_id, group)
    return f"Is in {group} from the next sign-in to the admin on."


def remove_from_group(staff: Staff, user_id: str, group: Group, reason: str) -> str:
    """Ends a person's membership, and every session of theirs in the admin. Raises Refused."""
    if group == "ops":
        _refuse_own(staff, user_id, "take ops from")
    person = _known(user_id)
    after = {"groups": sorted({*_groups(person)} - {group})}
    before = _state(person)
    with (
        _changing(staff, Tag.PERSON_GROUP_REMOVED, user_id, reason, before=before, after=after),
        _without_powers(user_id),
    ):
        directory().remove_from_group(user_id, group, by=staff.user_id)
    return f"Is not in {group}, and is signed out of the admin."


def delete(staff: Staff, user_id: str, reason: str) -> str:
    """Has an account deleted in the week that the owner's own request has, and tells the owner. Raises Refused."""
    _refuse_own(staff, user_id, "delete")
    person = _known(user_id)
    with _changing(staff, Tag.PERSON_DELETED, user_id, reason, before=_state(person)):
        with _without_powers(user_id):
            due_at = deletions.request(user_id)
            accounts.end_all_sessions(user_id=user_id)
        mails.tell_deletion(person.email, due_at)
    return f"Will be deleted on {due_at[:10]}. Until then the deletion can be taken back."


def take_back_deletion(staff: Staff, user_id: str, reason: str) -> str:
    """Keeps an account that waits for its deletion. Raises Refused."""
    due_at = selectors.deletion_at(user_id)
    if not due_at:
        raise Refused("This account is not to be deleted.")
    with _changing(staff, Tag.PERSON_KEPT, user_id, reason, before={"deletionAt": due_at}):
        try:
            deletions.take_back(user_id)
        except WrongCredentials as begun:
            raise Refused("This account is being erased already; that cannot be taken back.") from begun
    return "The account is kept; its owner can sign in again."


def merge_rows(staff: Staff, user_id: str, reason: str) -> str:
    """Makes one row of each series that is on a list twice, of at most 100. Raises Refused."""
    _known(user_id)
    pairs = lists.doubled(user_id)
    if not pairs:
        raise Refused("No series is on a list of this person twice.")
    # How many: what they are is the person's taste.
    before = {"doubled": dict(Counter(pair.list_name for pair in pairs))}
    with _changing(staff, Tag.PERSON_ROWS_MERGED, user_id, reason, before=before):
        merged = [pair for pair in pairs[:MOST_MERGED] if list_services.merge(pair)]
    return _merged(Counter(pair.list_name for pair in merged), len(pairs) - len(merged))


def _merged(merged: Counter[ListName], left: int) -> str:
    places = " and ".join(f"{number} in the {name}" for name, number in sorted(merged.items()))
    done = f"Merged {places}." if places else "Merged none."
    return f"{done} {left} are left, of many or changed meanwhile: do it again." if left else done


def export(staff: Staff, user_id: str, reason: str) -> Iterator[bytes]:
    """Everything stored about a person as parts of one JSON text; a run of the job `export` says how it went.

    What can be read at once is read before this answers. Raises as `exports.stream` does.
    """
    told = f"Everything about person/{user_id}, asked for by person/{staff.user_id}"
    with _changing(staff, Tag.PERSON_EXPORTED, user_id, reason):
        return jobs.exported("person", told, lambda: exports.stream(user_id))


@contextmanager
def _changing(
    staff: Staff, tag: Tag, user_id: str, reason: str, *, before: Any = None, after: Any = None
) -> Iterator[None]:
    """Records a deed; what the account's state does not allow is a refusal."""
    with audited(staff, tag, Thing("person", user_id), before=before, after=after, reason=reason):
        try:
            yield
        except (AccountStateRefused, NoSuchPerson) as refusal:
            raise Refused(refusal.sentence) from refusal


@contextmanager
def _without_powers(user_id: str) -> Iterator[None]:
    """Ends a person's sessions in the admin before the block and after it, also where the block fails half-way."""
    staff_sessions.end_of(user_id)
    try:
        yield
    finally:
        staff_sessions.end_of(user_id)


def _was_begun(tag: Tag, user_id: str) -> bool:
    """Whether the newest of what the audit has of a person tells that staff began this deed."""
    newest = of_thing(Thing("person", user_id)).events
    return any(event.tag == tag and event.outcome == "begun" for event in newest)


def _known(user_id: str) -> DirectoryPerson:
    found = directory().person(user_id)
    if found is None:
        raise Refused("There is no account with this id.")
    return found


def _refuse_own(staff: Staff, user_id: str, deed: str) -> None:
    """So that nobody locks themselves out.

    That two of ops do not do it to each other at the same moment, the directory sees to where it can: see Directory.
    """
    if user_id == staff.user_id:
        raise Refused(f"You cannot {deed} your own account; somebody else of ops can.")


def _groups(person: DirectoryPerson) -> tuple[str, ...]:
    return person.groups or ()


def _state(person: DirectoryPerson) -> dict[str, Any]:
    return {"status": person.status, "enabled": person.enabled, "groups": sorted(_groups(person))}
