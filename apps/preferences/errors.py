"""What can be wrong with a request about the taste profile."""

from __future__ import annotations

from movierec.api.errors import FieldErrors, NotFound


class NoPreferences(NotFound):
    """The person has not answered the questionnaire yet."""

    def __init__(self) -> None:
        super().__init__("No preferences found")


class NoAnswers(FieldErrors):
    """A request to store answers came without a body, which must not pass for clearing them."""

    def __init__(self) -> None:
        super().__init__([("body", "Send the answers as a JSON object; an empty one, {}, clears them.")])
