"""What is asked of the engine and what it answers."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Final, Literal

from .taste import Taste
from .titles import Title, TitleKey

Verb = Literal["liked", "rated", "saved", "watched", "wanted"]
Source = Literal["personal", "taste", "popular"]

DEFAULT_DIVERSITY: Final = 0.3
DEFAULT_REGION: Final = "US"


@dataclass(frozen=True)
class Liked:
    """A title of the person's own: liked, rated (4 stars or more), saved for later, watched, or wanted more of.

    A weight below 0 means disliked, and 0 that the title must say nothing, wherever else the person names it.
    """

    key: TitleKey
    weight: float
    verb: Verb


@dataclass(frozen=True)
class Avoided:
    """What a person turned down by feedback: genres in the terms of films, people by their normalised names."""

    genres: frozenset[int] = frozenset()
    people: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Request:
    """Who asks for what.

    `limit` is 1 to 100. `novelty` goes from 0 (what is most likely liked) to 1 (only what few know), `diversity` from 0
    (the best by score) to 1 (as varied as can be). `max_runtime` is in minutes; with `providers` only titles known to
    stream on one of them in `region` (ISO 3166-1) remain.
    """

    taste: Taste
    history: Sequence[Liked]
    excluded: AbstractSet[TitleKey]
    media_type: Literal["movie", "tv", "both"]
    limit: int
    novelty: float = 0.0
    diversity: float = DEFAULT_DIVERSITY
    max_runtime: int | None = None
    providers: frozenset[str] = frozenset()
    region: str = DEFAULT_REGION
    avoided: Avoided = Avoided()


@dataclass(frozen=True)
class Reason:
    """One true reason: `weight` is its part of the rank score, `titles` the person's own titles it names."""

    kind: str
    text: str
    weight: float
    titles: tuple[TitleKey, ...] = ()


@dataclass(frozen=True)
class Recommendation:
    """A title with its score for display (0..1, rising with the rank score) and reasons, strongest first.

    `parts` sum to the rank score: what the person's titles add by trained weights ("personal") and by what they are
    about ("content"), then "fame", "quality", "taste" (the questionnaire), and "novelty" (the price put on fame).
    """

    title: Title
    score: float
    reasons: tuple[Reason, ...]
    parts: Mapping[str, float] = field(default_factory=dict)


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
