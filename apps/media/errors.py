"""What can be wrong with titles."""

from __future__ import annotations

from movierec.api.errors import NotFound


class UnknownTitle(NotFound):
    """The catalogue has no such film or series."""

    code = "UnknownTitle"


class CatalogueError(ValueError):
    """A provider's data is not as it promises; the message names the file, the line and the field."""
