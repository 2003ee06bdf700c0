"""Time-based one-time passwords: six digits that change every 30 seconds.

Source: D. M'Raihi et al., "TOTP: Time-Based One-Time Password Algorithm", RFC 6238, 2011.
"""

from __future__ import annotations

import hmac
import secrets
from base64 import b32decode, b32encode
from time import time

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

STEP_SECONDS = 30
DIGITS = 6
SECRET_BYTES = 20
# How many steps an authenticator's clock may be wrong, either way.
SKEW_STEPS = 1


def new_secret() -> str:
    """A random secret in base32, as authenticator apps take it."""
    return b32encode(secrets.token_bytes(SECRET_BYTES)).decode()


def matching_step(secret: str, code: str, *, after: int) -> int | None:
    """The time step that a code is of, None for one that is wrong, too old, or not of a step later than `after`."""
    # Authenticator apps know no other hash; RFC 6238 says why SHA-1 is good enough here.
    generator = TOTP(b32decode(secret), DIGITS, SHA1(), STEP_SECONDS)  # noqa: S303
    now = int(time()) // STEP_SECONDS
    steps = range(max(now - SKEW_STEPS, after + 1), now + SKEW_STEPS + 1)
    matches = (step for step in steps if hmac.compare_digest(generator.generate(step * STEP_SECONDS), code.encode()))
    return next(matches, None)
