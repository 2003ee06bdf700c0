"""Trying again what may work the next time.

Source: "Exponential Backoff And Jitter", AWS Architecture Blog, 2015 (the "full jitter" form).
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from math import ceil
from typing import Final, TypeVar

from apps.media.errors import SourceGarbled, SourceUnavailable
from movierec.clock import Clock, Deadline

TRIES: Final = 4
FIRST_PAUSE_SECONDS: Final = 0.25
# TMDB counts requests by the second; a longer wait than this is a mistake, or a lie.
LONGEST_RETRY_AFTER_SECONDS: Final = 120.0

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a try failed, as a phrase such as "HTTP status 503".

    `wait` is for how many seconds TMDB asks to be left alone, None where it does not say.
    """

    reason: str
    wait: float | None = None


class Garbled(Fault):
    """An answer came that is not in TMDB's format."""


def until_it_works(attempt: Callable[[], T | Fault], *, deadline: Deadline, clock: Clock) -> T:
    """What `attempt` gives, which is called up to four times, with pauses, while there is time before the deadline.

    Raises SourceUnavailable with the last fault: at once where TMDB asks for a wait that is longer than that, and as
    SourceGarbled where the last try brought an answer, only not one of TMDB's format.
    """
    longest = FIRST_PAUSE_SECONDS
    tries = 0
    while True:
        found = attempt()
        if not isinstance(found, Fault):
            return found
        tries += 1
        pause = (found.wait or 0.0) + random.uniform(0, longest)  # noqa: S311  (jitter is no secret)
        if tries == TRIES or pause >= deadline.left():
            sentence = f"TMDB cannot be used now ({found.reason})."
            raise SourceGarbled(sentence) if isinstance(found, Garbled) else unavailable(sentence, found.wait)
        clock.wait(pause)
        longest *= 2


def unavailable(sentence: str, wait: float | None) -> SourceUnavailable:
    """The error whose `retry_after` is at least `wait` seconds, where that is known."""
    if wait is None:
        return SourceUnavailable(sentence)
    # Rounded, so that what a subtraction adds to 15 seconds does not make them 16.
    return SourceUnavailable(sentence, retry_after=max(1, ceil(round(wait, 3))))


def retry_after(headers: Mapping[str, str], clock: Clock) -> float | None:
    """The seconds that a Retry-After header asks for, as a number or a date: 0 to 120, None without a readable one."""
    text = headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        seconds = float(text[:9])
    else:
        try:
            moment = parsedate_to_datetime(text)
        except (ValueError, OverflowError):
            return None
        seconds = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() - clock.since_1970()
    return min(max(0.0, seconds), LONGEST_RETRY_AFTER_SECONDS)
