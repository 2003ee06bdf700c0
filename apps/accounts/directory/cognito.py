"""The directory of the users of a Cognito user pool."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from apps.accounts.directory import effects
from apps.accounts.directory.interface import (
    GROUPS,
    MOST_LISTED,
    DirectoryPage,
    DirectoryPerson,
    DirectoryQuery,
    Status,
)
from apps.accounts.directory.matching import only, other_group
from apps.accounts.emails import address_of
from apps.accounts.errors import AccountStateRefused, NoSuchPerson
from apps.accounts.models import RESET_CODE
from apps.accounts.providers.cognito import guesses, users
from apps.accounts.providers.cognito.calls import call
from apps.accounts.providers.cognito.errors import NoSuchGroup, NoSuchUser
from apps.accounts.providers.cognito.pool import pool_id
from movierec.dynamo.table import Count
from movierec.timestamps import timestamp

MOST_COUNTED: Final = 1_000
# A list that is narrowed by more than the pool can tell makes so many calls, then shows what it found.
CALLS: Final = 2
# The pool's limit; nobody's id or address is as long.
MAX_FILTER_LENGTH: Final = 256
STATUSES: Final[Mapping[str, Status]] = {
    "CONFIRMED": "confirmed",
    "UNCONFIRMED": "unconfirmed",
    "RESET_REQUIRED": "reset-required",
    "FORCE_CHANGE_PASSWORD": "new-password-required",
}
POOL_STATUSES: Final = {status: name for name, status in STATUSES.items()}


class CognitoDirectory:
    """Users of a pool; see Directory for what each method promises. Its lists tell neither groups nor second factors.

    The ids are those that tokens name, by which the pool finds a user as well.
    """

    def page(self, asked: DirectoryQuery) -> DirectoryPage:
        """The pool compares one attribute, or lists a group; the rest is compared here, so that pages can be short."""
        if (asked.group and asked.group not in GROUPS) or len(_filter(asked)) > MAX_FILTER_LENGTH:
            return DirectoryPage()
        kept: list[DirectoryPerson] = []
        after, looked = asked.after, 0
        for _ in range(CALLS):
            found, after = _listed(asked, after, asked.limit - len(kept))
            looked += len(found)
            kept += only(asked, found)
            if after is None or len(kept) >= asked.limit:
                break
        return DirectoryPage(kept, after, looked)

    def count(self) -> Count:
        """The pool's estimate, which is some hours old."""
        pool = call("DescribeUserPool", UserPoolId=pool_id())["UserPool"]
        number = int(pool.get("EstimatedNumberOfUsers", 0))
        return Count(min(number, MOST_COUNTED), more=number > MOST_COUNTED)

    def person(self, user_id: str) -> DirectoryPerson | None:
        """Two calls, of which one is for the groups; the second is left out for who is not found by this very id."""
        try:
            found = call("AdminGetUser", UserPoolId=pool_id(), Username=user_id)
            if users.attributes_of(found["UserAttributes"])["sub"] != user_id:
                # The pool takes an e-mail address for an id as well.
                return None
            return _person(found, found["UserAttributes"], groups=_groups(user_id), has_totp=_has_totp(found))
        except NoSuchUser:
            return None

    def find_by_email(self, email: str) -> DirectoryPerson | None:
        """Three calls."""
        found = users.find(users.name_of(email))
        return self.person(found.user_id) if found else None

    def groups_of(self, user_id: str) -> tuple[str, ...]:
        """Two calls, since the pool names the groups of disabled users as well."""
        found = self.person(user_id)
        serves = found is not None and found.enabled and found.status != "unconfirmed"
        return found.groups or () if found and serves else ()

    def confirm(self, user_id: str) -> None:
        """Takes the address for the owner's as well, without which the pool mails no reset codes.

        That goes first: what was stopped between the two is found unconfirmed, and done again.
        """
        found = _existing(user_id)
        if not found.confirmed:
            with _of_one():
                verified = [{"Name": "email_verified", "Value": "true"}]
                call("AdminUpdateUserAttributes", UserPoolId=pool_id(), Username=user_id, UserAttributes=verified)
                call("AdminConfirmSignUp", UserPoolId=pool_id(), Username=user_id)
        effects.after_confirmation(user_id, found.email)

    def disable(self, user_id: str, *, by: str = "") -> None:
        """Has the pool let nobody in, and only then ends what is open; it asks nothing of `by`."""
        _confirmed(user_id)
        with _of_one():
            call("AdminDisableUser", UserPoolId=pool_id(), Username=user_id)
        _end_sessions(user_id)

    def enable(self, user_id: str) -> None:
        """Opens the account; sessions that a `disable` cut short left over end first."""
        _confirmed(user_id)
        _end_sessions(user_id)
        with _of_one():
            call("AdminEnableUser", UserPoolId=pool_id(), Username=user_id)

    def force_reset(self, user_id: str) -> None:
        """Has the pool take no password and mail a code."""
        found = _confirmed(user_id)
        with _of_one():
            call("AdminResetUserPassword", UserPoolId=pool_id(), Username=user_id)
        guesses.begin(address_of(found.email), RESET_CODE)
        users.sign_out_everywhere(user_id)
        effects.after_forced_reset(user_id, found.email)

    def add_to_group(self, user_id: str, group: str) -> None:
        """The groups are the pool's: those that staff have, where the pool has them."""
        if group not in GROUPS:
            raise other_group(group)
        _confirmed(user_id)
        try:
            with _of_one():
                call("AdminAddUserToGroup", UserPoolId=pool_id(), Username=user_id, GroupName=group)
        except NoSuchGroup as error:
            raise AccountStateRefused(f"The user pool has no group {group!r}; make it there first.") from error

    def remove_from_group(self, user_id: str, group: str, *, by: str = "") -> None:
        """Who is in no such group needs no removing; the pool asks nothing of `by`."""
        if group not in _groups_of_one(user_id):
            return
        with _of_one():
            call("AdminRemoveUserFromGroup", UserPoolId=pool_id(), Username=user_id, GroupName=group)


