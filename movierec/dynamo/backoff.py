"""Growing pauses with jitter for what DynamoDB left unprocessed.

Source: "Exponential Backoff And Jitter", AWS Architecture Blog, 2015 (the "full jitter" form).
"""

from __future__ import annotations

import random
from threading import Event

FIRST_PAUSE_SECONDS = 0.05
LONGEST_PAUSE_SECONDS = 5.0
TRIES = 12


class Backoff:
    """Counts the tries of one request and pauses between them."""

    def __init__(self) -> None:
        self._tries = 0

    def wait(self, operation: str) -> None:
        """Pauses before the next try; raises TimeoutError that names the operation after 12 tries."""
        self._tries += 1
        if self._tries > TRIES:
            raise TimeoutError(f"DynamoDB left a part of {operation} unprocessed {TRIES} times; try again later.")
        longest = min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2**self._tries)
        Event().wait(random.uniform(0, longest))  # noqa: S311  (jitter is no secret)
