"""What staff can ask and do about the accounts of an identity provider."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal, Protocol

from movierec.dynamo.table import Count

# "other" is what only a pool's own pages can put right, such as an account of another service.
Status = Literal["confirmed", "unconfirmed", "reset-required", "new-password-required", "other"]
STATUSES: Final[tuple[Status, ...]] = (
    "confirmed",
    "unconfirmed",
    "reset-required",
    "new-password-required",
    "other",
)
# Who may do everything in the admin.
OPS: Final = "ops"
GROUPS: Final = (OPS, "support")
MOST_LISTED: Final = 60


@dataclass(frozen=True, slots=True)
class DirectoryPerson:
    """An account; `created_at` is an ISO-8601 UTC timestamp.

    `groups` and `has_totp` are None where a list does not tell them; `person` always does. `username` and
    `display_name` are empty where there is none, or where learning them would take another request.
    """

    user_id: str
    email: str
    status: Status
    enabled: bool
    created_at: str
    groups: tuple[str, ...] | None = None
    has_totp: bool | None = None
    username: str = ""
    display_name: str = ""


@dataclass(frozen=True, slots=True)
class DirectoryQuery:
    """Which accounts to list; what is empty or None chooses nothing, and what is given must hold together.

    `email_prefix` is any text; the local provider's accounts are found in any letter case, those of a pool as the pool
    compares. `after` is that of the page before, and good only with the same other choices. `limit` is at most 60.
    """

    email_prefix: str = ""
    user_id: str = ""
    status: Status | None = None
    enabled: bool | None = None
    group: str = ""
    after: str | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True)
class DirectoryPage:
    """Some accounts, in the order of their addresses or of the pool.

    `after` is where the next page goes on, None at the end. A page can be short, or empty, and not the last:
    `looked_at` says how many accounts were read to find these.
    """

    people: list[DirectoryPerson] = field(default_factory=list)
    after: str | None = None
    looked_at: int = 0


class Directory(Protocol):
    """The accounts as staff see them; what is changed here is not recorded here.

    Every method may raise Unavailable (503); those about one account raise NoSuchPerson (404) where there is none,
    and those that change one AccountStateRefused (409) where its state does not allow it. A change that is there
    already is no error, and what follows from it is done again, so that each can be repeated where it was stopped.

    `by` is the user id of who of ops shuts another of ops out. Where the accounts are our own, that one must be of ops
    and not disabled at this very moment, or AccountStateRefused is raised: of two who shut each other out at once one
    stays. A pool cannot promise it; should nobody stay, `create_account --group ops` makes a member again.
    """

    def page(self, asked: DirectoryQuery) -> DirectoryPage:
        """Some accounts, by at most two requests. Raises FieldErrors for an `after` that is none."""

    def count(self) -> Count | None:
        """How many accounts there are, up to 1,000, by one request; what a pool answers is its estimate."""

    def person(self, user_id: str) -> DirectoryPerson | None:
        """An account by its id."""

    def find_by_email(self, email: str) -> DirectoryPerson | None:
        """An account by its whole address, in whatever spelling."""

    def groups_of(self, user_id: str) -> tuple[str, ...]:
        """The groups of an account, sorted; none for one that is not there, is disabled or is not confirmed."""

    def confirm(self, user_id: str) -> None:
        """Confirms an account without its code. Refused for one that expired meanwhile."""

    def disable(self, user_id: str, *, by: str = "") -> None:
        """Lets nobody sign in to the account, and ends every session of it.

        Refused for an account that is not confirmed: nobody can sign in to it, and a sign-up of its address
        begins it anew.
        """

    def enable(self, user_id: str) -> None:
        """Lets the owner sign in again; what was ended stays so."""

    def force_reset(self, user_id: str) -> None:
        """Has no password work until the owner sets one by a mailed code, ends every session, and tells the owner.

        Refused for an account that is not confirmed.
        """

    def add_to_group(self, user_id: str, group: str) -> None:
        """Makes the account a member. Refused for an account that is not confirmed, and a group that there is not."""

    def remove_from_group(self, user_id: str, group: str, *, by: str = "") -> None:
        """Ends the membership."""
