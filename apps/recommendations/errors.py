"""What can be wrong with a request about feedback."""

from __future__ import annotations

from movierec.api.errors import ApiError, NotFound


class FeedbackNotFound(NotFound):
    """404: nothing of this id is in force."""

    code = "FeedbackNotFound"

    def __init__(self) -> None:
        super().__init__("There is no such feedback; it may have been undone, or its time is over.")


class TooMuchFeedback(ApiError):
    """409: as much is in force as one person can have."""

    status = 409
    code = "TooMuchFeedback"

    def __init__(self, most: int) -> None:
        super().__init__(f"At most {most:,} pieces of feedback can be in force; undo one before you give another.")
