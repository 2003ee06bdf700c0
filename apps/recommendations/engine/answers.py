"""What is asked of the engine and what it answers."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Literal

from .taste import Taste
from .titles import Title, TitleKey

Verb = Literal["liked", "rated", "saved"]
Source = Literal["personal", "taste", "popular"]


@dataclass(frozen=True)
class Liked:
    """A title of the person's own: liked, rated (4 stars or more) or saved for later; weight < 0 means disliked."""

    key: TitleKey
    weight: float
    verb: Verb


@dataclass(frozen=True)
class Request:
    """Who asks for what; `limit` is 1 to 100."""

    taste: Taste
    history: Sequence[Liked]
    excluded: AbstractSet[TitleKey]
    media_type: Literal["movie", "tv", "both"]
    limit: int


@dataclass(frozen=True)
class Reason:
    """One true reason: `weight` is its part of the rank score, `titles` the person's own titles it names."""

    kind: str
    text: str
    weight: float
    titles: tuple[TitleKey, ...] = ()


@dataclass(frozen=True)
class Recommendation:
    """A title with its score for display (0..1, rising with the rank score) and reasons, strongest first."""

    title: Title
    score: float
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class Answer:
    """Recommendations in the order to show them.

    `total_candidates` counts the titles the hard filters left. `source` tells what the order rests on: the person's
    own titles, the questionnaire, or popularity. `fallback_used` is true when the model has no trained weights, or
    none for any of the person's titles.
    """

    items: list[Recommendation]
    total_candidates: int
    source: Source
    fallback_used: bool
