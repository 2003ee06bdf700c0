"""What can be wrong with a request about figures."""

from __future__ import annotations

from movierec.api.errors import FieldErrors, NotFound, PayloadTooLarge


class UnknownAction(NotFound):
    """There is no such action under /user/stats."""

    def __init__(self) -> None:
        super().__init__("Endpoint not found")


class StatsTooLarge(PayloadTooLarge):
    """The change would make the stored figures too large."""

    def __init__(self, limit_kb: int) -> None:
        super().__init__(f"The stored statistics would be over {limit_kb} KB; send less.")


class TooManyPoints(FieldErrors):
    """The award would pass the most points a person can have."""

    def __init__(self, most: int) -> None:
        super().__init__([("amount", f"Nobody can have more than {most} points.")])
