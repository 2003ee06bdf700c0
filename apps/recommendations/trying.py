"""A made-up profile, asked of a model of choice: what it would be recommended, and how each score came about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from apps.lists.selectors import History
from apps.recommendations.engine.answers import Recommendation, Source
from apps.recommendations.engine.artifact import Model
from apps.recommendations.engine.breakdown import Breakdown, broken_down
from apps.recommendations.engine.filters import Cause, removals
from apps.recommendations.engine.recommend import explained, ranking
from apps.recommendations.engine.titles import TitleKey
from apps.recommendations.profile import Person, Wish, request_of
from apps.recommendations.selectors import shown_only

# What somebody who dislikes a title gives it, of five stars.
_DISLIKED_STARS: Final = 1.0


@dataclass(frozen=True, slots=True)
class Profile:
    """What somebody likes and dislikes, and their answers to the questionnaire."""

    liked: Sequence[TitleKey] = ()
    disliked: Sequence[TitleKey] = ()
    preferences: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Tried:
    """The titles in their order, each with its score taken apart; what was removed before, and of how many.

    `unknown` are the profile's titles that the model does not have.
    """

    version: str
    titles: int
    items: list[tuple[Recommendation, Breakdown]]
    removed: dict[Cause, int]
    candidates: int
    source: Source
    unknown: list[TitleKey]


def tried(model: Model, profile: Profile, wish: Wish) -> Tried:
    """What `model` recommends somebody with the profile. The code is that of everybody's recommendations."""
    ratings = [(key, _DISLIKED_STARS, "") for key in profile.disliked]
    history = History([(key, "") for key in profile.liked], [], ratings)
    request = shown_only(request_of(model, Person(dict(profile.preferences), history), wish))
    ranked = ranking(model, request)
    answer = explained(model, request, ranked)
    named = dict.fromkeys([*profile.liked, *profile.disliked])
    return Tried(
        version=model.version,
        titles=len(model),
        items=list(zip(answer.items, broken_down(model, ranked), strict=True)),
        removed=removals(model, request, own=(one.index for one in ranked.known)),
        candidates=answer.total_candidates,
        source=answer.source,
        unknown=[key for key in named if model.place(key) is None],
    )
