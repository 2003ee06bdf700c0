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

# The answers to each challenge; MFA_SETUP gives its secret without one.
_TAKEN: dict[ChallengeName, tuple[str, ...]] = {
    "SOFTWARE_TOKEN_MFA": ("code", "recoveryCode"),
    "MFA_SETUP": ("code",),
    "NEW_PASSWORD_REQUIRED": ("newPassword",),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What a sign-in waits for; `email` is the name that was signed in with."""

    name: ChallengeName
    state: str
    email: str
    restore: bool

    def check_answer(self, *, code: str | None, recovery_code: str | None, new_password: str | None) -> None:
        """Raises FieldErrors unless the answer is of a kind that was asked for."""
        given = {"code": code, "recoveryCode": recovery_code, "newPassword": new_password}
        taken = _TAKEN[self.name]
        wrong = [name for name, answer in given.items() if answer is not None and name not in taken]
        if wrong:
            raise FieldErrors([(name, f"This challenge, {self.name}, does not take it.") for name in wrong])
        if self.name != "MFA_SETUP" and not any(given[name] for name in taken):
            raise FieldErrors([(taken[0], "This field is required.")])


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
