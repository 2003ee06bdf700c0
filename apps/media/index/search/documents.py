"""What can be found, and what was."""

from dataclasses import dataclass
from typing import Final, Literal, get_args

Kind = Literal["movie", "tv", "person"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)


@dataclass(frozen=True, slots=True)
class Document:
    """A title or a person: its main name first, then original and alternative ones, in any script.

    `fame` is 0 to 1 on a logarithmic scale, such as log(1 + votes) / log(1 + the most votes): two steps of 0.25 apart
    are about ten times apart in a catalogue where the best known title has ten thousand votes.
    """

    kind: Kind
    names: tuple[str, ...]
    year: int | None
    fame: float


@dataclass(frozen=True, slots=True)
class Hit:
    """The document at `place`. A higher score is better; `sure` is false where the name is hardly the query's."""

    place: int
    score: float
    sure: bool