@contextmanager
def _of_one() -> Iterator[None]:
    """Has a user that the pool does not have told as everywhere."""
    try:
        yield
    except NoSuchUser as error:
        raise NoSuchPerson from error


def _existing(user_id: str) -> users.PoolUser:
    found = users.by_id(user_id)
    if found is None:
        raise NoSuchPerson
    return found


def _confirmed(user_id: str) -> users.PoolUser:
    found = _existing(user_id)
    if not found.confirmed:
        raise AccountStateRefused("This account is not confirmed yet, so nobody can sign in to it; confirm it first.")
    return found


def _end_sessions(user_id: str) -> None:
    users.sign_out_everywhere(user_id)
    effects.end_sessions(user_id)


def _groups_of_one(user_id: str) -> tuple[str, ...]:
    with _of_one():
        return _groups(user_id)


def _groups(user_id: str) -> tuple[str, ...]:
    # Nobody is in more groups than one answer has; a pool of ours has two.
    found = call("AdminListGroupsForUser", UserPoolId=pool_id(), Username=user_id, Limit=MOST_LISTED)
    return tuple(sorted(group["GroupName"] for group in found["Groups"]))


def _listed(asked: DirectoryQuery, after: str | None, limit: int) -> tuple[list[DirectoryPerson], str | None]:
    """Some users in the pool's order, and where the pool's list goes on."""
    if asked.group:
        return _members(asked.group, after, limit)
    going_on = {"PaginationToken": after} if after else {}
    narrowing = {"Filter": _filter(asked)} if _filter(asked) else {}
    found = call("ListUsers", UserPoolId=pool_id(), Limit=limit, **going_on, **narrowing)
    return [_person(user, user["Attributes"]) for user in found["Users"]], found.get("PaginationToken")


def _members(group: str, after: str | None, limit: int) -> tuple[list[DirectoryPerson], str | None]:
    going_on = {"NextToken": after} if after else {}
    try:
        found = call("ListUsersInGroup", UserPoolId=pool_id(), GroupName=group, Limit=limit, **going_on)
    except NoSuchGroup:
        return [], None
    return [_person(user, user["Attributes"]) for user in found["Users"]], found.get("NextToken")


def _filter(asked: DirectoryQuery) -> str:
    """The one comparison that the pool makes, of those asked for the one that leaves the fewest users."""
    if asked.user_id:
        return f"sub = {_quoted(asked.user_id)}"
    if asked.email_prefix:
        return f"email ^= {_quoted(asked.email_prefix)}"
    if asked.status in POOL_STATUSES:
        return f"cognito:user_status = {_quoted(POOL_STATUSES[asked.status])}"
    if asked.enabled is not None:
        return f"status = {_quoted('Enabled' if asked.enabled else 'Disabled')}"
    return ""


def _quoted(text: str) -> str:
    """A text as it stands in a filter."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _has_totp(found: Mapping[str, Any]) -> bool:
    return users.TOTP in found.get("UserMFASettingList", [])


def _person(
    found: Mapping[str, Any],
    attributes: list[dict[str, str]],
    *,
    groups: tuple[str, ...] | None = None,
    has_totp: bool | None = None,
) -> DirectoryPerson:
    named = users.attributes_of(attributes)
    return DirectoryPerson(
        user_id=named["sub"],
        email=named.get("email", ""),
        status=STATUSES.get(found["UserStatus"], "other"),
        enabled=found["Enabled"],
        created_at=timestamp(found["UserCreateDate"]),
        groups=groups,
        has_totp=has_totp,
    )
