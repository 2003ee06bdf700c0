"""Usernames: a second name to sign in with. They tell nothing to people who are not signed in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from time import time

from django.conf import settings
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from apps.accounts.emails import address_of
from apps.accounts.errors import UsernameTaken
from apps.accounts.models import CLAIM, PROFILE, WISH, Profile, UsernameClaim, Wish, email_pk, username_pk
from apps.accounts.tokens import refused
from movierec.api.errors import FieldErrors, Unavailable
from movierec.dynamo.data_table import user_pk
from movierec.dynamo.transactions import delete_if, write_together

# Of one person's changes at the same moment one wins each round.
TRIES = 5

_NAME = re.compile(r"[A-Za-z0-9._-]{3,30}")


class InvalidUsername(FieldErrors):
    """400: the text cannot be a username."""

    def __init__(self) -> None:
        super().__init__([("username", "Use 3 to 30 of the letters A to Z, digits, dots, underscores and hyphens.")])


def check_username(name: str) -> None:
    """Raises InvalidUsername unless it has 3 to 30 letters, digits, `.`, `_` or `-`."""
    if not _NAME.fullmatch(name):
        raise InvalidUsername


def address_behind(login: str) -> str:
    """The e-mail address of a username; an address, and a name that nobody has, as they came. One read for names."""
    if not _NAME.fullmatch(login):
        return login
    found = UsernameClaim.get_row(_claim_pk(login), CLAIM, consistent=True)
    return str(found["email"]) if found else login


def wish(email: str, name: str | None) -> None:
    """Keeps the username that a sign-up asked for until its code is confirmed; None forgets an earlier wish.

    One write either way, whoever has the address: how long a sign-up takes must tell nothing.
    """
    row = Wish(email_pk(address_of(email)), WISH)
    if name is None:
        row.delete()
    else:
        row.username = name
        row.expires_at = int(time()) + settings.UNCONFIRMED_SECONDS
        row.save()


def grant_wish(email: str, user_id: str) -> None:
    """Gives a newly confirmed account the username that was asked for, unless another has it by now.

    A name that the account has already stays, so that this can be done again.
    """
    pk = email_pk(address_of(email))
    found = Wish.get_row(pk, WISH, consistent=True)
    if found is None:
        return
    # DynamoDB removes expired rows some time later.
    if found["expiresAt"] > time():
        _replace(user_id, email, None, found["username"], ())
    Wish(pk, WISH).delete()


def claim(user_id: str, email: str, name: str | None, *, also: Sequence[Action] = ()) -> None:
    """Gives an account a username in place of its old one, or none, and makes further changes of its profile with it.

    Either all of it is stored or nothing. Raises InvalidUsername, UsernameTaken, and Unauthorized for an account
    that is gone.
    """
    if name is not None:
        check_username(name)
    for _ in range(TRIES):
        if _replace(user_id, email, _name_of(user_id), name, also):
            return
        if name is not None and _is_anothers(name, user_id):
            raise UsernameTaken
    raise Unavailable


def forget(user_id: str) -> None:
    """Frees the username of an account that is being erased; the profile goes on showing it."""
    row = Profile.get_row(user_pk(user_id), PROFILE, consistent=True) or {}
    if "username" in row:
        delete_if(UsernameClaim(_claim_pk(row["username"]), CLAIM), UsernameClaim.user_id == user_id)


def profile_stands() -> Condition | None:
    """What must hold for a profile to be changed: a deleted account must not come back by it.

    Accounts of a pool have no row of ours before their first change, so nothing can be asked of theirs.
    """
    return Profile.pk.exists() if settings.IDENTITY_PROVIDER == "local" else None


def _name_of(user_id: str) -> str | None:
    row = Profile.get_row(user_pk(user_id), PROFILE, consistent=True)
    if row is None and profile_stands() is not None:
        raise refused()
    return (row or {}).get("username")


def _is_anothers(name: str, user_id: str) -> bool:
    found = UsernameClaim.get_row(_claim_pk(name), CLAIM, consistent=True)
    return found is not None and found["userId"] != user_id


def _replace(user_id: str, email: str, old: str | None, new: str | None, also: Sequence[Action]) -> bool:
    """Writes profile and claims together; False when the old name changed meanwhile or the new one is taken."""
    own = UsernameClaim.pk.does_not_exist() | (UsernameClaim.user_id == user_id)
    naming = Profile.username.remove() if new is None else Profile.username.set(new)

    def fill(transaction: TransactWrite) -> None:
        profile = Profile(user_pk(user_id), PROFILE)
        transaction.update(profile, [naming, *also], condition=_unchanged(old))
        if new is not None:
            transaction.save(UsernameClaim(_claim_pk(new), CLAIM, user_id=user_id, email=email), condition=own)
        if old is not None and (new is None or _claim_pk(old) != _claim_pk(new)):
            transaction.delete(UsernameClaim(_claim_pk(old), CLAIM), condition=own)

    return write_together(fill)


def _unchanged(old: str | None) -> Condition:
    same = Profile.username.does_not_exist() if old is None else Profile.username == old
    stands = profile_stands()
    return same if stands is None else same & stands


def _claim_pk(name: str) -> str:
    return username_pk(name.casefold())
