"""How a person is called: what the provider knows of the account, with the names the person chose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from pynamodb.expressions.update import Action

from apps.accounts import usernames
from apps.accounts.models import PROFILE, Profile
from apps.accounts.selectors import facts_of
from apps.accounts.tokens import refused
from movierec.dynamo.data_table import user_pk

MAX_DISPLAY_NAME_LENGTH: Final = 80


@dataclass(frozen=True, slots=True)
class ProfileFacts:
    """An account without anything secret; `created_at` is an ISO-8601 UTC timestamp."""

    user_id: str
    email: str
    username: str | None
    display_name: str | None
    created_at: str
    mfa_enabled: bool

    def as_json(self) -> dict[str, Any]:
        """The profile in the contract's names."""
        return {
            "userId": self.user_id,
            "email": self.email,
            "username": self.username,
            "displayName": self.display_name,
            "createdAt": self.created_at,
            "mfaEnabled": self.mfa_enabled,
        }


def profile_of(user_id: str) -> ProfileFacts:
    """The profile of a signed-in person. Raises Unauthorized when the account is gone."""
    facts = facts_of(user_id)
    row = Profile.get_row(user_pk(user_id), PROFILE, consistent=True) or {}
    return ProfileFacts(
        user_id=user_id,
        email=facts.email,
        username=row.get("username"),
        display_name=row.get("displayName"),
        created_at=facts.created_at,
        mfa_enabled=facts.has_totp,
    )


def change(user_id: str, changes: Mapping[str, str | None]) -> ProfileFacts:
    """Changes `username` and `displayName` as far as they are given, None removes one, and answers the profile.

    Either all of it is stored or nothing. Raises InvalidUsername, UsernameTaken, and Unauthorized when the account
    is gone.
    """
    email = facts_of(user_id).email
    actions = [_display(changes["displayName"])] if "displayName" in changes else []
    if "username" in changes:
        usernames.claim(user_id, email, changes["username"], also=actions)
    elif actions:
        _update(user_id, actions)
    return profile_of(user_id)


def _display(name: str | None) -> Action:
    return Profile.display_name.remove() if name is None else Profile.display_name.set(name)


def _update(user_id: str, actions: list[Action]) -> None:
    stands = usernames.profile_stands()
    if stands is None:
        Profile.update_row(user_pk(user_id), PROFILE, actions)
    elif Profile.update_row_if(user_pk(user_id), PROFILE, actions, stands) is None:
        raise refused()
