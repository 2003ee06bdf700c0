"""What can be wrong with a request about lists."""

from __future__ import annotations

from movierec.api.errors import BadRequest


class MediaIdRequired(BadRequest):
    """The request names no title."""

    code = "InvalidParameterException"

    def __init__(self) -> None:
        sentence = "Media ID is required"
        super().__init__(sentence, details=[{"path": "mediaId", "message": sentence}])
