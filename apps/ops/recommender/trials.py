"""A profile that is tried: which versions can be asked, and the answer as the page shows it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from apps.recommendations.artifacts import model_named, serving
from apps.recommendations.engine.answers import Recommendation
from apps.recommendations.engine.artifact import ArtifactError, Model
from apps.recommendations.engine.breakdown import Breakdown, Kind, Term
from apps.recommendations.engine.filters import Cause
from apps.recommendations.engine.titles import TitleKey
from apps.recommendations.publishing import shelved
from apps.recommendations.stores.errors import NoRoom, UnknownVersion
from apps.recommendations.trying import Tried
from movierec.api.errors import BadRequest

_TERMS: Final[dict[Kind, str]] = {
    "personal": "Trained weights of the titles",
    "content": "Likeness in content to the titles",
    "fame": "Fame",
    "quality": "Ratings of viewers",
    "factors": "Low-rank factors of the titles",
    "taste": "Answers of the questionnaire",
    "novelty": "Price on fame for the wish for novelty",
}
_CAUSES: Final[dict[Cause, str]] = {
    "kind": "films or series, whichever was not asked for",
    "genre": "a genre that is disliked",
    "person": "a person who was turned down",
    "deal_breaker": "a deal breaker",
    "certification": "above the maturity that was asked for",
    "bounds": "outside the years or ratings asked for",
    "runtime": "too long, or of unknown length",
    "services": "not known to be on the services asked for",
    "own": "named in the profile itself",
    "excluded": "hidden by staff, or said to be left out",
}
_SOURCES: Final = {
    "personal": "the titles of the profile",
    "taste": "the answers of the questionnaire",
    "popular": "popularity",
}


@dataclass(frozen=True, slots=True)
class ShownTitle:
    """A ranked title; `terms` are words with the term, and `added` from which titles and answers parts of it come."""

    item: Recommendation
    breakdown: Breakdown
    terms: list[tuple[str, Term]]
    added: list[tuple[str, str, float]]


@dataclass(frozen=True, slots=True)
class ShownTrial:
    """What a version recommends, what it removed before and why, and which titles of the profile it does not know."""

    tried: Tried
    titles: list[ShownTitle]
    removed: list[tuple[str, int]]
    source: str
    unknown: list[str]


def versions_to_try() -> list[str]:
    """The versions in the store, and what serves where that is none of them."""
    held = [model.version for model in serving().models]
    return list(dict.fromkeys([*held, *(published.version for published in shelved().versions)]))


def model_to_try(version: str) -> Model:
    """The model of a version, that which serves for an empty name. Raises BadRequest with what speaks against it."""
    if not version:
        return serving().model
    try:
        return model_named(version)
    except (UnknownVersion, NoRoom, ArtifactError) as error:
        raise BadRequest(f"version: {error}") from error


def shown(answer: Tried, model: Model) -> ShownTrial:
    """An answer in words."""
    return ShownTrial(
        tried=answer,
        titles=[_title(item, breakdown, model) for item, breakdown in answer.items],
        removed=[(_CAUSES[cause], count) for cause, count in answer.removed.items()],
        source=_SOURCES[answer.source],
        unknown=[f"{media_type}/{media_id}" for media_type, media_id in answer.unknown],
    )


def _title(item: Recommendation, breakdown: Breakdown, model: Model) -> ShownTitle:
    added = [
        *_added("weights", breakdown.trained, model),
        *_added("content", breakdown.content, model),
        *(("answer", words, amount) for words, amount in breakdown.answers),
    ]
    return ShownTitle(item, breakdown, [(_TERMS[term.kind], term) for term in breakdown.terms], added)


def _added(by: str, terms: Iterable[tuple[TitleKey, float]], model: Model) -> list[tuple[str, str, float]]:
    named = ((model.place(key), amount) for key, amount in terms)
    return [(by, model.titles[place].title, amount) for place, amount in named if place is not None]
