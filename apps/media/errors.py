"""What can be wrong with titles and their sources."""

from __future__ import annotations

from movierec.api.errors import ApiError, NotFound, Unavailable


class UnknownTitle(NotFound):
    """The catalogue has no such film or series."""

    code = "UnknownTitle"


class UnknownPerson(NotFound):
    """The catalogue has no such person."""

    code = "UnknownPerson"


class SourceSilent(ApiError):
    """503: what is asked for is not kept here, and the source that may have it does not answer at the moment."""

    status = 503
    code = "SourceSilent"
    # Whoever asked the source said why it did not answer.
    logged_once = True

    def __init__(self, sentence: str, *, retry_after: int) -> None:
        super().__init__(sentence, headers={"Retry-After": str(retry_after)})


class IndexMissing(Unavailable):
    """503: there is no index of the catalogue yet, or none that can be read."""

    code = "CatalogueIndexMissing"

    def __init__(self) -> None:
        super().__init__("The catalogue's index is not built yet or cannot be read; try again shortly.")


class CatalogueError(ValueError):
    """A provider's data is not as it promises; the message names the file, the line and the field."""


class SourceError(Exception):
    """A source of titles did not give what was asked of it; the message is a sentence for operators, without keys."""


class NotAtSource(SourceError):
    """The source answered, and has no such thing."""


class SourceRefused(SourceError):
    """The source refuses our key or our request; asking again does not help."""


class SourceKeyRefused(SourceRefused):
    """The source refuses our key."""


class SourceUnavailable(SourceError):
    """The source is down, slow, out of quota, or does not answer in its own format; `retry_after` is in seconds."""

    def __init__(self, sentence: str, *, retry_after: int = 5) -> None:
        super().__init__(sentence)
        self.retry_after = retry_after


class SourceGarbled(SourceUnavailable):
    """The source answers, but what it says cannot be understood."""
