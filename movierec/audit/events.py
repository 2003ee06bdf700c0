"""What is recorded: an event is tagged `source:subject:action`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, Literal, get_args

# A deed of staff is recorded as it begins; one that is refused or fails after that has a second event that says so.
Outcome = Literal["begun", "done", "refused", "failed"]
# Whose deeds they are: staff's, or people's with their own accounts.
Source = Literal["ops", "account"]
SOURCES: Final[tuple[Source, ...]] = get_args(Source)
ThingKind = Literal["person", "staff", "title", "list", "job", "model", "settings", "audit", "address"]


class Tag(StrEnum):
    """Every event there is. `account` are security events of people's own accounts, `ops` the deeds of staff."""

    SIGNED_UP = "account:person:sign-up"
    CONFIRMED = "account:person:confirm"
    SIGNED_IN = "account:session:begin"
    SIGN_IN_FAILED = "account:session:refuse"
    SIGNED_OUT = "account:session:end"
    SIGNED_OUT_EVERYWHERE = "account:session:end-all"
    REFRESH_REPEATED = "account:session:repeat"
    PASSWORD_CHANGED = "account:password:change"  # noqa: S105  # a tag
    PASSWORD_RESET_ASKED = "account:password:ask"  # noqa: S105  # a tag
    PASSWORD_RESET = "account:password:reset"  # noqa: S105  # a tag
    SECOND_FACTOR_ON = "account:second-factor:enable"
    SECOND_FACTOR_OFF = "account:second-factor:disable"
    RECOVERY_CODES_RENEWED = "account:recovery-codes:renew"
    RECOVERY_CODE_USED = "account:recovery-codes:use"
    DATA_EXPORTED = "account:data:export"
    DELETION_ASKED = "account:deletion:ask"
    DELETION_TAKEN_BACK = "account:deletion:take-back"
    ERASED = "account:person:erase"

    STAFF_SIGNED_IN = "ops:session:begin"
    STAFF_SIGN_IN_REFUSED = "ops:session:refuse"
    STAFF_SIGNED_OUT = "ops:session:end"
    STAFF_SESSION_ENDED = "ops:session:end-other"
    STAFF_REFUSED = "ops:page:refuse"

    PERSON_CONFIRMED = "ops:person:confirm"
    PERSON_DISABLED = "ops:person:disable"
    PERSON_ENABLED = "ops:person:enable"
    PERSON_SIGNED_OUT = "ops:person:end-sessions"
    PERSON_RESET = "ops:person:force-reset"
    PERSON_GROUP_ADDED = "ops:person:add-to-group"
    PERSON_GROUP_REMOVED = "ops:person:remove-from-group"
    PERSON_EXPORTED = "ops:person:export"
    PERSON_DELETED = "ops:person:delete"
    PERSON_KEPT = "ops:person:take-back-deletion"
    PERSON_VIEWED = "ops:person:view-as"
    PERSON_ROWS_MERGED = "ops:person:merge-rows"

    TITLE_REFRESHED = "ops:title:refresh"
    TITLE_HIDDEN = "ops:title:hide"
    TITLE_SHOWN = "ops:title:show"
    TITLE_CORRECTED = "ops:title:correct"
    TITLE_CORRECTION_REMOVED = "ops:title:take-back-correction"
    TITLE_PURGED = "ops:title:purge"

    JOB_STARTED = "ops:job:start"
    JOB_STOPPED = "ops:job:stop"
    JOB_RETRIED = "ops:job:retry"

    MODEL_ACTIVATED = "ops:model:activate"
    MODEL_ROLLED_BACK = "ops:model:roll-back"
    MODEL_SHARE_CHANGED = "ops:model:share"
    PROFILE_TRIED = "ops:model:try"

    FLAG_CHANGED = "ops:flag:change"
    LIMIT_CHANGED = "ops:limit:change"
    BANNER_CHANGED = "ops:banner:change"
    READ_ONLY_CHANGED = "ops:read-only:change"

    AUDIT_EXPORTED = "ops:audit:export"

    @property
    def source(self) -> Source:
        """Whose deed it is."""
        return "ops" if self.value.startswith("ops:") else "account"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did it, and the network address it came from; `name` is what staff know them by, such as an e-mail."""

    id: str
    name: str = ""
    address: str = ""


# Jobs and what else happens by itself.
SYSTEM: Final = Actor("system", "the service itself")


# The id of all callers who are not known; together they are nobody whose deeds could be listed.
NOBODY: Final = "nobody"


def nobody(address: str) -> Actor:
    """A caller who is not known, such as one whose password was wrong."""
    return Actor(NOBODY, "", address)


@dataclass(frozen=True, slots=True)
class Thing:
    """What it was done to, by its kind and id; a title's id is such as "movie/603"."""

    kind: ThingKind
    id: str


@dataclass(frozen=True, slots=True)
class Event:
    """One deed. `before` and `after` are what changed, as plain values, and never secrets or somebody's taste."""

    tag: Tag
    actor: Actor
    thing: Thing
    before: Any = None
    after: Any = None
    reason: str = ""
    outcome: Outcome = "done"
