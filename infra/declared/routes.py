"""The paths of the service, their methods, and who may: held equal to the application by a test.

The admin's, all below /ops, are not among them: a gateway hands them on as it does whatever it does not know, and they
have a door of their own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final


class Access(Enum):
    """Whether a request needs an access token in its Authorization header."""

    OPEN = "open"
    TOKEN = "token"  # noqa: S105  # the word for it


OPEN: Final = Access.OPEN
TOKEN: Final = Access.TOKEN


@dataclass(frozen=True, slots=True)
class Route:
    """A path, with {names} where anything may stand, and its methods.

    `needs_body` says that the application refuses a POST without a body, so that whoever stands in front may as well.
    """

    path: str
    methods: Mapping[str, Access]
    needs_body: bool = False

    @property
    def otherwise(self) -> Access:
        """Who is told that the path has no such method: where people sign in, only they are told anything."""
        return TOKEN if TOKEN in self.methods.values() else OPEN


_READ: Final = {"GET": OPEN}
_READ_OWN: Final = {"GET": TOKEN}
# A form of the pages by GET, and what it sends by POST.
_FORM: Final = {"GET": OPEN, "POST": OPEN}
_OWN_FORM: Final = {"GET": TOKEN, "POST": TOKEN}
_SEND_OWN: Final = {"POST": TOKEN}
_READ_AND_DELETE: Final = {"GET": TOKEN, "DELETE": TOKEN}
_EVERYTHING: Final = {"GET": TOKEN, "POST": TOKEN, "DELETE": TOKEN}

ROUTES: Final = (
    Route("/", _READ),
    Route("/favicon.ico", _READ),
    Route("/health", _READ),
    Route("/schema", _READ),
    Route("/docs", _READ),
    Route("/.well-known/jwks.json", _READ),
    Route("/auth/signin", _FORM, needs_body=True),
    Route("/auth/login", _FORM, needs_body=True),
    Route("/auth/challenge", _FORM, needs_body=True),
    Route("/auth/signup", _FORM, needs_body=True),
    Route("/auth/resend", _FORM, needs_body=True),
    Route("/auth/forgot", _FORM, needs_body=True),
    Route("/auth/reset", _FORM, needs_body=True),
    Route("/auth/refresh", _FORM, needs_body=True),
    # A browser's cookie says who leaves.
    Route("/auth/signout", _FORM),
    Route("/auth/signout-all", _OWN_FORM),
    Route("/auth/sessions", _READ_AND_DELETE),
    Route("/auth/sessions/{session_id}", _READ_AND_DELETE),
    Route("/auth/mfa/totp", _EVERYTHING),
    Route("/auth/mfa/totp/confirm", _OWN_FORM, needs_body=True),
    Route("/auth/mfa/recovery-codes", _OWN_FORM, needs_body=True),
    Route("/auth/password", _OWN_FORM, needs_body=True),
    Route("/auth/user", _READ_OWN),
    Route("/user", _READ_AND_DELETE),
    Route("/user/profile", {"GET": TOKEN, "PUT": TOKEN}),
    Route("/user/export", _READ_OWN),
    Route("/user/preferences", {"GET": TOKEN, "POST": TOKEN, "PUT": TOKEN}),
    Route("/user/favourites", _EVERYTHING, needs_body=True),
    Route("/user/watchlist", _EVERYTHING, needs_body=True),
    Route("/user/stats/stats", _READ_OWN),
    Route("/user/stats/update", _SEND_OWN),
    Route("/user/stats/award-xp", _SEND_OWN, needs_body=True),
    Route("/user/stats/{action}", _OWN_FORM),
    # HEAD is open, because clients set their clocks by it.
    Route("/recommendations", {"GET": TOKEN, "POST": TOKEN, "HEAD": OPEN}),
    Route("/recommendations/rows", _READ_OWN),
    Route("/recommendations/feedback", _OWN_FORM, needs_body=True),
    Route("/recommendations/feedback/{feedback_id}", _EVERYTHING),
    Route("/media", _READ),
    Route("/media/genres", _READ),
    Route("/media/person/{person_id}", _READ),
    Route("/media/{media_type}/{media_id}", _READ),
    Route("/media/{media_type}/{media_id}/poster.svg", _READ),
    Route("/media/{media_type}/{media_id}/similar", _READ),
    Route("/discover", _READ),
    Route("/search", _READ),
)
