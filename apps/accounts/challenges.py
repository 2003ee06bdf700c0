"""The session of a challenge: sealed, so that it can be neither read nor changed, and good for three minutes."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import orjson
from django.conf import settings

from apps.accounts.errors import ChallengeExpired
from apps.accounts.providers.interface import Challenge, ChallengeName
from movierec.api.errors import FieldErrors
from movierec.sealing import BrokenSeal, seal, unseal

PURPOSE = "challenge"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a sign-in waits for; `email` is the name that was signed in with."""

    name: ChallengeName
    state: str
    email: str
    restore: bool

    def check_answer(self, *, code: str | None, recovery_code: str | None, new_password: str | None) -> None:
        """Raises FieldErrors unless the answer is of the kind that was asked for."""
        if self.name == "NEW_PASSWORD_REQUIRED":
            wanted, given = "newPassword", new_password
        elif self.name == "SOFTWARE_TOKEN_MFA":
            wanted, given = "code", code or recovery_code
        else:
            return
        if given is None:
            raise FieldErrors([(wanted, "This field is required.")])


def seal_challenge(challenge: Challenge, email: str, *, restore: bool) -> str:
    """The session text that a client hands back with its answer."""
    asked = Asked(challenge.name, challenge.state, email, restore)
    return seal(PURPOSE, orjson.dumps(asdict(asked)))


def unseal_challenge(session: str) -> Asked:
    """What a session text is about. Raises ChallengeExpired for one that is not ours or is too old."""
    try:
        content = unseal(PURPOSE, session, max_age=settings.CHALLENGE_SECONDS)
    except BrokenSeal as error:
        raise ChallengeExpired from error
    return Asked(**orjson.loads(content))
