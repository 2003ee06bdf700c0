"""What requests ask of the switches."""

from __future__ import annotations

from typing import Any, Final

from django.conf import settings

from movierec.api.authentication import Principal
from movierec.api.errors import ApiError, Forbidden
from movierec.switches.flags import Flag
from movierec.switches.keeping import current
from movierec.switches.values import EVERYBODY, Banner

RETRY_AFTER_SECONDS: Final = 60


class SwitchedOff(Forbidden):
    """403: the feature is off, or not on for this person."""

    code = "SwitchedOff"


class ReadOnlyNow(ApiError):
    """503: nothing is stored for people at the moment."""

    status = 503
    code = "ReadOnly"
    # Somebody switched it on, and the audit has that.
    logged_once = True

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, headers={"Retry-After": str(RETRY_AFTER_SECONDS)})


def is_on(flag: Flag, user: Any = None) -> bool:
    """Whether a feature is on for the user of a request, who is nobody unless signed in."""
    rollout = current().rollout(flag)
    if rollout == EVERYBODY:
        return True
    person = user if isinstance(user, Principal) else Principal("")
    return rollout.covers(flag.name, person.user_id, person.groups)


def require(flag: Flag, user: Any = None) -> None:
    """Raises SwitchedOff where a feature is not on for the user of a request."""
    if not is_on(flag, user):
        raise SwitchedOff(flag.refusal)


def limit_of(scope: str) -> int:
    """How many requests a minute a caller has in a scope."""
    return current().limits.get(scope, settings.RATE_LIMITS[scope])


def banner() -> Banner:
    """The line on every page."""
    return current().banner


def require_writable() -> None:
    """Raises ReadOnlyNow while nothing is stored for people."""
    read_only = current().read_only
    if read_only.on:
        raise ReadOnlyNow(read_only.sentence)
