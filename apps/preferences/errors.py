"""What can be wrong with a request about the taste profile."""

from __future__ import annotations

from movierec.api.errors import NotFound


class NoPreferences(NotFound):
    """The person has not answered the questionnaire yet."""

    def __init__(self) -> None:
        super().__init__("No preferences found")
