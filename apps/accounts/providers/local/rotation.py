"""What holds for the signing keys wherever they are kept: two at a time, and when the older one may go."""

from __future__ import annotations

from time import time

from django.conf import settings

from movierec.api.errors import Unavailable

# How long a process uses the keys it read; so long it may sign with a key that was replaced.
MAX_AGE_SECONDS = 300


class KeysUnreachable(Unavailable):
    """503: the place of the signing keys does not answer or refuses us; `reason` is for the operator."""

    def __init__(self, reason: str) -> None:
        super().__init__()
        self.reason = reason


class RotatedLately(Exception):
    """The last rotation is so recent that tokens of the key before it may still be good."""


def check_rotation_due(rotated_at: float) -> None:
    """Raises RotatedLately while the last token of the key before `rotated_at` (seconds since 1970) may be good."""
    life = settings.ACCESS_TOKEN_SECONDS + settings.TOKEN_LEEWAY_SECONDS + MAX_AGE_SECONDS
    if time() < rotated_at + life:
        raise RotatedLately
